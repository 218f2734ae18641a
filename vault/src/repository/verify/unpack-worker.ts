/**
 * A worker thread of a restore: opens blobs of packs and writes each where it belongs, into files that the main thread has opened
 * (descriptors are the process's). What packs of this machine hold, it reads itself. Nothing that does not hash to its ID is written.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { StorageError, VaultError } from '#errors'
import type { dataRuns } from '#files'
import { nativeCodec, nodePrimitives, parallelSha256 } from '#primitives'
import { answerJobs } from '#workers'
import { BlobOpener } from './blob-opener.ts'
import {
  BLOB_NUMBERS,
  type CompareJob,
  PLACE_NUMBERS,
  type UnpackJob,
  type UnpackResult,
  type UnpackWorkerSetup,
} from './unpack-job.ts'

/** Shorter plaintexts are hashed one by one: arranging lanes costs more than they save. */
const LANE_BYTES_MIN = 32 * 1024

const setup = workerData as UnpackWorkerSetup
const opener = new BlobOpener(nativeCodec(nodePrimitives), setup.key)
const hashes = parallelSha256()
const runs = [hashes.newRun(), hashes.newRun()] as const

type Bad = { badBlobs: UnpackResult['badBlobs'][number][]; badWrites: UnpackResult['badWrites'][number][] }
type Pair = readonly [Uint8Array | undefined, Uint8Array | undefined]
type DataRuns = typeof dataRuns

async function unpack(job: UnpackJob): Promise<UnpackResult> {
  const bad: Bad = { badBlobs: [], badWrites: [] }
  const count = job.ids.length / 32
  let done = 0
  // Loaded for the few who ask for holes.
  const runsOf = job.places.some((value, i) => i % PLACE_NUMBERS === 2 && value >= 0)
    ? (await import('#files')).dataRuns
    : undefined
  try {
    const range = rangeOf(job)
    for (; done < count; done += 2) {
      const opened = [open(job, range, done, 0, bad), done + 1 < count ? open(job, range, done + 1, 1, bad) : undefined] as const
      settle(job, done, opened, bad, runsOf)
    }
  } catch (error) {
    const message = messageOf(error)
    for (let blob = done; blob < count; blob++) bad.badBlobs.push({ blob, message })
  }
  return bad
}

/** Room for the longest range of usual blobs, used again and again; a longer one gets its own. */
const RANGE_BYTES = 12 * 1024 * 1024
let rangeRoom: Uint8Array | undefined

function rangeOf({ from, offset, lengthBytes }: UnpackJob): Uint8Array {
  if (from.kind === 'bytes') return from.bytes
  rangeRoom ??= new Uint8Array(RANGE_BYTES)
  const range = lengthBytes <= RANGE_BYTES ? rangeRoom.subarray(0, lengthBytes) : new Uint8Array(lengthBytes)
  const file = openSync(from.path, 'r')
  try {
    const got = readWhole(file, range, offset)
    if (got === lengthBytes) return range
    throw new StorageError('failed', `${lengthBytes} bytes were expected at ${offset}, the pack ends before`, {
      retryable: false,
    })
  } finally {
    closeSync(file)
  }
}

function open(job: UnpackJob, range: Uint8Array, blob: number, slot: 0 | 1, bad: Bad): Uint8Array | undefined {
  const at = blob * BLOB_NUMBERS
  const start = job.blobs[at]! - job.offset
  try {
    return opener.open(range.subarray(start, start + job.blobs[at + 1]!), job.blobs[at + 2]!, slot)
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    bad.badBlobs.push({ blob, message: error.message })
    return undefined
  }
}

/** Hashes one or two opened blobs and writes those that are right. */
function settle(job: UnpackJob, first: number, opened: Pair, bad: Bad, runsOf: DataRuns | undefined): void {
  const [a, b] = opened
  const together = a !== undefined && b !== undefined && Math.min(a.length, b.length) >= LANE_BYTES_MIN
  if (together) {
    const feeds = [a, b].map((bytes, i) => ({ run: runs[i as 0 | 1], bytes }))
    hashes.feed(feeds)
  }
  for (const i of [0, 1] as const) {
    const plaintext = opened[i]
    if (plaintext === undefined) continue
    const id = job.ids.subarray((first + i) * 32, (first + i) * 32 + 32)
    const isRight = together ? Buffer.compare(runs[i].digest(), id) === 0 : opener.hasId(plaintext, id)
    if (together) runs[i].reset()
    if (isRight) write(job, first + i, plaintext, bad, runsOf)
    else bad.badBlobs.push({ blob: first + i, message: 'does not hash to its ID' })
  }
}

function write({ blobs, places }: UnpackJob, blob: number, plaintext: Uint8Array, bad: Bad, runsOf: DataRuns | undefined): void {
  const end = blobs[blob * BLOB_NUMBERS + 3]!
  for (let place = blob === 0 ? 0 : blobs[blob * BLOB_NUMBERS - 1]!; place < end; place++) {
    const [descriptor, offset, holesFrom] = places.subarray(place * PLACE_NUMBERS) as Float64Array & [number, number, number]
    try {
      if (runsOf === undefined || holesFrom < 0) writeWhole(descriptor, plaintext, offset)
      else
        for (const run of runsOf(plaintext, offset, holesFrom))
          writeWhole(descriptor, plaintext.subarray(run.start, run.end), offset + run.start)
    } catch (error) {
      bad.badWrites.push({ place, code: codeOf(error) })
    }
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array, offset: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done)
}

let piece = new Uint8Array(0)

function compare({ descriptor, offset, ids, lengths }: CompareJob): Uint8Array {
  const same = new Uint8Array(lengths.length)
  let at = offset
  for (const [i, length] of lengths.entries()) {
    if (piece.length < length) piece = new Uint8Array(length)
    if (
      isThere(descriptor, piece.subarray(0, length), at) &&
      opener.hasId(piece.subarray(0, length), ids.subarray(i * 32, i * 32 + 32))
    )
      same[i] = 1
    at += length
  }
  return same
}

/** Reads from a file; what cannot be read is not there. */
function isThere(descriptor: number, into: Uint8Array, offset: number): boolean {
  try {
    return readWhole(descriptor, into, offset) === into.length
  } catch (error) {
    codeOf(error)
    return false
  }
}

/** How many bytes there are before the file ends. */
function readWhole(descriptor: number, into: Uint8Array, offset: number): number {
  let done = 0
  while (done < into.length) {
    const got = readSync(descriptor, into, done, into.length - done, offset + done)
    if (got === 0) break
    done += got
  }
  return done
}

/** What a file system says; everything else is a fault of ours and ends the restore. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && 'syscall' in error) return String(error.code)
  throw error
}

function messageOf(error: unknown): string {
  return error instanceof VaultError ? error.message : codeOf(error)
}

answerJobs({ unpack, compare })
