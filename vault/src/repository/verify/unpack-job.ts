/** What is asked of the worker threads of a restore, and what they answer. */
import type { SealKey } from '#format'
import type { JobBytes } from './jobs.ts'

export interface UnpackWorkerSetup {
  readonly key: SealKey
}

/** Numbers of a blob in {@link UnpackJob.blobs}: offset in the pack, stored length, uncompressed length, end of its places. */
export const BLOB_NUMBERS = 4
/** Numbers of a place in {@link UnpackJob.places}: descriptor, offset in the file, from where on zeros may stay holes (-1: nowhere). */
export const PLACE_NUMBERS = 3

export interface UnpackJob {
  readonly from: JobBytes
  /** The range of the pack that holds the blobs. */
  readonly offset: number
  readonly lengthBytes: number
  /** 32 bytes a blob. */
  readonly ids: Uint8Array
  readonly blobs: Uint32Array
  readonly places: Float64Array
}

/** What did not work; everything else is written. Numbers are those of the job. */
export interface UnpackResult {
  readonly badBlobs: readonly { readonly blob: number; readonly message: string }[]
  readonly badWrites: readonly { readonly place: number; readonly code: string }[]
}

export interface CompareJob {
  readonly descriptor: number
  readonly offset: number
  /** 32 bytes a piece. */
  readonly ids: Uint8Array
  readonly lengths: Uint32Array
}

export type UnpackJobs = {
  unpack: { argument: UnpackJob; result: UnpackResult }
  /** One byte a piece: 1 when the file holds it. */
  compare: { argument: CompareJob; result: Uint8Array }
}
