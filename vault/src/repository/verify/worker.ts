/** A worker thread that verifies: opens packs and trees. What it reads from files of this machine, it reads itself. */
import { workerData } from 'node:worker_threads'
import type { SealKey } from '#format'
import { answerJobs } from '#workers'
import { BlobIndex, type SharedSegment } from '../blob-index.ts'
import { type PackJob, type PackResult, type TreesJob, VerifyJobs } from './jobs.ts'
import type { TreeBatch } from './tree-facts.ts'

export interface VerifySetup {
  readonly key: SealKey
}

export type VerifyMessages = {
  /** Comes before the others: workers are started while the index is still being read. */
  index: { argument: readonly SharedSegment[]; result: undefined }
  pack: { argument: PackJob; result: PackResult }
  trees: { argument: TreesJob; result: TreeBatch }
}

const { key } = workerData as VerifySetup
let jobs: VerifyJobs | undefined

answerJobs({
  index: (segments: readonly SharedSegment[]) => {
    jobs = new VerifyJobs(key, BlobIndex.shared(segments))
  },
  pack: (job: PackJob) => jobs!.pack(job),
  trees: (job: TreesJob) => jobs!.trees(job),
})
