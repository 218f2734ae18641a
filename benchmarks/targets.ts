/** What is to be reached, on two cores, both sides verifying what they seal. */
interface TargetText {
  readonly what: string
  /** The figure, for people; where it comes from follows from the question. */
  readonly unit: '×' | 'MB' | 'bytes' | 'ms'
}

export type Target = TargetText & ({ readonly atLeast: number } | { readonly atMost: number })

export const TARGETS = {
  first: { what: 'first backup, times as fast as restic', unit: '×', atLeast: 2 },
  changed: { what: 'backup with 1 % changed, times as fast as restic', unit: '×', atLeast: 1.7 },
  unchanged: { what: 'unchanged backup, whole process, times as fast as restic', unit: '×', atLeast: 1.3 },
  unchangedBesidesKey: { what: 'unchanged backup without key derivation, times as fast as restic', unit: '×', atLeast: 2 },
  check: { what: 'check with all data, times as fast as restic', unit: '×', atLeast: 1.2 },
  restore: { what: 'restore, times as fast as restic', unit: '×', atLeast: 1.2 },
  stored: { what: 'bytes stored, of those that restic stores', unit: '×', atMost: 1.03 },
  mirrors: { what: 'two mirrors on one local disk, of the time of one', unit: '×', atMost: 1.15 },
  peak: { what: 'peak memory of any verb on this data, in any round', unit: 'MB', atMost: 400 },
  search: { what: 'finding patients, embedded, 99 of 100 questions', unit: 'ms', atMost: 20 },
  duplicates: { what: 'finding who was entered twice, embedded', unit: 'ms', atMost: 60_000 },
  imports: { what: 'importing a thousand rows, embedded', unit: 'ms', atMost: 100 },
  reception: { what: 'receiving images, times as fast as Orthanc, the slowest sort', unit: '×', atLeast: 1 },
  users: { what: 'fifty people at once, embedded, 99 of 100 answers', unit: 'ms', atMost: 500 },
  completeness: { what: 'judging 100,000 records from kept facts, embedded', unit: 'ms', atMost: 10_000 },
  index: { what: 'memory of the index, a blob', unit: 'bytes', atMost: 80 },
} as const satisfies Readonly<Record<string, Target>>

export type TargetName = keyof typeof TARGETS

export type Reached = Partial<Record<TargetName, number>>

export const MB = 1e6

/** The figure as it is printed: `2.13×`, `347 MB`. */
export function printFigure({ unit }: Target, figure: number): string {
  return unit === '×' ? `${figure.toFixed(2)}×` : `${figure.toFixed(unit === 'MB' ? 0 : 1)} ${unit}`
}

export function printWanted(target: Target): string {
  return 'atLeast' in target ? `≥ ${printFigure(target, target.atLeast)}` : `≤ ${printFigure(target, target.atMost)}`
}

export function isReached(target: Target, figure: number): boolean {
  return 'atLeast' in target ? figure >= target.atLeast : figure <= target.atMost
}
