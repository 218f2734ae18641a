/** Some kinds of entries, each with what there is of it and a way to add to it. */
import type { EntryKind } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useMessages } from '#messages'
import { Section } from '#shell'
import { EntryList } from './entry-list.tsx'
import { useRecord } from './record-context.ts'
import { StewardsSection } from './stewards-view.tsx'

export function KindSections({ kinds }: { readonly kinds: readonly EntryKind[] }) {
  const { mayRead } = useRecord()
  return kinds
    .filter(mayRead)
    .map((kind) => (kind === 'stewardship' ? <StewardsSection key={kind} /> : <KindSection key={kind} kind={kind} />))
}

function KindSection({ kind }: { readonly kind: EntryKind }) {
  const m = useMessages()
  const { mayWrite, addEntry } = useRecord()
  return (
    <Section title={m.patients.kindsMany[kind]}>
      <EntryList kind={kind} />
      {kind !== 'identity' && kind !== 'document' && kind !== 'imagingStudy' && mayWrite(kind) && (
        <Button size="compact-md" variant="default" onClick={() => addEntry(kind)}>
          {m.patients.adds[kind]}
        </Button>
      )}
    </Section>
  )
}
