/** One file that is to be restored, while it is on its way. */
import type { RelativePath, TargetFile } from '#files'
import type { TreeNode } from '#format'

export interface WantedFileFacts {
  /** Below the target. */
  readonly path: RelativePath
  /** In the snapshot, for people. */
  readonly shown: Uint8Array
  readonly node: TreeNode
  /** Numbers of its blobs in the index, in order. */
  readonly blobs: Uint32Array
  /** What its blobs add up to; its node may say something else. */
  readonly sizeBytes: number
  /** A file is there already, whose content may be right in part. */
  readonly existed: boolean
  /** Some blobs are in no pack that is counted on, only in packs marked for deletion: `blobs` is empty. */
  readonly isElsewhere: boolean
}

export class WantedFile {
  readonly path: RelativePath
  readonly shown: Uint8Array
  readonly node: TreeNode
  readonly blobs: Uint32Array
  readonly sizeBytes: number
  readonly existed: boolean
  readonly isElsewhere: boolean
  /** Which pieces are there already, when that has been found out: 1 for each. */
  present: Uint8Array | undefined
  /** What is there has the file's length. */
  hasItsSize = false
  /** Pieces that are not written yet. */
  left = 0
  /** Some of it has been written. */
  isTouched = false
  /** Why it cannot be completed. */
  failure: { readonly code: string; readonly message: string } | undefined
  /** Jobs under way that write to it. */
  users = 0
  open: TargetFile | undefined
  /** It was made, or begun from nothing, by us; undefined until it was opened. */
  isNew: boolean | undefined
  /** Which file was opened first (device and inode): another one under its name later is not ours. */
  identity: string | undefined

  constructor(facts: WantedFileFacts) {
    this.path = facts.path
    this.shown = facts.shown
    this.node = facts.node
    this.blobs = facts.blobs
    this.sizeBytes = facts.sizeBytes
    this.existed = facts.existed
    this.isElsewhere = facts.isElsewhere
  }

  /** Whether every byte is there already. */
  get isRight(): boolean {
    return this.hasItsSize && this.present?.every((each) => each === 1) === true
  }
}
