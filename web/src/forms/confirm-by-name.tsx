/** Before anything that cannot be undone: what will be lost, and its name to type. */
import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useMessages } from '#messages'
import { Dialog } from './dialog.tsx'
import { TextField } from './fields.tsx'
import { FormBox } from './form-box.tsx'
import { useForm } from './use-form.ts'

export function ConfirmByName({
  title,
  name,
  loss,
  action,
  onConfirm,
  onClose,
}: {
  readonly title: string
  /** what is to be typed */
  readonly name: string
  /** what will be lost, in words */
  readonly loss: ReactNode
  readonly action: string
  readonly onConfirm: (key: string) => Promise<unknown>
  readonly onClose: () => void
}) {
  const m = useMessages()
  const form = useForm({
    initial: { name: '' },
    check: (values) => ({ name: isSameName(values.name, name) ? undefined : m.forms.nameDiffers(name) }),
    send: async (_values, key) => {
      await onConfirm(key)
      onClose()
    },
  })
  return (
    <Dialog title={title} onClose={onClose}>
      {loss}
      <FormBox
        form={form}
        action={action}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <TextField form={form} name="name" label={m.forms.typeName(name)} />
      </FormBox>
    </Dialog>
  )
}

/** Capitals, accents' form and spaces around are forgiven: it is a moment to think, not a trap. */
function isSameName(typed: string, name: string): boolean {
  const fold = (text: string) => text.normalize('NFC').trim().toLowerCase().replaceAll(/['’]/g, '’').replaceAll(/\s+/g, ' ')
  return fold(typed) === fold(name)
}
