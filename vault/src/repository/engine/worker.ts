/** A worker thread of a backup: hashes chunks, drops those that are known, seals the others into its own pack. */
import { workerData } from 'node:worker_threads'
import { instantiateKernels, type SealKey } from '#format'
import { nativeCodec, nodePrimitives, parallelSha256, zstdBound } from '#primitives'
import { answerJobs, emitEvent } from '#workers'
import { BlobIndex, type SharedSegment } from '../blob-index.ts'
import { Packer } from './packer.ts'
import { RegionPool, SMALL_FILE_BYTES_MAX } from './regions.ts'
import { type ChunkResult, type SmallFile, type SmallFileResult, storeSmallFile } from './small-file.ts'

const CHUNK_BYTES_MAX = 8 * 1024 * 1024

export interface WorkerSetup {
  readonly memory: WebAssembly.Memory
  readonly buffers: RegionPool['shared']
  readonly bufferBytes: number
  readonly packBytes: number
  readonly segments: readonly SharedSegment[]
  readonly key: SealKey
  readonly level: number | 'off'
}

/** A chunk in shared memory. */
export interface ChunkJob {
  readonly start: number
  readonly length: number
}

/** A chunk of an earlier backup of the same file, which the repository still holds. */
export interface ExpectedChunk {
  readonly id: string
  readonly lengthBytes: number
}

/** Pieces of shared memory, one after the other from `start` on, and what is expected of each. */
export interface CompareJob {
  readonly start: number
  readonly expected: readonly ExpectedChunk[]
}

export type EngineJobs = {
  compare: { argument: CompareJob; result: readonly boolean[] }
  chunk: { argument: ChunkJob; result: ChunkResult }
  files: { argument: readonly SmallFile[]; result: SmallFileResult[] }
  segment: { argument: SharedSegment; result: undefined }
  finish: { argument: undefined; result: undefined }
}

const setup = workerData as WorkerSetup
const codec = nativeCodec(nodePrimitives)
const hashes = parallelSha256()
const kernels = instantiateKernels(setup.memory)
const index = BlobIndex.shared(setup.segments)
const sealedBytes = zstdBound(CHUNK_BYTES_MAX)
const scratchStart = kernels.reserve(sealedBytes + CHUNK_BYTES_MAX + SMALL_FILE_BYTES_MAX + 1)
const memory = kernels.bytes
const scratchEnd = scratchStart + sealedBytes + CHUNK_BYTES_MAX
const fileBuffer = memory.subarray(scratchEnd, scratchEnd + SMALL_FILE_BYTES_MAX + 1)
const packer = new Packer({
  memory,
  buffers: new RegionPool(setup.buffers.states, setup.buffers.starts),
  bufferBytes: setup.bufferBytes,
  packBytes: setup.packBytes,
  codec,
  hashes,
  primitives: nodePrimitives,
  key: setup.key,
  level: setup.level,
  scratch: {
    sealed: memory.subarray(scratchStart, scratchStart + sealedBytes),
    plain: memory.subarray(scratchStart + sealedBytes, scratchEnd),
  },
  onPack: (pack) => emitEvent(pack),
})

function storeChunk(chunk: Uint8Array): ChunkResult {
  const hash = packer.hash(chunk)
  return { id: hash.toHex(), storedBytes: index.claim(hash) ? packer.add(hash, chunk) : 0 }
}

function compareChunks({ start, expected }: CompareJob): readonly boolean[] {
  let end = start
  const feeds = expected.map(({ lengthBytes }) => {
    end += lengthBytes
    return { run: hashes.newRun(), bytes: memory.subarray(end - lengthBytes, end) }
  })
  hashes.feed(feeds)
  return feeds.map(({ run }, i) => run.digest().toHex() === expected[i]!.id)
}

answerJobs({
  compare: compareChunks,
  chunk: ({ start, length }: ChunkJob) => storeChunk(memory.subarray(start, start + length)),
  files: (files: readonly SmallFile[]) => files.map((file) => storeSmallFile(file, fileBuffer, storeChunk)),
  segment: (segment: SharedSegment) => index.addSegment(segment),
  finish: () => packer.finish(),
})
