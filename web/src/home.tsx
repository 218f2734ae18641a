/** After signing in: what this account should see to, what it should know, and the rooms it may enter. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { HomeLine } from '#completeness'
import { useTrayCount } from '#images/tray-count'
import { useFormat, useMessages } from '#messages'
import { duplicateCountQuery } from '#patients/duplicates'
import { Notices, peopleQuery, practitionersQuery } from '#people'
import { meQuery, useMay } from '#session'
import { Page, ROOMS, Section } from '#shell'

export function HomePage() {
  const m = useMessages()
  const { data: me } = useQuery(meQuery)
  if (me === undefined) return null
  const rooms = ROOMS.filter(({ name, needs }) => name !== 'home' && needs.some((each) => me.permissions.includes(each)))
  return (
    <Page title={m.home.title(me.account.displayName)} lead={m.home.lead[me.account.role]}>
      <Duties due={me.due} />
      {me.unseenNotices > 0 && <Notices />}
      <Duplicates />
      <FirstSteps />
      <HomeLine />
      <Section title={m.home.roomsTitle}>
        <ul className="rooms">
          {rooms.map(({ name, to }) => (
            <li key={name}>
              <Link to={to}>{m.shell.rooms[name]}</Link>
              <span>{m.home.rooms[name]}</span>
            </li>
          ))}
        </ul>
      </Section>
    </Page>
  )
}

function Duties({
  due,
}: {
  readonly due: readonly { readonly kind: 'second-factor' | 'recovery-codes'; readonly by?: string | undefined }[]
}) {
  const m = useMessages()
  const { data: waiting } = useTrayCount()
  const images = waiting?.tray ?? 0
  if (due.length === 0 && images === 0) return null
  return (
    <Section title={m.home.dueTitle}>
      <ul className="duties">
        {due.map(({ kind, by }) => (
          <li key={kind}>
            <Link to="/account" hash={kind}>
              {m.home.due[kind]}
            </Link>
            <span>
              {m.home.dueWhy[kind]} <DueBy by={by} />
            </span>
          </li>
        ))}
        {images > 0 && (
          <li>
            <Link to="/images/tray">{m.images.trayTitle}</Link>
            <span>{m.images.trayDue(images)}</span>
          </li>
        )}
      </ul>
    </Section>
  )
}

/** Records that somebody should look at: two for one person. */
function Duplicates() {
  const m = useMessages()
  const enabled = useMay('patients.write')
  const { data } = useQuery({ ...duplicateCountQuery, enabled })
  if (data === undefined || data.open === 0) return null
  return (
    <Section title={m.home.patientsTitle}>
      <ul className="duties">
        <li>
          <Link to="/duplicates">{m.duplicates.linkCounted(data.open)}</Link>
          <span>{m.duplicates.homeWhy}</span>
        </li>
      </ul>
    </Section>
  )
}

/** What a practice that was just made still lacks; gone when it is done. */
function FirstSteps() {
  const m = useMessages()
  const enabled = useMay('people.write')
  const { data: people } = useQuery({ ...peopleQuery, enabled })
  const { data: practising } = useQuery({ ...practitionersQuery, enabled })
  const steps = [
    ...(practising?.practitioners.length === 0 ? (['practitioner'] as const) : []),
    ...(people?.accounts.length === 1 ? (['invite'] as const) : []),
  ]
  if (steps.length === 0) return null
  return (
    <Section title={m.home.firstTitle}>
      <ul className="duties">
        {steps.map((step) => (
          <li key={step}>
            <Link to="/people" hash={step === 'practitioner' ? 'practitioners' : 'people'}>
              {m.home.first[step]}
            </Link>
            <span>{m.home.firstWhy[step]}</span>
          </li>
        ))}
      </ul>
      <p className="note">{m.home.noBackupYet}</p>
    </Section>
  )
}

function DueBy({ by }: { readonly by: string | undefined }) {
  const m = useMessages()
  const format = useFormat()
  return by === undefined ? null : <strong>{m.home.dueBy(format.dayOf(by))}</strong>
}
