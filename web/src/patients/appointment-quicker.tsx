/** While one moved an appointment, somebody else has changed it: who, and where it stands now. */
import { useMessages } from '#messages'
import type { AppointmentNow } from './agenda-changes.ts'
import { writtenBy } from './origin.ts'
import { useWords } from './words.ts'

export function AppointmentQuicker({ entry }: { readonly entry: AppointmentNow }) {
  const m = useMessages()
  const words = useWords()
  const { body } = entry
  return (
    <div className="note">
      <p>
        <strong>{m.patients.conflictTitle}</strong>
      </p>
      <p>{m.patients.conflictLead(writtenBy(entry, m), words.days.instant(entry.changedAt))}</p>
      {entry.state === 'withdrawn' || body === null ? (
        <p>{m.patients.conflictWithdrawn}</p>
      ) : (
        <>
          <p>
            {[
              words.days.local(body.startsAt),
              m.patients.minutes(body.minutes),
              body.practitionerId === undefined ? m.patients.noPractitioner : words.practitioner(body.practitionerId),
              m.patients.choices.appointmentState[body.state],
            ].join(' · ')}
          </p>
          <p>{m.patients.conflictNext}</p>
        </>
      )}
    </div>
  )
}
