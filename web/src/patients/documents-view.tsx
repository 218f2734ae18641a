/** The documents of a record. Filing one is the documents' room's: its upload comes in above the list. */
import { useMessages } from '#messages'
import { Section } from '#shell'
import { EntryList } from './entry-list.tsx'

export function DocumentsView() {
  const m = useMessages()
  return (
    <Section title={m.patients.kindsMany.document}>
      <p className="aside">{m.patients.uploadLater}</p>
      <EntryList kind="document" />
    </Section>
  )
}
