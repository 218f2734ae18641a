/** Entries of one kind, or of all, a page at a time. */
import type { EntryKind } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { EntryRow } from './entry-row.tsx'
import { entriesQuery } from './queries.ts'
import { useRecord } from './record-context.ts'

export function EntryList({
  kind,
  withWithdrawn = false,
}: {
  readonly kind: EntryKind | undefined
  readonly withWithdrawn?: boolean
}) {
  const m = useMessages()
  const { patient } = useRecord()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    entriesQuery(patient.id, kind, withWithdrawn),
  )
  const entries = data?.pages.flatMap((page) => page.entries) ?? []
  if (error !== null) return <ProblemBox problem={error} />
  if (data === undefined) return <p role="status">{m.forms.waiting}</p>
  return (
    <>
      {entries.length === 0 && <p className="nothing">{m.patients.noneOf}</p>}
      <ul className="entries">
        {entries.map((entry) => (
          <EntryRow key={entry.id} entry={entry} withKind={kind === undefined} />
        ))}
      </ul>
      {hasNextPage && (
        <p>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {m.patients.more}
          </Button>
        </p>
      )}
    </>
  )
}
