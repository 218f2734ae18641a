/** What people have decided about a source, ready to be asked row by row. Pure. */
import type { ColumnRule, Row, TableProfile } from '#sources'
import type { DecisionContent } from './decision-schema.ts'

const DIGITS_OF_KEY = 8

type RowAnswer = Extract<DecisionContent, { kind: 'row' }>['answer']

export class Decisions {
  readonly #practitioners = new Map<string, string | null>()
  /** by table, target and word */
  readonly #words = new Map<string, Map<string, Map<string, string>>>()
  readonly #testPatients = new Map<string, boolean>()
  readonly #fileNumbers = new Map<string, string>()
  readonly #patients = new Map<string, string | null>()
  readonly #rows = new Map<string, RowAnswer>()

  /** @param isOurs whether a patient is in the practice's records still: a decision for one who is not counts for nothing */
  constructor(contents: readonly DecisionContent[], isOurs: (patientId: string) => boolean) {
    for (const content of contents) this.#add(content, isOurs)
  }

  #add(content: DecisionContent, isOurs: (patientId: string) => boolean): void {
    switch (content.kind) {
      case 'practitioner':
        return void this.#practitioners.set(content.written, content.practitionerId)
      case 'word': {
        const ofTable = getOrSet(this.#words, content.table, () => new Map<string, Map<string, string>>())
        return void getOrSet(ofTable, content.target, () => new Map<string, string>()).set(content.written, content.means)
      }
      case 'test-patient':
        return void this.#testPatients.set(content.key, content.isLetIn)
      case 'file-number':
        return void this.#fileNumbers.set(content.key, content.fileNumber)
      case 'patient':
        if (content.patientId === null || isOurs(content.patientId)) this.#patients.set(content.key, content.patientId)
        return
      case 'row':
        if (content.answer.kind === 'relink' && !isOurs(content.answer.patientId)) return
        return void this.#rows.set(`${content.table} ${content.digest}`, content.answer)
    }
  }

  /** Who is meant by a name; null: nobody here; undefined: not decided. */
  practitioner(written: string): string | null | undefined {
    return this.#practitioners.get(written)
  }

  /** Whether a test patient is let in; undefined: not decided. */
  isLetIn(key: string): boolean | undefined {
    return this.#testPatients.get(key)
  }

  fileNumber(key: string): string | undefined {
    return this.#fileNumbers.get(key)
  }

  /** The patient of ours whom rows of this key are about; null: they stay out; undefined: not decided. */
  patient(key: string): string | null | undefined {
    return this.#patients.get(key)
  }

  row(table: string, digest: string): RowAnswer | undefined {
    return this.#rows.get(`${table} ${digest}`)
  }

  /** The mapping, with what words were said to stand for. */
  withWords(table: TableProfile): TableProfile {
    const words = this.#words.get(table.name)
    if (words === undefined) return table
    const fields = Object.entries(table.fields).map(([target, rule]): [string, ColumnRule] => {
      const decided = words.get(target)
      if (decided === undefined) return [target, rule]
      const whole = typeof rule === 'string' ? { column: rule } : rule
      return [target, { ...whole, values: { ...whole.values, ...Object.fromEntries(decided) } }]
    })
    return { ...table, fields: Object.fromEntries(fields) }
  }

  /**
   * What was decided about words and the name that a row has: a row that is in the record says something else when this does. Empty: nothing
   * was, and the row is compared by its own text alone.
   */
  meaningOf(columns: { readonly table: TableProfile; readonly row: Row } | undefined, practitioner: string | undefined): string {
    const parts = columns === undefined ? [] : this.#wordsOf(columns.table, columns.row)
    const id = practitioner === undefined ? undefined : this.practitioner(practitioner)
    if (id !== undefined) parts.push(`practitioner=${id}`)
    return parts.join('\n')
  }

  #wordsOf(table: TableProfile, row: Row): string[] {
    const parts: string[] = []
    for (const [target, decided] of this.#words.get(table.name) ?? []) {
      const rule = table.fields[target]
      for (const column of rule === undefined ? [] : columnsOf(rule)) {
        const means = decided.get((row[column] ?? '').trim())
        if (means !== undefined) parts.push(`${target}=${means}`)
      }
    }
    return parts
  }
}

/** A key for a row whose own is another row's. */
export function keyOfItsOwn(key: string, rowDigest: string): string {
  return `${key}#${rowDigest.slice(0, DIGITS_OF_KEY)}`
}

function columnsOf(rule: ColumnRule): readonly string[] {
  return typeof rule === 'string' ? [rule] : [rule.column ?? []].flat()
}

function getOrSet<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}
