/** Which packs stay, which are repacked, which go: restic's rules (restic manual, "Customize pruning"). Pure. */
import { UsageError } from '#errors'
import { parseSize } from '#files'
import type { PackAccount, PackAccounts } from './accounts.ts'

const PACK_BYTES_MIN = 4 * 1024 * 1024
/** So many small packs are worth merging; with fewer a pack just below the limit would be merged again and again. */
const SMALL_PACKS_MIN = 10

/** How much unused data may stay: a share of what is there afterwards, a number of bytes, or any. */
export type MaxUnused = { readonly percent: number } | { readonly bytes: number } | 'unlimited'

export const MAX_UNUSED_DEFAULT: MaxUnused = { percent: 5 }

export interface RepackRules {
  readonly maxUnused?: MaxUnused
  /** Stops repacking at so many bytes. */
  readonly maxRepackBytes?: number
  /** Leaves packs of data alone: only trees are repacked. */
  readonly repackCacheableOnly?: boolean
  /** Repacks all that is stored raw, compressing it. */
  readonly repackUncompressed?: boolean
  /** Packs below this are merged; by default those much smaller than the others. */
  readonly smallPackBytes?: number
}

export type PackAction = 'keep' | 'repack' | 'remove' | 'forget'

export interface PackDecision extends PackAccount {
  readonly number: number
  /** `forget`: it is missing and not needed, and only leaves the index. */
  readonly action: PackAction
  readonly why: string
}

interface Candidate extends PackAccount {
  readonly number: number
  readonly mustCompress: boolean
}

/** The decision for every pack, in the order of the index. */
export function decidePacks(accounts: PackAccounts, version: 1 | 2, rules: RepackRules): PackDecision[] {
  const decisions: PackDecision[] = new Array(accounts.packCount)
  const decide = (pack: PackAccount & { number: number }, action: PackAction, why: string) => {
    decisions[pack.number] = { ...pack, action, why }
  }
  const smallBytes = smallPackLimit(accounts, rules)
  const candidates: Candidate[] = []
  const small: Candidate[] = []
  for (let number = 0; number < accounts.packCount; number++) {
    const pack = { ...accounts.account(number), number }
    const mustCompress = version === 2 && pack.isRaw && (pack.kind === 'tree' || rules.repackUncompressed === true)
    if (pack.usedBlobs === 0) {
      if (accounts.faults.get(number)?.kind === 'missing') decide(pack, 'forget', 'missing, and nobody needs it')
      else decide(pack, 'remove', 'nobody needs its blobs')
    } else if (accounts.faults.has(number)) decide(pack, 'keep', 'not sound, but some mirror may have nothing else')
    else if (rules.repackCacheableOnly && pack.kind === 'data') decide(pack, 'keep', 'data: only trees are repacked')
    else if (pack.unusedBlobs > 0 || pack.kind === 'mixed' || mustCompress) candidates.push({ ...pack, mustCompress })
    else if (sizeOf(pack) >= smallBytes) decide(pack, 'keep', 'all its blobs are used')
    else small.push({ ...pack, mustCompress })
  }
  // Size is a reason only where there are enough small packs to be joined.
  const joinBelow = small.length >= SMALL_PACKS_MIN ? smallBytes : 0
  if (joinBelow > 0) candidates.push(...small)
  else for (const pack of small) decide(pack, 'keep', 'all its blobs are used')
  candidates.sort((a, b) => byWorth(a, b, joinBelow))
  chooseToRepack(candidates, accounts, rules, joinBelow, decide)
  return decisions
}

function chooseToRepack(
  candidates: readonly Candidate[],
  accounts: PackAccounts,
  rules: RepackRules,
  smallBytes: number,
  decide: (pack: Candidate, action: PackAction, why: string) => void,
): void {
  const unusedBytesMax = maxUnusedBytes(rules.maxUnused ?? MAX_UNUSED_DEFAULT, accounts.used.bytes)
  const maxRepackBytes = rules.maxRepackBytes ?? Number.POSITIVE_INFINITY
  let repackBytes = 0
  let unusedBytes = accounts.duplicate.bytes + accounts.unused.bytes - removedBytes(accounts)
  for (const pack of candidates) {
    if (repackBytes + sizeOf(pack) >= maxRepackBytes) decide(pack, 'keep', 'as much as was allowed is repacked')
    else if (pack.kind === 'data' && !pack.mustCompress && unusedBytes < unusedBytesMax && sizeOf(pack) >= smallBytes)
      decide(pack, 'keep', 'the unused rest is small enough')
    else {
      decide(pack, 'repack', whyRepack(pack))
      repackBytes += sizeOf(pack)
      unusedBytes -= pack.unusedBytes
    }
  }
}

function removedBytes(accounts: PackAccounts): number {
  let bytes = 0
  for (let number = 0; number < accounts.packCount; number++) {
    const { usedBlobs, unusedBytes } = accounts.account(number)
    if (usedBlobs === 0) bytes += unusedBytes
  }
  return bytes
}

function whyRepack({ kind, mustCompress, unusedBlobs }: Candidate): string {
  if (kind === 'mixed') return 'it mixes data and trees'
  if (mustCompress) return 'it is not compressed'
  return unusedBlobs > 0 ? 'part of it is not used' : 'it is small'
}

export function sizeOf({ usedBytes, unusedBytes }: PackAccount): number {
  return usedBytes + unusedBytes
}

/** Trees and mixed packs first, then small ones, then those with the largest unused share. */
function byWorth(a: PackAccount, b: PackAccount, smallBytes: number): number {
  const isData = Number(a.kind === 'data') - Number(b.kind === 'data')
  if (isData !== 0) return isData
  const isLarge = Number(sizeOf(a) >= smallBytes) - Number(sizeOf(b) >= smallBytes)
  return isLarge || b.unusedBytes * a.usedBytes - a.unusedBytes * b.usedBytes
}

/** 80 % of the larger of 4 MiB and the size that 3 % of all packs stay below. */
function smallPackLimit(accounts: PackAccounts, { smallPackBytes }: RepackRules): number {
  if (smallPackBytes !== undefined) return smallPackBytes
  if (accounts.packCount === 0) return 0
  const sizes = Float64Array.from({ length: accounts.packCount }, (_, number) => sizeOf(accounts.account(number))).sort()
  return Math.floor((Math.max(PACK_BYTES_MIN, sizes[Math.floor((sizes.length * 3) / 100)]!) * 4) / 5)
}

function maxUnusedBytes(maxUnused: MaxUnused, usedBytes: number): number {
  if (maxUnused === 'unlimited') return Number.POSITIVE_INFINITY
  if ('bytes' in maxUnused) return maxUnused.bytes
  return Math.floor((maxUnused.percent / (100 - maxUnused.percent)) * usedBytes)
}

/** `5%`, `200M`, `unlimited`. @throws {UsageError} */
export function parseMaxUnused(text: string): MaxUnused {
  const trimmed = text.trim()
  if (trimmed === 'unlimited') return 'unlimited'
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(trimmed)
  if (percent === null) return { bytes: parseSize(trimmed) }
  if (Number(percent[1]) >= 100) throw new UsageError(`${text}: the unused share must be below 100%`)
  return { percent: Number(percent[1]) }
}
