/**
 * A body taken apart into a form's fields, and put together again. What the form does not ask for stays as it was; what is not asked any more
 * goes. Pure.
 */
import { CCAM_LIST, type EntryKind, PROBING_SITES, schemaOf } from '@couronne/practice/contract'
import { FIELDS, type FieldSpec, isAsked, nameOf, type Values } from './field-specs.ts'

export type Body = Readonly<Record<string, unknown>>
/** A row as its form holds it; `_` is what it was made from. */
export interface Row {
  readonly values: Values
  readonly before?: unknown
}

/** What a new entry's form begins with. */
export function emptyValues(fields: readonly FieldSpec[], today: string): Values {
  return Object.fromEntries(fields.map((field) => [nameOf(field), emptyValue(field, today)]))
}

function emptyValue(field: FieldSpec, today: string): string | boolean {
  switch (field.type) {
    case 'today':
      return today
    case 'choice':
      return field.first ?? ''
    case 'constant':
      return field.value
    case 'tick':
      return false
    case 'rows':
      return printRows(Array.from({ length: field.least ?? 0 }, () => ({ values: emptyValues(field.fields, today) })))
    default:
      return ''
  }
}

/**
 * What changes where another answer fills fields: those that are empty, and those that still say what the answer before has filled in. What
 * somebody has typed stays.
 */
export function refill(
  values: Values,
  before: Readonly<Record<string, string>>,
  fill: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = Object.keys({ ...before, ...fill }).filter((name) => values[name] === '' || values[name] === before[name])
  return Object.fromEntries(names.map((name) => [name, fill[name] ?? '']))
}

/** What the form of an entry that is there begins with. */
export function valuesOf(fields: readonly FieldSpec[], body: Body): Values {
  const values = Object.fromEntries(fields.map((field) => [nameOf(field), fieldValue(field, memberAt(body, field.path))]))
  // Of fields that share a place only the one that is asked has what stands there.
  for (const field of fields) if (field.name !== undefined && !isAsked(field, values)) values[field.name] = ''
  return values
}

function fieldValue(field: FieldSpec, member: unknown): string | boolean {
  if (field.type === 'tick') return member === true
  if (member === undefined) return field.type === 'rows' && field.least !== undefined ? emptyValue(field, '') : ''
  switch (field.type) {
    case 'partial':
      return printPartial(String(member))
    case 'euros':
      return printEuros(Number(member))
    case 'list':
      return (member as string[]).join(', ')
    case 'lines':
      return (member as string[]).join('\n')
    case 'ccam':
      return (member as ActCode).code
    case 'tooth-numbers':
      return typeof member === 'string' ? member : (member as { fdi: string }[]).map(({ fdi }) => fdi).join(', ')
    case 'sites':
      return printSites(member as Site[], field.member)
    case 'site-ticks':
      return printList((member as Site[]).filter((site) => site[field.member] === true).map(({ site }) => site))
    case 'rows': {
      const rows = (member as Body[]).map((before) => ({ values: valuesOf(field.fields, before), before }))
      const missing = Math.max(0, (field.least ?? 0) - rows.length)
      const empty = Array.from({ length: missing }, () => ({ values: emptyValues(field.fields, '') }))
      return printRows([...rows, ...empty])
    }
    case 'ticks':
    case 'areas':
    case 'teeth':
    case 'tooth-list':
    case 'entries':
    case 'findings':
    case 'answers':
      return (member as unknown[]).length === 0 ? '' : JSON.stringify(member)
    case 'code':
    case 'conformity':
    case 'document-type':
      return JSON.stringify(member)
    default:
      return String(member)
  }
}

/** @param before the body that is corrected */
export function bodyFrom(fields: readonly FieldSpec[], values: Values, before: Body = {}): Record<string, unknown> {
  const body = structuredClone(before) as Record<string, unknown>
  // Two fields may share a place: the one that is not asked is cleared first.
  for (const field of fields) if (!isAsked(field, values)) setMember(body, field.path, undefined)
  for (const field of fields)
    if (isAsked(field, values))
      setMember(body, field.path, memberOf(field, values[nameOf(field)] ?? '', memberAt(body, field.path)))
  return body
}

function memberOf(field: FieldSpec, value: string | boolean, before: unknown): unknown {
  const member = readMember(field, value, before)
  // A list that was not there is not there when it is empty.
  return Array.isArray(member) && member.length === 0 && before === undefined && field.isNeeded !== true ? undefined : member
}

function readMember(field: FieldSpec, value: string | boolean, before: unknown): unknown {
  if (typeof value === 'boolean') return value || (before === false ? false : undefined)
  const text = value.trim()
  switch (field.type) {
    case 'rows':
      return readRows(value)
        .filter((row) => !isEmptyRow(field.fields, row.values))
        .map((row) => bodyFrom(field.fields, row.values, row.before as Body | undefined))
    case 'list':
      return text
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '')
    case 'lines':
      return text
        .split('\n')
        .map((each) => each.trim())
        .filter((each) => each !== '')
    case 'ticks':
    case 'areas':
    case 'teeth':
    case 'tooth-list':
    case 'entries':
    case 'findings':
    case 'answers':
      return readJson(text) ?? []
    case 'code':
      return codeFrom(readJson(text))
    case 'conformity':
    case 'document-type':
      return readJson(text)
    case 'sites':
      return withSites(before, parseSites(text), field.member)
    case 'site-ticks':
      return withTicks(before, (readJson(text) as string[] | undefined) ?? [], field.member)
    case 'ccam':
      return ccamFrom(text, before)
    case 'tooth-numbers':
      return field.path === 'fdi' ? text || undefined : teethFrom(text, before)
    default:
  }
  if (text === '') return undefined
  switch (field.type) {
    case 'partial':
      return parsePartial(text) ?? text
    case 'euros':
      return parseEuros(text)
    case 'number':
      return /^\d+$/.test(text) ? Number(text) : text
    default:
      return text
  }
}

/** What is wrong with the values: the word of each field that is, `missing` where nothing stands; `rows` say in which line. */
export function wrongIn(kind: EntryKind, values: Values, before?: Body): Readonly<Record<string, FieldWrong>> {
  const fields = FIELDS[kind].filter((field) => isAsked(field, values))
  const parsed = schemaOf(kind).safeParse(bodyFrom(FIELDS[kind], values, before))
  const wrong: Record<string, FieldWrong> = {}
  for (const { path, code } of parsed.error?.issues ?? []) {
    const place = path.join('.')
    const field = fields.findLast(
      (each) => place === each.path || place.startsWith(`${each.path}.`) || each.path.startsWith(`${place}.`),
    )
    if (field === undefined) continue
    const name = nameOf(field)
    const inRow = field.type === 'rows' ? placeInRow(field, path, readRows(values[name] ?? '')) : undefined
    const isMissing = inRow === undefined ? values[name] === '' || code === 'too_small' : inRow.isEmpty
    const { line, column } = inRow ?? {}
    wrong[name] ??= {
      word: isMissing ? 'missing' : wordOf(code),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
    }
  }
  return wrong
}

/** What stands there is of no type that is known: it is not missing. */
function wordOf(code: string): string {
  return code === 'invalid_type' ? 'other' : code
}

/** @returns undefined when the whole list is meant */
function placeInRow(
  { path, fields }: FieldSpec & { readonly type: 'rows' },
  place: readonly PropertyKey[],
  rows: readonly Row[],
) {
  const depth = path.split('.').length
  const index = place[depth]
  if (typeof index !== 'number') return undefined
  const within = place.slice(depth + 1).join('.')
  const column = fields.findLast(
    (each) => within === each.path || within.startsWith(`${each.path}.`) || each.path.startsWith(`${within}.`),
  )
  const value = column === undefined ? '' : (rows[index]?.values[nameOf(column)] ?? '')
  return { line: index + 1, isEmpty: value === '', ...(column === undefined ? {} : { column: column.label }) }
}

export interface FieldWrong {
  readonly word: string
  /** of rows: the one that is wrong, from 1 */
  readonly line?: number
  /** the label of the box in that line */
  readonly column?: FieldSpec['label']
}

/** The form's field that a place of the server's answer is about: `body.code.label`. */
export function fieldAt(kind: EntryKind, place: string): string {
  const path = place.replace(/^body\.(body|identity)\./, '').replace(/^(body|identity)\./, '')
  const field = FIELDS[kind].findLast((each) => path === each.path || path.startsWith(`${each.path}.`))
  return field === undefined ? path : nameOf(field)
}

// Rows, as one text that a draft can keep

export function readRows(text: string | boolean | undefined): Row[] {
  return (readJson(String(text ?? '')) as Row[] | undefined) ?? []
}

export function printRows(rows: readonly Row[]): string {
  return JSON.stringify(rows)
}

/** A choice with a default says nothing by itself. */
function isEmptyRow(fields: readonly FieldSpec[], values: Values): boolean {
  return fields.every((field) => {
    const value = values[nameOf(field)]
    return field.type === 'choice' || value === undefined || value === '' || value === false
  })
}

export function readJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A list, or nothing where it is empty: a field that is empty says so. */
export function printList(list: readonly unknown[]): string {
  return list.length === 0 ? '' : JSON.stringify(list)
}

// Days, or months or years, as people here write them

export function printPartial(iso: string): string {
  return iso.split('-').toReversed().join('/')
}

/** `12/3/1950`, `03.1950`, `1950`, `12 03 1950`, `1950-03-12`; undefined for anything else. */
export function parsePartial(text: string): string | undefined {
  const parts = text.trim().split(/[\s/.-]+/)
  if (!parts.every((part) => /^\d{1,4}$/.test(part)) || parts.length > 3) {
    const digits = /^(\d{2})(\d{2})(\d{4})$/.exec(text.trim())
    return digits === null ? undefined : `${digits[3]}-${digits[2]}-${digits[1]}`
  }
  const [year, ...rest] = parts[0]?.length === 4 ? parts : parts.toReversed()
  if (year?.length !== 4 || rest.some((part) => part.length > 2)) return undefined
  return [year, ...rest.map((part) => part.padStart(2, '0'))].join('-')
}

// Money

export function printEuros(cents: number): string {
  return `${Math.trunc(cents / 100)},${String(cents % 100).padStart(2, '0')}`
}

/** In cents; the text itself where it is no amount, for the schema to refuse. */
export function parseEuros(text: string): number | string {
  const plain = text.replaceAll(/[\s\u202f\u00a0€]/g, '').replace(',', '.')
  return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : text
}

// Probing

type Site = { site: string } & Record<string, unknown>

function printSites(sites: readonly Site[], member: string): string {
  const numbers = PROBING_SITES.map((name) => sites.find(({ site }) => site === name)?.[member])
  if (numbers.every((number) => number === undefined)) return ''
  return numbers.map((number) => (number === undefined ? '-' : String(number).replace('.', ','))).join(' ')
}

function parseSites(text: string): (number | string | undefined)[] {
  const parts = text.trim() === '' ? [] : text.trim().split(/[\s/;]+/)
  return parts.map((part) => {
    if (part === '-') return undefined
    const number = Number(part.replace(',', '.'))
    return Number.isNaN(number) ? part : number
  })
}

function withSites(before: unknown, numbers: readonly (number | string | undefined)[], member: string): Site[] {
  const named = PROBING_SITES.map((site, i) => ({ site, value: numbers[i] }))
  if (numbers.length > PROBING_SITES.length) return [{ site: 'too-many' }]
  return eachSite(before, (site) => named.find((each) => each.site === site)?.value, member)
}

function withTicks(before: unknown, ticked: readonly string[], member: string): Site[] {
  return eachSite(before, (site, is) => (ticked.includes(site) ? true : is === false ? false : undefined), member)
}

function eachSite(before: unknown, valueAt: (site: string, is: unknown) => unknown, member: string): Site[] {
  const sites = (before as Site[] | undefined) ?? []
  return PROBING_SITES.flatMap((name) => {
    const { site: _, [member]: is, ...others } = sites.find(({ site }) => site === name) ?? { site: name }
    const value = valueAt(name, is)
    const members = value === undefined ? others : { ...others, [member]: value }
    return Object.keys(members).length === 0 ? [] : [{ site: name, ...members }]
  })
}

/** `36, 37` as teeth; their surfaces stay. */
function teethFrom(text: string, before: unknown): unknown[] {
  const known = (before as { fdi: string }[] | undefined) ?? []
  const numbers = text.split(/[\s,;]+/).filter((each) => each !== '')
  return numbers.map((fdi) => known.find((tooth) => tooth.fdi === fdi) ?? { fdi, surfaces: [] })
}

/** An act of the practice's own that has no code goes by its words. */
function codeFrom(code: unknown): unknown {
  const { system, code: own, label } = (code ?? {}) as { system?: string; code?: string; label?: string }
  return system === 'local' && own?.trim() === '' ? { ...(code as object), code: label?.trim().slice(0, 40) } : code
}

interface ActCode {
  readonly code: string
}

/** A code as it was stays as it was, one of another classification too; a new one is of CCAM, with the words of its list. */
function ccamFrom(text: string, before: unknown): unknown {
  if (text === '') return undefined
  if ((before as ActCode | undefined)?.code === text) return before
  const code = text.toUpperCase()
  return { system: 'ccam', code, label: CCAM_LIST.find((each) => each.code === code)?.label ?? code }
}

// Members by path

export function memberAt(body: Body, path: string): unknown {
  return path.split('.').reduce<unknown>((at, name) => (at as Body | undefined)?.[name], body)
}

function setMember(body: Record<string, unknown>, path: string, value: unknown): void {
  const [name = '', ...rest] = path.split('.')
  if (rest.length === 0) {
    if (value === undefined) delete body[name]
    else body[name] = value
    return
  }
  const inner = { ...(body[name] as Record<string, unknown> | undefined) }
  setMember(inner, rest.join('.'), value)
  if (Object.keys(inner).length === 0) delete body[name]
  else body[name] = inner
}
