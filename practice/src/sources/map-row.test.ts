import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CsvReader, EncodingDetector, readLines } from '@couronne/formats'
import fc from 'fast-check'
import { KINDS } from '#patients'
import { isRefusal } from './findings.ts'
import { mapRow } from './map-row.ts'
import type { MappedRow } from './mapped-row.ts'
import { parseProfile, type TableProfile } from './profile.ts'
import type { Row } from './row-reader.ts'
import { type Entity, TARGETS } from './targets.ts'

const profile = parseProfile(readFileSync(join(import.meta.dirname, 'profiles/csv.yaml'), 'utf8'))
const folder = join(import.meta.dirname, '../../../tests/vectors/legacy-export')

function tableOf(entity: string): TableProfile {
  return profile.tables.find((table) => table.entity === entity) ?? assert.fail(entity)
}

/** The rows of a file as its head names the columns. */
async function rowsOf(name: string): Promise<Row[]> {
  const bytes = readFileSync(join(folder, name))
  const detector = new EncodingDetector()
  detector.add(bytes)
  const reader = new CsvReader(';')
  const records = []
  for await (const line of readLines([bytes], detector.result())) records.push(...reader.add(line))
  const [head, ...rows] = records
  return rows.map(({ fields }) => Object.fromEntries(head!.fields.map((column, i) => [column, fields[i] ?? ''])))
}

async function mapped(entity: string, name: string): Promise<MappedRow[]> {
  const context = { thisYear: 2026, dayFormats: new Map(), zone: 'Europe/Paris' }
  return (await rowsOf(name)).map((row) => mapRow(row, tableOf(entity), context))
}

const said = (rows: readonly MappedRow[]) =>
  rows.map(
    ({ key, findings }) =>
      `${key}: ${findings.map(({ code, column }) => (column === undefined ? code : `${code} (${column})`)).join(', ')}`,
  )

test('the patients of an old export become identities, and each trap is named', async () => {
  const rows = await mapped('patient', 'patients.csv')
  assert.deepEqual(said(rows), [
    '123: insured-number-wrong (NumSS)',
    '124: birth-name-assumed (Nom)',
    '124: birth-name-assumed (Nom)',
    '125: birth-name-assumed (Nom), day-unknown (DateNaiss)',
    '126: birth-name-assumed (Nom), day-wrong (DateNaiss)',
    '127: birth-name-assumed (Nom), test-patient, day-unknown (DateNaiss)',
  ])
  assert.equal(rows[1]?.content?.kind === 'patient' && rows[1].content.identity.insuredNumber, '159027505610175')
  assert.deepEqual(
    rows.map(({ findings }) => findings.some(isRefusal)),
    [false, false, false, false, false, true],
  )
  assert.deepEqual(rows[0]?.content, {
    kind: 'patient',
    identity: {
      fileNumber: '123',
      birthName: 'LEROY',
      usedName: 'VERSAIRE',
      givenNames: ['Anne'],
      sex: 'female',
      bornOn: '1985-01-24',
      flags: [],
      telephones: [{ number: '01 99 00 00 00' }],
      emails: [],
      addresses: [{ lines: ['12 rue des Écoles'], postalCode: '75001', town: 'PARIS' }],
    },
  })
})

test('the acts of an old export keep their codes, and each trap is named', async () => {
  const rows = await mapped('procedure', 'actes.csv')
  assert.deepEqual(said(rows), [
    '1: ',
    '2: ',
    '3: ',
    '4: ',
    '5: ',
    '6: tooth-does-not-fit (Dent)',
    '7: tooth-unknown (Dent), tooth-missing (Dent)',
  ])
  assert.deepEqual(rows[3], {
    key: '4',
    patientKey: '124',
    practitioner: 'MARTIN',
    content: {
      kind: 'entry',
      content: {
        kind: 'procedure',
        body: {
          code: { system: 'ngap', code: 'SC12', label: 'Obturation 2 faces (NGAP)' },
          status: 'done',
          teeth: [{ fdi: '46', surfaces: [] }],
          performedOn: '2009-11-05',
          feeCents: 2892,
        },
      },
    },
    findings: [],
  })
})

test('the documents of an old export lead to files below it', async () => {
  const rows = await mapped('document', 'documents.csv')
  assert.deepEqual(
    rows.map(({ content }) => (content?.kind === 'file' ? content.path : undefined)),
    ['IMAGES/00000123/20260312_101500.jpg', 'DOCS/123/courrier1.doc', 'IMAGES/00000124/MANQUANT.jpg'],
  )
  assert.deepEqual(said(rows), ['1: ', '2: ', '3: '])
})

test('what is mapped fits the schemas of its kind', async () => {
  for (const { content } of [...(await mapped('patient', 'patients.csv')), ...(await mapped('procedure', 'actes.csv'))]) {
    if (content?.kind === 'patient') KINDS.identity.schema.parse(content.identity)
    else if (content?.kind === 'entry') KINDS[content.content.kind].schema.parse(content.content.body)
  }
})

test('whatever a row says, it becomes something that its kind takes, or is refused with a reason', () => {
  const entities = Object.keys(TARGETS) as Entity[]
  const written = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      '24/01/1985',
      '31/02/1990',
      '00/00/1950',
      '36',
      '16,17',
      '99',
      'HBMD049',
      'SC12',
      '81,94',
      'F',
      'done',
      'TEST',
      'constructor',
      '10h15',
      '..\\x',
      'a/b.jpg',
    ),
    fc.constantFrom('x'.repeat(30_000), '\0', '\ud800', '\u202egpj.exe', '', ' '),
  )
  fc.assert(
    fc.property(fc.constantFrom(...entities), fc.array(written, { minLength: 25, maxLength: 25 }), (entity, values) => {
      const targets = Object.keys(TARGETS[entity])
      const table = parseProfile(
        JSON.stringify({
          couronne: 'import-profile',
          name: 'all',
          title: { fr: 'Tout' },
          source: { type: 'csv' },
          tables: [
            {
              from: 'all.csv',
              entity,
              key: 'key',
              ...(entity === 'patient' ? {} : { patient: 'patient' }),
              fields: Object.fromEntries(targets.map((target) => [target, target])),
            },
          ],
        }),
      ).tables[0]!
      const row = { key: '1', patient: '2', ...Object.fromEntries(targets.map((target, i) => [target, values[i]!])) }
      const { content, findings } = mapRow(row, table, { thisYear: 2026, dayFormats: new Map(), zone: 'Europe/Paris' })
      if (content === undefined) assert.ok(findings.some(isRefusal))
      else if (content.kind === 'patient') KINDS.identity.schema.parse({ fileNumber: '1', ...content.identity })
      else if (content.kind === 'entry') KINDS[content.content.kind].schema.parse(content.content.body)
      else if (content.kind === 'file') KINDS.document.schema.parse({ ...content.about, objectId: '1' })
    }),
    { numRuns: 1_000 },
  )
})
