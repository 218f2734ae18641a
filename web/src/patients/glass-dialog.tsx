/** Breaking the glass: what is closed and why, what follows, the reason. */
import { breakGlassEndpoint } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { call } from '#api'
import { Dialog, FormBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { refreshRecord } from './queries.ts'

const REASON_CHARS_MIN = 10

export function GlassDialog({
  patientId,
  part,
  onClose,
}: {
  readonly patientId: string
  readonly part: 'record' | 'care'
  readonly onClose: () => void
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const form = useForm({
    initial: { reason: '' },
    check: ({ reason }) => ({ reason: reason.trim().length < REASON_CHARS_MIN ? m.patients.reasonShort : undefined }),
    send: async ({ reason }, key) => {
      await call(breakGlassEndpoint, { params: { patientId }, body: { reason } }, { key })
      await refreshRecord(queries, patientId)
      onClose()
    },
  })
  return (
    <Dialog title={m.patients.glassTitle} onClose={onClose}>
      <p>{m.patients.glassLead[part]}</p>
      <ul className="plain">
        {m.patients.glassTold.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <FormBox
        form={form}
        action={m.patients.breakGlass}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <TextField form={form} name="reason" label={m.patients.glassWhy} hint={m.patients.glassHint} lengthMax={500} />
      </FormBox>
    </Dialog>
  )
}
