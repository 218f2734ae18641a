/** What one must know before touching the patient: what is there, what was asked and is not, what nobody has asked. A word and a sign each. */
import type { Patient } from '@couronne/practice/contract'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { checkInWords } from './alert-check.ts'
import { useRecord } from './record-context.ts'
import { useDays } from './use-days.ts'

type AlertState = Patient['alerts'][number]

export function Alerts() {
  const m = useMessages()
  const days = useDays()
  const { patient, mayWrite, addEntry } = useRecord()
  const of = (state: AlertState['state']) => patient.alerts.filter((each) => each.state === state)
  const present = of('present')
  const absent = of('absent')
  const unknown = of('not-recorded').filter(({ category }) => isAsked(category, patient.identity.body.sex))
  const name = ({ category }: AlertState) => m.patients.choices.alertCategory[category]
  return (
    <section className="alerts" aria-label={m.patients.alertsTitle}>
      <h2>{m.patients.alertsTitle}</h2>
      {present.length === 0 ? (
        // "Nothing reported" where nobody has asked anything would be read as good news.
        absent.length > 0 && <p className="alert-none">{m.patients.alertNothingPresent}</p>
      ) : (
        <ul className="alerts-present">
          {present.map((alert) => (
            <li key={alert.category}>
              <PresentAlert alert={alert} name={name(alert)} />
            </li>
          ))}
        </ul>
      )}
      {absent.length > 0 && (
        <p className="alerts-absent">
          <span className="sign" aria-hidden="true">
            {m.patients.alertSigns.absent}
          </span>
          <span>
            <strong>{m.patients.alertAbsent}</strong>
            {m.patients.colon}{' '}
            {absent.map((alert) => `${name(alert)} (${checkInWords(alert.checkedOn, todayIso(), { m, days })})`).join(', ')}
          </span>
        </p>
      )}
      {unknown.length > 0 && (
        <p className="alerts-unknown">
          <span className="sign" aria-hidden="true">
            {m.patients.alertSigns['not-recorded']}
          </span>
          <span>
            <strong>{m.patients.alertUnknown}</strong>
            {m.patients.colon}{' '}
            {unknown.map((alert, i) => (
              <span key={alert.category}>
                {i > 0 && ', '}
                {mayWrite('alert') ? (
                  <button type="button" className="link" onClick={() => addEntry('alert', { category: alert.category })}>
                    {name(alert)}
                  </button>
                ) : (
                  name(alert)
                )}
                {alert.labels.length > 0 && ` (${m.patients.exceptAbsent(alert.labels.join(', '))})`}
              </span>
            ))}
          </span>
        </p>
      )}
    </section>
  )
}

/** In a form that covers the record's head: what is there, and an allergy that nobody has asked about. Nothing where there is nothing to say. */
export function AlertReminder() {
  const m = useMessages()
  const { patient } = useRecord()
  const name = ({ category }: AlertState) => m.patients.choices.alertCategory[category]
  const present = patient.alerts.filter(({ state }) => state === 'present')
  const unasked = patient.alerts.filter(({ category, state }) => category === 'allergy' && state === 'not-recorded')
  if (present.length === 0 && unasked.length === 0) return null
  return (
    <div className="refusal">
      <ul className="plain" aria-label={m.patients.alertsTitle}>
        {present.map((alert) => (
          <li key={alert.category}>
            <strong>{name(alert)}</strong> {alert.labels.join(', ')}
          </li>
        ))}
        {unasked.map((alert) => (
          <li key={alert.category}>
            {name(alert)}
            {m.patients.colon} {m.patients.alertUnknown}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** Whether it is a question for this patient; what has been answered all the same is shown. */
function isAsked(category: AlertState['category'], sex: string | undefined): boolean {
  return category !== 'other' && !(category === 'pregnancy' && sex === 'male')
}

function PresentAlert({ alert, name }: { readonly alert: AlertState; readonly name: string }) {
  const m = useMessages()
  const days = useDays()
  const { openEntry } = useRecord()
  const [entryId] = alert.entryIds
  return (
    <button type="button" className="alert-present" onClick={() => entryId !== undefined && openEntry(entryId)}>
      <span className="sign" aria-hidden="true">
        {m.patients.alertSigns.present}
      </span>
      <span>
        <span className="unseen">
          {m.patients.alertPresent}
          {m.patients.colon}{' '}
        </span>
        <strong>{name}</strong> {alert.labels.join(', ')}
        <span className="alert-checked">{checkInWords(alert.checkedOn, todayIso(), { m, days })}</span>
      </span>
    </button>
  )
}
