/**
 * Which snapshots to keep: restic's rules, as pure functions (restic manual, "Removing snapshots according to a policy").
 *
 * Snapshots are gone through from the newest. A counting rule keeps the newest of each period until its count is used up; periods
 * without a snapshot use nothing up; the oldest snapshot of all is kept while a count is left. `within` rules are measured from the
 * newest snapshot that is not in the future, never from now. A period is the calendar's at the place that the snapshot's time names.
 */
import { UsageError } from '#errors'
import { parseTimeNs } from '#format'
import type { SnapshotEntry } from '#repository'

/** As `1y5m7d2h`. */
export interface KeepDuration {
  readonly years: number
  readonly months: number
  readonly days: number
  readonly hours: number
}

/** Counts: absent or 0 for no such rule, -1 for no limit. */
export interface ForgetPolicy {
  readonly last?: number
  readonly hourly?: number
  readonly daily?: number
  readonly weekly?: number
  readonly monthly?: number
  readonly yearly?: number
  readonly within?: KeepDuration
  readonly withinHourly?: KeepDuration
  readonly withinDaily?: KeepDuration
  readonly withinWeekly?: KeepDuration
  readonly withinMonthly?: KeepDuration
  readonly withinYearly?: KeepDuration
  /** One list an option given: a snapshot that has all tags of one list is kept. */
  readonly tags?: readonly (readonly string[])[]
}

/** What policies look at. */
export type DatedSnapshot = Pick<SnapshotEntry, 'id' | 'time' | 'tags' | 'paths' | 'hostname'>

export type KeepCounters = Readonly<Record<CountRule, number>>

export interface KeptSnapshot<T extends DatedSnapshot = SnapshotEntry> {
  readonly snapshot: T
  /** The rules that keep it, in restic's words: `daily snapshot`, `within 2d`, `has tags [a, b]`. */
  readonly matches: readonly string[]
  /** What is left of each count after this snapshot. */
  readonly counters: KeepCounters
}

export interface PolicyResult<T extends DatedSnapshot = SnapshotEntry> {
  /** Newest first. */
  readonly keep: readonly KeptSnapshot<T>[]
  readonly remove: readonly T[]
}

export interface PolicyOptions {
  readonly now?: Temporal.Instant
  /** The local zone, by its IANA name: decides what a day before a change of the clocks is, for snapshots taken there. */
  readonly timeZone?: string
}

type Bucket = (time: WrittenTime, position: number) => number

const COUNT_RULES = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const
type CountRule = (typeof COUNT_RULES)[number]

const BUCKETS: Readonly<Record<CountRule, Bucket>> = {
  last: (_, position) => position,
  hourly: ({ year, month, day, hour }) => year * 1000000 + month * 10000 + day * 100 + hour,
  daily: ({ year, month, day }) => year * 10000 + month * 100 + day,
  weekly: isoWeek,
  monthly: ({ year, month }) => year * 100 + month,
  yearly: ({ year }) => year,
}

const WITHIN_RULES = [
  ['withinHourly', 'hourly'],
  ['withinDaily', 'daily'],
  ['withinWeekly', 'weekly'],
  ['withinMonthly', 'monthly'],
  ['withinYearly', 'yearly'],
] as const

/** Whether the policy keeps nothing at all. */
export function isEmptyPolicy(policy: ForgetPolicy): boolean {
  const counts = COUNT_RULES.every((rule) => (policy[rule] ?? 0) === 0)
  const windows = [policy.within, ...WITHIN_RULES.map(([name]) => policy[name])]
  return counts && windows.every((duration) => isZero(duration)) && (policy.tags ?? []).length === 0
}

/**
 * Decides for one group of snapshots. Of snapshots with the same time, the one with the smaller ID counts as the newer.
 * @throws {UsageError} when a count is below -1 or a duration is negative
 */
export function applyPolicy<T extends DatedSnapshot>(
  snapshots: readonly T[],
  policy: ForgetPolicy,
  options: PolicyOptions = {},
): PolicyResult<T> {
  checkPolicy(policy)
  const list = snapshots.map((snapshot) => ({ snapshot, time: readTime(snapshot.time) })).sort(newestFirst)
  const now = (options.now ?? Temporal.Now.instant()).epochNanoseconds
  const latest = list.find(({ time }) => time.ns < now)?.time
  const isWithin = (time: WrittenTime, duration: KeepDuration) =>
    latest === undefined || time.ns > subtractDuration(latest, duration, options.timeZone)
  const counting = COUNT_RULES.map((rule) => ({ rule, left: policy[rule] ?? 0, last: -1 }))
  const windows = WITHIN_RULES.map(([name, rule]) => ({ rule, duration: policy[name], last: -1 }))
  const keep: KeptSnapshot<T>[] = []
  const remove: T[] = []
  for (const [position, { snapshot, time }] of list.entries()) {
    const isOldest = position === list.length - 1
    const matches = tagMatches(snapshot, policy)
    if (!isZero(policy.within) && isWithin(time, policy.within)) matches.push(`within ${printKeepDuration(policy.within)}`)
    for (const count of counting) {
      const value = BUCKETS[count.rule](time, position)
      if (count.left === 0 || (value === count.last && !isOldest)) continue
      matches.push(`${value === count.last ? 'oldest ' : ''}${count.rule} snapshot`)
      count.last = value
      if (count.left > 0) count.left--
    }
    for (const window of windows) {
      if (isZero(window.duration) || !isWithin(time, window.duration)) continue
      const value = BUCKETS[window.rule](time, position)
      if (value === window.last && !isOldest) continue
      matches.push(`${value === window.last ? 'oldest ' : ''}${window.rule} within ${printKeepDuration(window.duration)}`)
      window.last = value
    }
    if (matches.length === 0) remove.push(snapshot)
    else keep.push({ snapshot, matches, counters: countersOf(counting) })
  }
  return { keep, remove }
}

function countersOf(counting: readonly { rule: CountRule; left: number }[]): KeepCounters {
  return Object.fromEntries(counting.map(({ rule, left }) => [rule, left])) as KeepCounters
}

function tagMatches(snapshot: DatedSnapshot, policy: ForgetPolicy): string[] {
  const fitting = (policy.tags ?? []).filter((list) => hasTags(snapshot, list))
  return fitting.map((list) => `has tags [${list.join(', ')}]`)
}

/** An empty tag stands for "no tags at all". */
function hasTags({ tags }: DatedSnapshot, wanted: readonly string[]): boolean {
  for (const tag of wanted) {
    if (tag === '' && tags.length === 0) return true
    if (!tags.includes(tag)) return false
  }
  return true
}

function newestFirst(a: { snapshot: DatedSnapshot; time: WrittenTime }, b: typeof a): number {
  if (a.time.ns !== b.time.ns) return a.time.ns > b.time.ns ? -1 : 1
  return a.snapshot.id < b.snapshot.id ? -1 : 1
}

function checkPolicy(policy: ForgetPolicy): void {
  for (const rule of COUNT_RULES) {
    const count = policy[rule] ?? 0
    if (!Number.isInteger(count) || count < -1) throw new UsageError(`keep ${rule}: ${count} is no count; -1 keeps all`)
  }
  for (const [name] of [['within'] as const, ...WITHIN_RULES]) {
    const duration = policy[name]
    if (duration !== undefined && Object.values(duration).some((value) => !(value >= 0)))
      throw new UsageError(`keep ${name}: a duration cannot be negative`)
  }
}

function isZero(duration: KeepDuration | undefined): duration is undefined {
  return duration === undefined || Object.values(duration).every((value) => value === 0)
}

// Times

/** A time's fields as the snapshot has them: those of the clock on the wall there. */
interface WrittenTime {
  readonly ns: bigint
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  /** east of Greenwich */
  readonly offsetMs: number
  readonly isUtc: boolean
}

function readTime(text: string): WrittenTime {
  const ns = parseTimeNs(text)
  const zone = /([+-])(\d\d):(\d\d)$/.exec(text)
  const offsetMs = zone === null ? 0 : (zone[1] === '-' ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) * 60_000
  const [year, month, day, hour] = [text.slice(0, 4), text.slice(5, 7), text.slice(8, 10), text.slice(11, 13)].map(Number)
  return { ns, year: year!, month: month!, day: day!, hour: hour!, offsetMs, isUtc: zone === null }
}

function isoWeek({ year, month, day }: WrittenTime): number {
  const date = new Temporal.PlainDate(year, month, day)
  return date.yearOfWeek! * 100 + date.weekOfYear!
}

/**
 * So much before a time, by the calendar: a month before 31 March is 3 March (31 February). Where the time is one of the local
 * zone, its hour on the wall stays the same across a change of the clocks.
 */
function subtractDuration(time: WrittenTime, duration: KeepDuration, timeZone: string | undefined): bigint {
  const wallMs = Number(time.ns / 1_000_000n) + time.offsetMs
  const belowMs = time.ns % 1_000_000n
  const wall = new Date(wallMs)
  wall.setUTCFullYear(
    wall.getUTCFullYear() - duration.years,
    wall.getUTCMonth() - duration.months,
    wall.getUTCDate() - duration.days,
  )
  const instantMs = wall.getTime() - offsetFor(wall.getTime(), time, timeZone)
  return BigInt(instantMs) * 1_000_000n + belowMs - BigInt(duration.hours) * 3_600_000_000_000n
}

/** The offset of a reading of the clock on the wall, found as Go's `time.Date` finds it. */
function offsetFor(wallMs: number, time: WrittenTime, timeZone: string | undefined): number {
  const isLocal = timeZone !== undefined && !time.isUtc && zoneOffsetMs(Number(time.ns / 1_000_000n), timeZone) === time.offsetMs
  if (!isLocal) return time.offsetMs
  const guess = zoneOffsetMs(wallMs, timeZone)
  return guess === 0 ? 0 : zoneOffsetMs(wallMs - guess, timeZone)
}

function zoneOffsetMs(epochMs: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1_000_000
}

// Reading and printing

/** A count as the command line has it: a number, or `unlimited`. @throws {UsageError} */
export function parseKeepCount(text: string): number {
  if (text === 'unlimited') return -1
  if (!/^(-1|\d{1,9})$/.test(text)) throw new UsageError(`${text}: expected a count, -1 or unlimited`)
  return Number(text)
}

/** `1y5m7d2h`: years, months, days, hours; the last of a unit given twice counts, as in restic. @throws {UsageError} */
export function parseKeepDuration(text: string): KeepDuration {
  const parts = { years: 0, months: 0, days: 0, hours: 0 }
  const trimmed = text.trim()
  if (!/^(\d{1,6}[ymdh])*$/.test(trimmed)) throw new UsageError(`${text}: expected a duration such as 1y5m7d2h`)
  for (const [, value, unit] of trimmed.matchAll(/(\d+)([ymdh])/g)) {
    parts[({ y: 'years', m: 'months', d: 'days', h: 'hours' } as const)[unit as 'y']] = Number(value)
  }
  return parts
}

export function printKeepDuration({ years, months, days, hours }: KeepDuration): string {
  const parts = [`${years}y`, `${months}m`, `${days}d`, `${hours}h`]
  return parts.filter((part) => !part.startsWith('0')).join('')
}

/** The policy as restic says it: `keep 3 daily, all monthly snapshots`. */
export function printPolicy(policy: ForgetPolicy): string {
  const counts = COUNT_RULES.filter((rule) => (policy[rule] ?? 0) !== 0).map((rule) => {
    const count = policy[rule]!
    return `${count === -1 ? 'all' : count} ${rule === 'last' ? 'latest' : rule}`
  })
  const windows = WITHIN_RULES.flatMap(([name, rule]) => {
    const duration = policy[name]
    return isZero(duration) ? [] : [`${rule} snapshots within ${printKeepDuration(duration)}`]
  })
  const listed = [...(counts.length > 0 ? [`${counts.join(', ')} snapshots`] : []), ...windows].join(', ')
  const tags = policy.tags ?? []
  const others = [
    ...(tags.length > 0 ? [`all snapshots with tags [${tags.map((list) => `[${list.join(', ')}]`).join(' ')}]`] : []),
    ...(isZero(policy.within) ? [] : [`all snapshots within ${printKeepDuration(policy.within)} of the newest`]),
  ]
  const all = [...(listed === '' ? [] : [listed]), ...others].join(' and ')
  return all === '' ? 'remove' : `keep ${all}`
}

// Groups

export interface GroupBy {
  readonly host: boolean
  readonly paths: boolean
  readonly tags: boolean
}

export const GROUP_BY_DEFAULT: GroupBy = { host: true, paths: true, tags: false }

/** `host,paths,tags`, any of them; nothing for one group of all. @throws {UsageError} */
export function parseGroupBy(text: string): GroupBy {
  const by = { host: false, paths: false, tags: false }
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === 'host' || part === 'hosts') by.host = true
    else if (part === 'path' || part === 'paths') by.paths = true
    else if (part === 'tag' || part === 'tags') by.tags = true
    else if (part !== '') throw new UsageError(`${part}: snapshots are grouped by host, paths or tags`)
  }
  return by
}

export interface SnapshotGroup<T extends DatedSnapshot = SnapshotEntry> {
  /** Empty when not grouped by it; so are the two lists. */
  readonly host: string
  /** Sorted. */
  readonly paths: readonly string[]
  /** Sorted. */
  readonly tags: readonly string[]
  readonly snapshots: readonly T[]
}

/** Groups in the order of their host, paths and tags; the order of snapshots stays as it is. */
export function groupSnapshots<T extends DatedSnapshot>(snapshots: readonly T[], by: GroupBy): SnapshotGroup<T>[] {
  const groups = new Map<string, SnapshotGroup<T> & { snapshots: T[] }>()
  for (const snapshot of snapshots) {
    const host = by.host ? snapshot.hostname : ''
    const paths = by.paths ? [...snapshot.paths].sort() : []
    const tags = by.tags ? [...snapshot.tags].sort() : []
    const key = JSON.stringify([host, paths, tags])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { host, paths, tags, snapshots: [snapshot] })
    else group.snapshots.push(snapshot)
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

/** `host laptop, path [/home], tags [a b]`, as restic names a group. */
export function printGroup({ host, paths, tags }: Omit<SnapshotGroup, 'snapshots'>): string {
  const parts = [
    ...(host === '' ? [] : [`host ${host}`]),
    ...(paths.length === 0 ? [] : [`path [${paths.join(' ')}]`]),
    ...(tags.length === 0 ? [] : [`tags [${tags.join(' ')}]`]),
  ]
  return parts.join(', ')
}
