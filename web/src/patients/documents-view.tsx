/** The documents of a record, and filing more. */
import { useMessages } from '#messages'
import { Section } from '#shell'
import { EntryList } from './entry-list.tsx'
import { useRecord } from './record-context.ts'
import { UploadBox } from './upload-box.tsx'

export function DocumentsView() {
  const m = useMessages()
  const { mayWrite } = useRecord()
  return (
    <>
      {mayWrite('document') && (
        <Section title={m.patients.uploadTitle}>
          <UploadBox />
        </Section>
      )}
      <Section title={m.patients.kindsMany.document}>
        <EntryList kind="document" />
      </Section>
    </>
  )
}
