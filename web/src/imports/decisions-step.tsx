/** What a person decides after a run: whom names mean, what words mean, who exists, which rows stay out. Each holds for every night to come. */
import type { ImportRun, ImportSource } from '@couronne/practice/contract'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { DecidedList } from './decided-list.tsx'
import { bySubject, unknownWordsOf } from './decisions.ts'
import { NameDecisions } from './name-decisions.tsx'
import { NextStep } from './next-step.tsx'
import { NumberDecisions } from './number-decisions.tsx'
import { importDecisionsQuery, importRunsQuery } from './queries.ts'
import { refusalsOf, remarksOf, unknownPractitionersOf } from './report-counts.ts'
import { RowDecisions } from './row-decisions.tsx'
import { TestPatients } from './test-patients.tsx'
import { WordDecisions } from './word-decisions.tsx'

export function DecisionsStep({ source }: { readonly source: ImportSource }) {
  const m = useMessages()
  const { data: runs, error } = useQuery(importRunsQuery(source.id))
  const { data, error: decisionsError, hasNextPage, fetchNextPage } = useInfiniteQuery(importDecisionsQuery(source.id))
  // All of them are asked for: whatever was decided is shown where it was asked.
  useEffect(() => {
    if (hasNextPage) void fetchNextPage()
  }, [hasNextPage, fetchNextPage])
  const failure = error ?? decisionsError
  if (failure !== null) return <ProblemBox problem={failure} />
  if (runs === undefined || data === undefined) return <p role="status">{m.forms.waiting}</p>
  const run = runs.runs.find(({ state }) => state !== 'running')
  const decisions = data.pages.flatMap((page) => page.decisions)
  if (run === undefined)
    return (
      <>
        <p className="note">{m.imports.trialFirst}</p>
        <NextStep sourceId={source.id} step="trial" />
      </>
    )
  return (
    <>
      <p>{m.imports.decisionsLead}</p>
      <Asked run={run} decisions={decisions} />
      <DecidedList sourceId={source.id} decisions={decisions} />
      <NextStep sourceId={source.id} step="trial" isQuiet />
      <NextStep sourceId={source.id} step="run" />
    </>
  )
}

/** Rows that somebody has left out are refused, and nobody is asked again. */
function isDecided(code: string): boolean {
  return code === 'ignored'
}

function Asked({ run, decisions }: { readonly run: ImportRun; readonly decisions: Parameters<typeof bySubject>[0] }) {
  const m = useMessages()
  const decided = bySubject(decisions)
  const names = unknownPractitionersOf(run.tables)
  const words = unknownWordsOf(run)
  const refusals = refusalsOf(run.tables)
  const areNumbersTaken = remarksOf(run.tables).some(({ code }) => code === 'file-number-taken')
  const hasTests = refusals.some(({ code }) => code === 'test-patient')
  const others = refusals.filter(({ code }) => code !== 'test-patient' && !isDecided(code))
  if (names.length + words.length + refusals.length === 0 && !areNumbersTaken)
    return (
      <p className="good" role="status">
        {m.imports.nothingToDecide}
      </p>
    )
  return (
    <>
      {names.length > 0 && <NameDecisions sourceId={run.sourceId} names={names} decided={decided} />}
      {words.length > 0 && <WordDecisions sourceId={run.sourceId} words={words} decided={decided} />}
      {hasTests && <TestPatients run={run} decided={decided} />}
      {areNumbersTaken && <NumberDecisions run={run} decided={decided} />}
      {others.length > 0 && <RowDecisions run={run} reasons={others} decided={decided} />}
    </>
  )
}
