/** Studies of the tray into a record: whose, and why all the same where the header names somebody else. */
import { attachStudyEndpoint, type PatientLine, type TrayStudy } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { call } from '#api'
import { Dialog, FormBox, fieldId, TextField, useForm } from '#forms'
import { useMessages } from '#messages'
import { refreshRecord } from '#patients/parts'
import { PatientField } from './patient-field.tsx'
import { refreshTray } from './queries.ts'
import { isReason } from './reason.ts'
import { contradictions } from './same-person.ts'
import { namedInTray, traySort } from './tray-words.ts'

export function AttachDialog({
  studies,
  proposed,
  onClose,
  onDone,
}: {
  readonly studies: readonly TrayStudy[]
  /** whom somebody has chosen already */
  readonly proposed?: PatientLine
  readonly onClose: () => void
  readonly onDone: (patient: PatientLine) => void
}) {
  const m = useMessages()
  const queries = useQueryClient()
  const [patient, setPatient] = useState(proposed)
  const done = useRef(new Set<string>())
  const others = patient === undefined ? [] : studies.filter(({ named }) => contradictions(definedOf(named), patient).length > 0)
  const form = useForm({
    initial: { patientId: proposed?.id ?? '', reason: '' },
    check: ({ patientId, reason }) => ({
      patientId: patientId === '' ? m.images.whoseMissing : undefined,
      reason: (others.length > 0 || reason.trim() !== '') && !isReason(reason) ? m.patients.reasonShort : undefined,
    }),
    send: async ({ reason }, key) => {
      if (patient === undefined) return
      const why = reason.trim() === '' ? {} : { reason: reason.trim() }
      try {
        for (const { id: studyId } of studies.filter(({ id }) => !done.current.has(id))) {
          const body = { patientId: patient.id, ...why }
          await call(attachStudyEndpoint, { params: { studyId }, body }, { key: `${key}-${studyId}` })
          done.current.add(studyId)
        }
      } finally {
        await refreshTray(queries)
        await refreshRecord(queries, patient.id)
      }
      onDone(patient)
    },
  })
  return (
    <Dialog title={m.images.attachTitle} onClose={onClose}>
      <ul className="plain">
        {studies.map((study) => (
          <li key={study.id}>
            {namedInTray(study, m)} <span className="aside">{traySort(study, m)}</span>
          </li>
        ))}
      </ul>
      <FormBox
        form={form}
        action={m.images.attachDo}
        beside={
          <Button variant="default" onClick={onClose}>
            {m.forms.cancel}
          </Button>
        }
      >
        <PatientField
          chosen={patient}
          onChoose={(next) => {
            setPatient(next)
            form.set('patientId', next?.id ?? '')
          }}
          id={fieldId(form, 'patientId')}
          error={form.errorOf('patientId')}
        />
        {others.length > 0 && (
          <p className="note" role="alert">
            {m.images.namesOther}
          </p>
        )}
        <TextField
          form={form}
          name="reason"
          label={m.images.attachWhy}
          hint={m.images.attachHint}
          lengthMax={500}
          isOptional={others.length === 0}
        />
      </FormBox>
    </Dialog>
  )
}

/** Without what is not said. */
function definedOf<T extends object>(named: T): { [Name in keyof T]: NonNullable<T[Name]> } {
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)) as {
    [Name in keyof T]: NonNullable<T[Name]>
  }
}
