/** What an import did, or would do: counts by table, every row accounted for. */
import type { Refusal, Remark, SourceNote } from '#sources'
import type { UnknownWord } from './unknown-words.ts'

export interface TableReport {
  /** a file, a sheet, a table */
  readonly name: string
  /** under which its rows are known, and decisions name it */
  readonly table: string
  readonly entity: string
  readonly rows: number
  /** that became something */
  readonly added: number
  /** that had become something, and say something else now */
  readonly changed: number
  /** that had become something, and are as they were */
  readonly same: number
  /** that stand in the source a second time, word for word */
  readonly repeated: number
  /** that are nothing by themselves, and were read with the rows that they complete */
  readonly used: number
  readonly refused: number
  /** of patients who would be new: how many may be in the practice already, and how many look like one further up in the source */
  readonly duplicates: DuplicateCount
  /** how many rows each finding is said of */
  readonly findings: Readonly<Partial<Record<Refusal | Remark, number>>>
  /** whom the practice has not among its practitioners, as the source names them, with the number of rows */
  readonly unknownPractitioners: Readonly<Record<string, number>>
  /** words of sexes, states and types that stand for nothing known, with the number of rows */
  readonly unknownWords: readonly (UnknownWord & { readonly rows: number })[]
  readonly notes: readonly SourceNote[]
}

export interface DuplicateCount {
  readonly practice: number
  readonly source: number
}

/** More names than a practice ever had: a column of something else. */
const NAMES_MAX = 200
const WORD_CHARACTERS_MAX = 200

export interface ImportReport {
  readonly runId: string
  readonly source: string
  readonly isDry: boolean
  readonly tables: readonly TableReport[]
}

/** Findings that somebody has decided about already, or that no decision would change. */
const SETTLED: ReadonlySet<string> = new Set(['ignored', 'birth-name-assumed', 'image-in-record', 'image-aside'])

/**
 * Whether a run has found something that the one before it had not: refusals and remarks that nobody has decided about, new patients who may be
 * there already. What was the same last night was told then.
 */
export function needsSomebody(tables: readonly TableReport[], before: readonly TableReport[] = []): boolean {
  return tables.some(({ table, findings, duplicates, unknownPractitioners, unknownWords }) => {
    const was = before.find((each) => each.table === table)
    const isMore = Object.entries(findings).some(
      ([code, rows]) => !SETTLED.has(code) && rows > ((was?.findings as Record<string, number> | undefined)?.[code] ?? 0),
    )
    const isNewName = Object.keys(unknownPractitioners).some((name) => was?.unknownPractitioners[name] === undefined)
    const isNewWord = unknownWords.some(({ word }) => !was?.unknownWords.some((each) => each.word === word))
    return isMore || isNewName || isNewWord || duplicates.practice + duplicates.source > 0
  })
}

/** Counts while rows come by. */
export class TableCount {
  rows = 0
  added = 0
  changed = 0
  same = 0
  repeated = 0
  used = 0
  refused = 0
  readonly duplicates = { practice: 0, source: 0 }
  readonly findings: Partial<Record<Refusal | Remark, number>> = {}
  readonly #practitioners = new Map<string, number>()
  readonly #words = new Map<string, UnknownWord & { rows: number }>()
  readonly #about: Pick<TableReport, 'name' | 'table' | 'entity' | 'notes'>

  constructor(about: Pick<TableReport, 'name' | 'table' | 'entity' | 'notes'>) {
    this.#about = about
  }

  say(code: Refusal | Remark): void {
    this.findings[code] = (this.findings[code] ?? 0) + 1
  }

  sayUnknown(practitioner: string): void {
    const times = this.#practitioners.get(practitioner)
    if (times !== undefined || this.#practitioners.size < NAMES_MAX) this.#practitioners.set(practitioner, (times ?? 0) + 1)
  }

  sayWord({ target, word }: UnknownWord): void {
    const key = `${target} ${word}`
    const known = this.#words.get(key)
    if (known !== undefined) known.rows++
    else if (this.#words.size < NAMES_MAX) this.#words.set(key, { target, word: word.slice(0, WORD_CHARACTERS_MAX), rows: 1 })
  }

  report(): TableReport {
    const { rows, added, changed, same, repeated, used, refused } = this
    return {
      ...this.#about,
      rows,
      added,
      changed,
      same,
      repeated,
      used,
      refused,
      duplicates: { ...this.duplicates },
      findings: { ...this.findings },
      unknownPractitioners: Object.fromEntries(this.#practitioners),
      unknownWords: [...this.#words.values()].map((each) => ({ ...each })),
    }
  }
}
