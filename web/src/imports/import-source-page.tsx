/** One import source: its steps, each at an address of its own, and what is under way. */
import type { ImportSource } from '@couronne/practice/contract'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ProblemBox } from '#forms'
import { useMessages } from '#messages'
import { Page, useTabInSight } from '#shell'
import { STEPS, type Step } from './addresses.ts'
import { DecisionsStep } from './decisions-step.tsx'
import { FilesStep } from './files-step.tsx'
import { MappingStep } from './mapping-step.tsx'
import { NightStep } from './night-step.tsx'
import { importSourceQuery } from './queries.ts'
import { RunStep } from './run-step.tsx'
import { nextStep } from './steps.ts'
import { jobQuery } from './use-job.ts'

export function ImportSourcePage() {
  const m = useMessages()
  const { sourceId } = useParams({ from: '/inside/imports/$sourceId' })
  const { data: source, error } = useQuery(importSourceQuery(sourceId))
  const jobId = source?.jobId
  const { data: job } = useQuery({ ...jobQuery(jobId ?? ''), enabled: jobId !== undefined })
  const opened = useRef<string>(undefined)
  if (source === undefined || (opened.current !== sourceId && jobId !== undefined && job === undefined))
    return (
      <Page title={m.imports.title}>
        {error === null ? <p role="status">{m.forms.waiting}</p> : <ProblemBox problem={error} />}
        <Link to="/imports">{m.imports.toAll}</Link>
      </Page>
    )
  opened.current = sourceId
  return <OpenImport key={source.id} source={source} first={nextStep(source, job?.about.isDry === true)} />
}

/** @param first where it stood when it was opened: nobody is taken elsewhere because something has ended meanwhile */
function OpenImport({ source, first }: { readonly source: ImportSource; readonly first: Step }) {
  const m = useMessages()
  const { step } = useSearch({ from: '/inside/imports/$sourceId' })
  const [opened] = useState(first)
  const shown = step ?? opened
  return (
    <Page title={m.imports.stepTitle(source.title, m.imports.steps[shown])}>
      <p>
        <Link to="/imports">{m.imports.toAll}</Link>
      </p>
      <Steps sourceId={source.id} shown={shown} />
      <StepShown key={shown} step={shown} source={source} />
    </Page>
  )
}

function Steps({ sourceId, shown }: { readonly sourceId: string; readonly shown: Step }) {
  const m = useMessages()
  const tabs = useTabInSight(shown)
  return (
    <nav ref={tabs} className="tabs" aria-label={m.imports.stepsLabel}>
      {STEPS.map((each) => (
        <Link
          key={each}
          to="/imports/$sourceId"
          params={{ sourceId }}
          search={{ step: each }}
          activeOptions={{ exact: true, includeSearch: true }}
          {...(each === shown ? { 'aria-current': 'page' as const } : { 'aria-current': undefined })}
        >
          {m.imports.steps[each]}
        </Link>
      ))}
    </nav>
  )
}

function StepShown({ step, source }: { readonly step: Step; readonly source: ImportSource }) {
  switch (step) {
    case 'files':
      return <FilesStep source={source} />
    case 'mapping':
      return <MappingStep source={source} />
    case 'trial':
      return <RunStep source={source} isDry={true} />
    case 'decisions':
      return <DecisionsStep source={source} />
    case 'run':
      return <RunStep source={source} isDry={false} />
    case 'night':
      return <NightStep source={source} />
  }
}
