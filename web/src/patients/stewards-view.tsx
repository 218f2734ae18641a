/** Whose patient, from when until when; and whose at any day. */
import { type EntryOf, stewardAt, stewardUntils } from '@couronne/practice/contract'
import { Button, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { todayIso } from '#messages/today'
import { Section } from '#shell'
import { addDays } from './days.ts'
import { stewardInWords } from './entry-words.ts'
import { entriesQuery } from './queries.ts'
import { useRecord } from './record-context.ts'
import { useWords } from './words.ts'

export function StewardsSection() {
  const m = useMessages()
  const { patient, mayWrite, addEntry } = useRecord()
  const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    entriesQuery(patient.id, 'stewardship', false),
  )
  // Whose at a day is told by all of them or not at all.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, fetchNextPage])
  const entries = data?.pages.flatMap((page) => page.entries) as readonly EntryOf<'stewardship'>[] | undefined
  return (
    <Section title={m.patients.kindsMany.stewardship}>
      {error !== null && <ProblemBox problem={error} />}
      {(entries === undefined || hasNextPage) && error === null && <p role="status">{m.forms.waiting}</p>}
      {entries !== undefined && !hasNextPage && (
        <>
          {entries.length === 0 ? <p className="nothing">{m.patients.noneOf}</p> : <Periods entries={entries} />}
          {entries.length > 0 && <AtDay entries={entries} />}
        </>
      )}
      {mayWrite('stewardship') && (
        <Button size="compact-md" variant="default" onClick={() => addEntry('stewardship')}>
          {m.patients.adds.stewardship}
        </Button>
      )}
    </Section>
  )
}

interface Stewards {
  readonly entries: readonly EntryOf<'stewardship'>[]
}

function Periods({ entries }: Stewards) {
  const m = useMessages()
  const words = useWords()
  const { openEntry } = useRecord()
  const untils = stewardUntils(entries)
  const today = stewardAt(entries, todayIso())?.id
  return (
    <ul className="entries">
      {entries.map(({ id, body }) => {
        if (body === null) return null
        const until = untils.get(id)
        return (
          <li key={id} className="entry" data-kind="stewardship">
            <span className="entry-day">{words.days.short(body.from)}</span>
            <div className="entry-what">
              <button type="button" className="entry-open" onClick={() => openEntry(id)}>
                {stewardInWords(body.steward, words)}
              </button>
              <span className="entry-marks">
                {id === today && <span className="badge">{m.patients.stewardToday}</span>}
                {until === body.from && <span>{m.patients.stewardNever}</span>}
                {until !== undefined && until !== body.from && (
                  <span>{m.patients.stewardUntil(words.days.short(addDays(until, -1)))}</span>
                )}
                <span>{m.patients.choices.stewardshipBasis[body.basis]}</span>
              </span>
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function AtDay({ entries }: Stewards) {
  const m = useMessages()
  const words = useWords()
  const [day, setDay] = useState('')
  const then = stewardAt(entries, day)?.body?.steward
  const isDay = /^[1-9]\d{3}-\d\d-\d\d$/.test(day)
  return (
    <div className="steward-at">
      <TextInput
        type="date"
        className="short"
        label={m.patients.stewardAt}
        value={day}
        onChange={(event) => setDay(event.currentTarget.value)}
      />
      <p role="status">
        {isDay &&
          (then === undefined
            ? m.patients.stewardWasUnknown(words.days.day(day))
            : m.patients.stewardWas(words.days.day(day), stewardInWords(then, words)))}
      </p>
    </div>
  )
}
