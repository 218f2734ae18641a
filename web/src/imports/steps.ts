/** Where an import stands, and what comes next. Pure. */
import type { ImportSource } from '@couronne/practice/contract'
import type { Step } from './addresses.ts'

export type Standing = 'working' | 'no-files' | 'no-mapping' | 'untried' | 'tried' | 'done' | 'stopped'

export function standingOf(source: Pick<ImportSource, 'place' | 'files' | 'profile' | 'lastRun' | 'jobId'>): Standing {
  const { place, files, profile, lastRun, jobId } = source
  if (jobId !== undefined) return 'working'
  if (lastRun !== undefined) return lastRun.isDry ? 'tried' : lastRun.state === 'done' ? 'done' : 'stopped'
  if (place.kind === 'files' && files.whole === 0) return 'no-files'
  return profile === undefined ? 'no-mapping' : 'untried'
}

const NEXT: Readonly<Record<Standing, Step>> = {
  working: 'run',
  'no-files': 'files',
  'no-mapping': 'mapping',
  untried: 'trial',
  tried: 'trial',
  stopped: 'run',
  done: 'run',
}

/** The step at which whoever opens it goes on. */
export function nextStep(source: Parameters<typeof standingOf>[0], isJobDry: boolean): Step {
  const standing = standingOf(source)
  return standing === 'working' && isJobDry ? 'trial' : NEXT[standing]
}
