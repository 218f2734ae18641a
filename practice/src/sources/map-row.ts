/** One row of a source as what it becomes in a record. Pure: the same row becomes the same, whoever imports it when. */
import {
  ALERT_CATEGORIES,
  APPOINTMENT_STATES,
  ccamFindings,
  findDocumentType,
  foldWords,
  insDoubts,
  KINDS,
  PROCEDURE_STATUSES,
} from '#patients'
import type { MappedContent, MappedRow } from './mapped-row.ts'
import type { TableProfile } from './profile.ts'
import { type MapContext, type Row, RowReader } from './row-reader.ts'
import type { Entity } from './targets.ts'
import { codeSystemOf } from './values.ts'

/** Names that people type to try their program. */
const TEST_NAMES = new Set(['test', 'essai', 'toto', 'xxx', 'demo', 'patient test', 'test test'])
const LABEL_CHARACTERS_MAX = 500
/** An illustration, where the source does not say what a file is. */
const TYPE_OTHERWISE = '52040-3'

export function mapRow(row: Row, table: TableProfile, context: MapContext): MappedRow {
  const reader = new RowReader(row, table, context)
  const key = reader.key(table.key)
  if (key === undefined) reader.say('key-missing', table.key[0])
  const patientKey = table.patient === undefined ? undefined : reader.key(table.patient)
  if (table.patient !== undefined && patientKey === undefined) reader.say('patient-unknown', table.patient[0])
  const made = MAKERS[table.entity](reader)
  const content = made !== undefined && fits(made) ? made : undefined
  if (made !== content) reader.say('does-not-fit')
  const practitioner = table.entity === 'patient' ? undefined : reader.line('practitioner', 200)
  return {
    key: key === undefined ? undefined : keyWithBytes(key, row, content),
    patientKey,
    practitioner,
    content,
    findings: reader.findings,
  }
}

/** Whether the record takes it: a row that it would refuse must not stop those around it. What only the importer knows is made up here. */
function fits(content: MappedContent): boolean {
  switch (content.kind) {
    case 'patient':
      return KINDS.identity.schema.safeParse({ fileNumber: '1', ...content.identity }).success
    case 'entry':
      return KINDS[content.content.kind].schema.safeParse(content.content.body).success
    case 'file':
      return KINDS.document.schema.safeParse({ ...content.about, objectId: '1' }).success
  }
}

const MAKERS: Readonly<Record<Entity, (row: RowReader) => MappedContent | undefined>> = {
  patient: toPatient,
  procedure: toProcedure,
  appointment: toAppointment,
  note: toNote,
  alert: toAlert,
  document: toDocument,
}

function toPatient(row: RowReader): MappedContent | undefined {
  const usedName = row.line('usedName', 100)
  const birthName = row.line('birthName', 100)
  const name = birthName ?? usedName
  if (name === undefined) {
    row.say('name-missing')
    return undefined
  }
  if (birthName === undefined) row.say('birth-name-assumed', row.columnOf('usedName'))
  const givenNames = row.names('givenNames')
  const folded = foldWords(name).join(' ')
  const isInvented = TEST_NAMES.has(folded) || TEST_NAMES.has(`${folded} ${foldWords(givenNames.join(' ')).join(' ')}`)
  if (isInvented) row.say('test-patient')
  const sex = row.sex('sex')
  const bornOn = row.day('bornOn')
  const lines = [row.line('addressLine', 200), row.line('addressMore', 200)].filter((line) => line !== undefined)
  const address = clean({ lines, postalCode: row.postalCode('postalCode'), town: row.line('town', 100) })
  const telephones = [
    { number: row.telephone('mobile'), use: 'mobile' },
    { number: row.telephone('telephone') },
    { number: row.telephone('workTelephone'), use: 'work' },
  ].filter(({ number }) => number !== undefined)
  const email = row.email('email')
  const insuredNumber = row.insuredNumber('insuredNumber')
  if (insuredNumber !== undefined && insDoubts(insuredNumber, { sex, bornOn }).length > 0)
    row.say('insured-number-of-another', row.columnOf('insuredNumber'))
  const identity = clean({
    fileNumber: row.line('fileNumber', 40),
    birthName: name,
    usedName: usedName !== undefined && foldWords(usedName).join(' ') !== folded ? usedName : undefined,
    givenNames,
    usedGivenName: row.line('usedGivenName', 100),
    sex,
    bornOn,
    birthPlaceName: row.line('birthPlaceName', 100),
    diedOn: row.day('diedOn'),
    flags: isInvented ? ['fictitious'] : [],
    insuredNumber,
    telephones,
    emails: email === undefined ? [] : [{ address: email }],
    addresses: lines.length > 0 || address.postalCode !== undefined || address.town !== undefined ? [address] : [],
    note: row.text('note', 20_000),
  })
  return { kind: 'patient', identity }
}

function toProcedure(row: RowReader): MappedContent | undefined {
  const code = row.line('code', 40)
  const label = row.line('label', LABEL_CHARACTERS_MAX)
  const note = row.text('note', 20_000)
  const words = label ?? code
  if (words === undefined) {
    row.say('nothing-said')
    return undefined
  }
  const teeth = row.teeth('teeth')
  const surfaces = row.surfaces('surfaces')
  const system = code === undefined ? 'local' : codeSystemOf(code)
  if (system === 'ccam') for (const finding of ccamFindings(code!, teeth)) row.say(finding, row.columnOf('teeth'))
  const body = clean({
    // What has no code stands under its words: the schema's code is what the source calls it.
    code: { system, code: code ?? words.slice(0, 40).trim(), label: words },
    status: row.word('status', PROCEDURE_STATUSES, 'status-unknown') ?? 'done',
    teeth: teeth.map((fdi) => ({ fdi, surfaces: teeth.length === 1 ? surfaces : [] })),
    performedOn: row.day('performedOn'),
    feeCents: row.amount('fee'),
    note,
  })
  return { kind: 'entry', content: { kind: 'procedure', body } }
}

function toAppointment(row: RowReader): MappedContent | undefined {
  const on = wholeDay(row, 'on')
  const at = row.time('at')
  if (on === undefined || at === undefined) {
    row.say('day-missing', row.columnOf('on'))
    return undefined
  }
  const body = clean({
    startsAt: `${on}T${at}`,
    zone: row.context.zone,
    minutes: row.minutes('minutes') ?? 30,
    room: row.line('room', 50),
    reason: row.line('reason', 300),
    state: row.word('status', APPOINTMENT_STATES, 'status-unknown') ?? 'booked',
    note: row.text('note', 20_000),
  })
  return { kind: 'entry', content: { kind: 'appointment', body } }
}

function toNote(row: RowReader): MappedContent | undefined {
  const text = row.text('text', 20_000)
  const on = wholeDay(row, 'on')
  if (text === undefined) row.say('nothing-said')
  if (on === undefined) row.say('day-missing', row.columnOf('on'))
  if (text === undefined || on === undefined) return undefined
  return { kind: 'entry', content: { kind: 'observation', body: { category: 'note', on, text, teeth: row.teeth('teeth') } } }
}

function toAlert(row: RowReader): MappedContent | undefined {
  const label = row.line('label', 300)
  if (label === undefined) {
    row.say('nothing-said')
    return undefined
  }
  const body = clean({
    category: row.word('category', ALERT_CATEGORIES, 'type-unknown') ?? 'other',
    state: 'present',
    label,
    recordedOn: wholeDay(row, 'recordedOn'),
    note: row.text('note', 20_000),
  })
  return { kind: 'entry', content: { kind: 'alert', body } }
}

/** A file in a row is known by its bytes too: others are another document, and what was filed before stays. */
function keyWithBytes(key: string, row: Row, content: MappedContent | undefined): string {
  const column = content?.kind === 'file' ? content.column : undefined
  return column === undefined ? key : `${key}|${(row[column] ?? '').slice(0, 32)}`
}

function toDocument(row: RowReader): MappedContent | undefined {
  const column = row.columnOf('bytes')
  const written = row.line('path', 1_000)
  if (written === undefined && column === undefined) {
    row.say('file-missing')
    return undefined
  }
  const path = written === undefined ? undefined : toRelativePath(written)
  if (path === undefined && column === undefined) {
    row.say('file-path-wrong', row.columnOf('path'))
    return undefined
  }
  const named = row.line('fileName', 255) ?? path?.split('/').at(-1) ?? row.line('title', 255) ?? 'document'
  const fileName = named.replaceAll(/[/\\]/g, '-').slice(-255)
  const about = clean({
    title: row.line('title', 300) ?? fileName,
    type: documentType(row) ?? { ...findDocumentType(TYPE_OTHERWISE) },
    madeOn: row.day('madeOn'),
    author: row.line('author', 200),
    teeth: row.teeth('teeth'),
    fileName,
    note: row.text('note', 20_000),
  })
  return { kind: 'file', path: path ?? fileName, about, ...(column === undefined ? {} : { column }) }
}

function documentType(row: RowReader) {
  const written = row.line('type', 300)
  const known = written === undefined ? undefined : findDocumentType(written)
  if (known !== undefined) return known
  if (written !== undefined) row.say('type-unknown', row.columnOf('type'))
  return written === undefined ? undefined : { system: 'local', code: written.slice(0, 60), label: written }
}

/** With `/` between folders, from the source's own top; undefined: it leads elsewhere. */
export function toRelativePath(written: string): string | undefined {
  const parts = written.replaceAll('\\', '/').split('/')
  const isElsewhere = /^[A-Za-z]:/.test(written) || parts[0] === '' || parts.includes('..') || written.includes('\0')
  const kept = parts.filter((part) => part !== '' && part !== '.')
  return isElsewhere || kept.length === 0 ? undefined : kept.join('/')
}

/** A day of which no part is missing. */
function wholeDay(row: RowReader, target: 'on' | 'recordedOn'): string | undefined {
  const day = row.day(target)
  return day?.length === 10 ? day : undefined
}

/** Without the members that are undefined. */
function clean<T extends Record<string, unknown>>(values: T): T {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) if (value !== undefined) kept[name] = value
  return kept as T
}
