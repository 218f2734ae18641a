/** Saying why something may be missing, and taking that back. */
import { type CompletenessFinding, waiveFinding, withdrawFindingWaiver } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { call } from '#api'
import { Dialog, FormBox, LongTextField, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { useRecord } from './record-context.ts'
import { useRules } from './rule-words.ts'

const REASON_CHARS_MIN = 10

export function WaiverDialog({ finding, onClose }: { readonly finding: CompletenessFinding; readonly onClose: () => void }) {
  const m = useMessages()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const words = useRules()?.get(finding.rule)
  const isWaived = finding.state === 'waived'
  const form = useForm({
    initial: { reason: '', untilOn: '' },
    check: ({ reason, untilOn }) => ({
      reason: reason.trim().length < REASON_CHARS_MIN ? m.patients.reasonShort : undefined,
      untilOn: untilOn !== '' && untilOn < todayIso() ? m.completeness.waiveUntilWrong : undefined,
    }),
    send: async ({ reason, untilOn }, key) => {
      const params = { patientId: patient.id }
      const body = { rule: finding.rule, subject: finding.subject, reason: reason.trim() }
      if (isWaived) await call(withdrawFindingWaiver, { params, body }, { key })
      else await call(waiveFinding, { params, body: untilOn === '' ? body : { ...body, untilOn } }, { key })
      await queries.invalidateQueries({ queryKey: ['patient', patient.id, 'completeness'] })
      void queries.invalidateQueries({ queryKey: ['completeness'] })
      onClose()
    },
  })
  return (
    <Dialog title={isWaived ? m.completeness.withdrawTitle : m.completeness.waiveTitle} onClose={onClose}>
      <p>
        <strong>{words?.title}</strong>
      </p>
      <p>{isWaived ? m.completeness.withdrawLead : m.completeness.waiveLead}</p>
      <FormBox
        form={form}
        action={isWaived ? m.completeness.withdrawDone : m.completeness.waiveDone}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <LongTextField form={form} name="reason" label={m.completeness.waiveReason} hint={m.patients.glassHint} />
        {!isWaived && (
          <TextField
            form={form}
            name="untilOn"
            type="date"
            label={m.completeness.waiveUntil}
            hint={m.completeness.waiveUntilHint}
            isOptional
            className="short"
          />
        )}
      </FormBox>
    </Dialog>
  )
}
