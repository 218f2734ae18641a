import { useMessages } from '#messages'
import { Page } from '#shell'

export function PatientsPage() {
  const m = useMessages()
  return (
    <Page title={m.shell.rooms.patients}>
      <p>{m.patients.searchWith}</p>
    </Page>
  )
}
