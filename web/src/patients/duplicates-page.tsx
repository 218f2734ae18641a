/** Pairs of records that may be one person's: likeliest first, or those about which something was decided. */
import { DUPLICATE_STATES, type DuplicatePair, type DuplicateState } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { Page } from '#shell'
import { duplicatesQuery } from './duplicate-queries.ts'
import { Likeness } from './likeness.tsx'
import { PatientFacts, spokenName } from './patient-line.tsx'
import { useDays } from './use-days.ts'

export function DuplicatesPage() {
  const m = useMessages()
  const { state = 'open' } = useSearch({ from: '/inside/duplicates' })
  return (
    <Page title={m.duplicates.title} lead={m.duplicates.lead}>
      <nav className="tabs" aria-label={m.duplicates.statesLabel}>
        {DUPLICATE_STATES.map((each) => (
          <Link
            key={each}
            to="/duplicates"
            search={each === 'open' ? {} : { state: each }}
            activeOptions={{ exact: true, includeSearch: true }}
            {...(each === state ? { 'aria-current': 'page' as const } : { 'aria-current': undefined })}
          >
            {m.duplicates.states[each]}
          </Link>
        ))}
      </nav>
      <Pairs key={state} state={state} />
    </Page>
  )
}

function Pairs({ state }: { readonly state: DuplicateState }) {
  const m = useMessages()
  const words = m.duplicates
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useInfiniteQuery(duplicatesQuery(state))
  const pairs = data?.pages.flatMap((page) => page.pairs) ?? []
  const due = data?.pages.at(-1)?.due ?? 0
  return (
    <>
      {error !== null && <ProblemBox problem={error} />}
      <p role="status" className="count">
        {isPending ? m.forms.waiting : pairs.length === 0 ? words.none[state] : words.count(pairs.length, hasNextPage)}
      </p>
      {due > 0 && <p className="note">{words.due(due)}</p>}
      <ul className="pairs">
        {pairs.map((pair) => (
          <Pair key={`${pair.oneId} ${pair.otherId}`} pair={pair} />
        ))}
      </ul>
      {hasNextPage && (
        <p>
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {words.more}
          </Button>
        </p>
      )}
    </>
  )
}

function Pair({ pair }: { readonly pair: DuplicatePair }) {
  const m = useMessages()
  const days = useDays()
  const { oneId, otherId, one, other, decision } = pair
  return (
    <li>
      <Likeness certainty={pair.certainty} speaking={pair.for} against={pair.against} />
      {[one, other].map((patient) => (
        <p key={patient.id} className="pair-line">
          <PatientFacts patient={patient} />
        </p>
      ))}
      {decision !== undefined && (
        <p className="quiet">
          {m.duplicates.decided(days.day(decision.at.slice(0, 10)), decision.by.name ?? '')}{' '}
          {decision.reason !== undefined && m.duplicates.decidedReason(decision.reason)}
        </p>
      )}
      <p>
        <Link
          to="/duplicates/$oneId/$otherId"
          params={{ oneId, otherId }}
          aria-label={m.duplicates.compareOf(spokenName(one), spokenName(other))}
        >
          {m.duplicates.compare}
        </Link>
      </p>
    </li>
  )
}
