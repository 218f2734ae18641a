/** Saying that two records are two people's, and how one can tell. */
import { decideDuplicate } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { call } from '#api'
import { Dialog, FormBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { refreshDuplicates } from './duplicate-queries.ts'

const REASON_CHARS_MIN = 10

export function DifferentDialog({
  ids,
  onClose,
}: {
  readonly ids: { readonly oneId: string; readonly otherId: string }
  readonly onClose: () => void
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const form = useForm({
    initial: { reason: '' },
    check: ({ reason }) => ({ reason: reason.trim().length < REASON_CHARS_MIN ? m.patients.reasonShort : undefined }),
    send: async ({ reason }) => {
      await call(decideDuplicate, { params: ids, body: { state: 'different', reason } })
      await refreshDuplicates(queries)
      await navigate({ to: '/duplicates' })
    },
  })
  return (
    <Dialog title={m.duplicates.differentTitle} onClose={onClose}>
      <p>{m.duplicates.differentLead}</p>
      <FormBox
        form={form}
        action={m.duplicates.confirmDifferent}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <TextField
          form={form}
          name="reason"
          label={m.duplicates.differentReason}
          hint={m.duplicates.differentHint}
          lengthMax={500}
        />
      </FormBox>
    </Dialog>
  )
}
