/** That a record is shown as one with others, and how they are parted again. */
import { type Patient, separateRecordEndpoint } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { Dialog, FormBox, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { refreshDuplicates } from './duplicate-queries.ts'
import { useFullName } from './patient-line.tsx'
import { useRecord } from './record-context.ts'
import { useDays } from './use-days.ts'

const REASON_CHARS_MIN = 10

type Joined = Patient['joined'][number]

export function JoinedNotice() {
  const m = useMessages()
  const days = useDays()
  const fullName = useFullName()
  const { patient, mayWrite } = useRecord()
  const [parting, setParting] = useState<Joined>()
  if (patient.joined.length === 0) return null
  return (
    <div className="note">
      <p>
        <strong>{m.duplicates.joinedNotice(patient.joined.length)}</strong>
      </p>
      <ul className="plain">
        {patient.joined.map((each) => (
          <li key={each.linkId}>
            {m.duplicates.joinedLine(
              each.patient.fileNumber,
              fullName(each.patient),
              days.day(each.joinedAt.slice(0, 10)),
              each.joinedBy.name ?? '',
            )}{' '}
            {m.duplicates.decidedReason(each.reason)}{' '}
            {mayWrite('identity') && (
              <button
                type="button"
                className="link no-print"
                aria-label={m.duplicates.separateOf(each.patient.fileNumber)}
                onClick={() => setParting(each)}
              >
                {m.duplicates.separate}
              </button>
            )}
          </li>
        ))}
      </ul>
      {parting !== undefined && <SeparateDialog joined={parting} onClose={() => setParting(undefined)} />}
    </div>
  )
}

function SeparateDialog({ joined, onClose }: { readonly joined: Joined; readonly onClose: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const form = useForm({
    initial: { reason: '' },
    check: ({ reason }) => ({ reason: reason.trim().length < REASON_CHARS_MIN ? m.patients.reasonShort : undefined }),
    send: async ({ reason }, key) => {
      const params = { patientId: patient.id, linkId: joined.linkId }
      await call(separateRecordEndpoint, { params, body: { reason } }, { key })
      await refreshDuplicates(queries)
      onClose()
    },
  })
  return (
    <Dialog title={m.duplicates.separateTitle} onClose={onClose}>
      <ul className="plain">
        {m.duplicates.separateWhat.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
      <FormBox
        form={form}
        action={m.duplicates.separateConfirm}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <TextField form={form} name="reason" label={m.duplicates.separateReason} hint={m.patients.glassHint} lengthMax={500} />
      </FormBox>
    </Dialog>
  )
}
