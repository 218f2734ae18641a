/** A study that came into the wrong record: into the right one, or back to the tray. */
import { type ImageStudy, moveStudyEndpoint, type PatientLine } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ChoiceField, Dialog, FormBox, fieldId, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { refreshRecord, useRecord } from '#patients/parts'
import { PatientField } from './patient-field.tsx'
import { refreshTray } from './queries.ts'
import { isReason } from './reason.ts'

export function MoveDialog({
  patientId,
  study,
  onClose,
}: {
  readonly patientId: string
  readonly study: ImageStudy
  readonly onClose: () => void
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const { patient } = useRecord()
  const [to, setTo] = useState<PatientLine>()
  const form = useForm({
    initial: { where: 'patient', patientId: '', reason: '' },
    check: ({ where, patientId, reason }) => ({
      patientId: where === 'patient' && patientId === '' ? m.images.whoseMissing : undefined,
      reason: isReason(reason) ? undefined : m.patients.reasonShort,
    }),
    send: async ({ where, reason }, key) => {
      const body = {
        toPatientId: where === 'patient' ? (to?.id ?? null) : null,
        expectedVersion: study.entryVersion,
        reason: reason.trim(),
      }
      await call(moveStudyEndpoint, { params: { patientId, studyId: study.id }, body }, { key })
      await refreshRecord(queries, patientId)
      if (to !== undefined) await refreshRecord(queries, to.id)
      await refreshTray(queries)
      onClose()
    },
  })
  return (
    <Dialog title={m.images.moveTitle} onClose={onClose}>
      <p>{m.images.moveLead(study.entry.title)}</p>
      <FormBox
        form={form}
        action={m.images.moveDo}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <ChoiceField
          form={form}
          name="where"
          label={m.images.moveWhere}
          choices={[
            { value: 'patient', label: m.images.moveToPatient },
            { value: 'tray', label: m.images.moveToTray },
          ]}
        />
        {form.values.where === 'patient' && (
          <PatientField
            chosen={to}
            onChoose={(next) => {
              setTo(next)
              form.set('patientId', next?.id ?? '')
            }}
            without={patient.id}
            id={fieldId(form, 'patientId')}
            error={form.errorOf('patientId')}
          />
        )}
        <TextField form={form} name="reason" label={m.images.moveWhy} hint={m.images.reasonHint} lengthMax={500} />
      </FormBox>
    </Dialog>
  )
}
