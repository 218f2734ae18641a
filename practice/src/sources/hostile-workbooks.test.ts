/** Workbooks that were made to take all time or memory, or that are damaged anywhere: read, or refused by name, and never more than their limits. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { utils, write } from '@e965/xlsx'
import { damage, FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { makeZip } from '../../../tests/zip.ts'
import { isRefusal } from './findings.ts'
import { parseProfile } from './profile.ts'
import type { ColumnRow } from './source.ts'
import { openWorkbookSource } from './workbooks/workbook-source.ts'

const RUNS = process.env.COURONNE_CAMPAIGN === '1' ? 3_000 : 3
const LIMITS = { residentBytesMax: 600 * 1024 ** 2, timeoutMs: 8_000 }
/** Two processes, each with its time. */
const BOOK_MS_MAX = 3 * LIMITS.timeoutMs
const folder = mkdtempSync(join(tmpdir(), 'couronne-hostile-workbooks-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const table = { from: 'Patients', entity: 'patient', key: 'Num', fields: { usedName: 'Nom' }, mayBeEmpty: true }
const profile = parseProfile(
  JSON.stringify({
    couronne: 'import-profile',
    name: 'x',
    title: { fr: 'X' },
    source: { type: 'workbook', file: 'x.xlsx' },
    tables: [table],
  }),
)

async function rowsOf(bytes: Uint8Array): Promise<ColumnRow[]> {
  writeFileSync(join(folder, 'x.xlsx'), bytes)
  if (profile.source.type !== 'workbook') assert.fail()
  await using source = await openWorkbookSource(folder, profile, profile.source, 2026, LIMITS)
  return await Array.fromAsync(source.tables[0]!.rows())
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const OFFICE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

interface Parts {
  readonly sheet: string
  readonly strings?: string
  readonly types?: string
  readonly head?: string
}

function workbook({ sheet, strings, types, head = '<?xml version="1.0"?>' }: Parts): Uint8Array {
  const overrides = ['workbook.xml|sheet.main', 'worksheets/sheet1.xml|worksheet', 'sharedStrings.xml|sharedStrings']
    .map((each) => each.split('|'))
    .map(([part, type]) => `<Override PartName="/xl/${part}" ContentType="${OFFICE}.${type}+xml"/>`)
  const relations = ['worksheet|worksheets/sheet1.xml', 'sharedStrings|sharedStrings.xml']
    .map((each) => each.split('|'))
    .map(
      ([type, target], i) =>
        `<Relationship Id="rId${i + 1}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/${type}" Target="${target}"/>`,
    )
  const files = {
    '[Content_Types].xml': types ?? `<Types xmlns="${PACKAGE}/content-types">${overrides.join('')}</Types>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Patients" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}</Relationships>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="${MAIN}">${sheet}</worksheet>`,
    'xl/sharedStrings.xml': strings ?? `<sst xmlns="${MAIN}"><si><t>Num</t></si><si><t>Nom</t></si></sst>`,
  }
  return makeZip(Object.entries(files).map(([name, text]) => ({ name, bytes: Buffer.from(text), isDeflated: true })))
}

const cell = (at: string, value: string) => `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`
const HEAD = `<row r="1">${cell('A1', 'Num')}${cell('B1', 'Nom')}</row>`
const ANNE = `<row r="2">${cell('A2', '1')}${cell('B2', 'Leroy')}</row>`

test('what is declared and is not there costs nothing: a billion cells, all columns, all rows', async () => {
  for (const dimension of ['A1:XFD1048576', 'A1:ZZZZZZ99999999999']) {
    const rows = await rowsOf(workbook({ sheet: `<dimension ref="${dimension}"/><sheetData>${HEAD}${ANNE}</sheetData>` }))
    assert.deepEqual(
      rows.map(({ row }) => row.Nom),
      ['Leroy'],
      dimension,
    )
  }
})

test('a row of thousands of cells, or of a text without end, is refused by name, and the next is read', async () => {
  const wide = `<row r="3">${cell('A3', '3')}${cell('XFD3', 'far')}</row>`
  const long = `<row r="4">${cell('A4', '4')}${cell('B4', 'x'.repeat(3 * 1024 ** 2))}</row>`
  const after = `<row r="5">${cell('A5', '5')}${cell('B5', 'Dupuy')}</row>`
  const far = `<row r="1048576">${cell('A1048576', '6')}${cell('B1048576', 'Zoé')}</row>`
  const rows = await rowsOf(workbook({ sheet: `<sheetData>${HEAD}${ANNE}${wide}${long}${after}${far}</sheetData>` }))
  assert.deepEqual(
    rows.map(({ line, findings }) => `${line} ${findings.filter(isRefusal).map(({ code }) => code)}`),
    ['2 ', '3 line-too-long', '4 line-too-long', '5 ', '1048576 '],
  )
  assert.ok(rows.every(({ raw }) => raw.length < 50_000))
})

test('texts that are shared and are not there, cells at no place, entities that multiply: read as nothing, or refused', async () => {
  const entities = Array.from({ length: 12 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(10)}">`).join('')
  const bombs: readonly Parts[] = [
    { sheet: `<sheetData>${HEAD}<row r="2"><c r="A2" t="s"><v>999999999</v></c><c r="B2" t="s"><v>-1</v></c></row></sheetData>` },
    { sheet: `<sheetData>${HEAD}<row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData>` },
    { sheet: `<sheetData>${HEAD}<row r="2"><c r="ZZZZZZZZ2"><v>1</v></c></row></sheetData>` },
    { sheet: `<sheetData>${HEAD}<row r="-5"><c r="A-5"><v>1</v></c></row></sheetData>` },
    {
      sheet: `<sheetData>${HEAD}<row r="2">${cell('A2', '&e12;')}</row></sheetData>`,
      head: `<!DOCTYPE x [<!ENTITY e0 "x">${entities}]>`,
    },
    {
      sheet: `<sheetData>${HEAD}<row r="2">${cell('A2', '&x;')}</row></sheetData>`,
      head: '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    },
    { sheet: `<sheetData>${HEAD}${'<row>'.repeat(100_000)}</sheetData>` },
    { sheet: `<sheetData>${HEAD}${'<x>'.repeat(200_000)}${ANNE}</sheetData>` },
    { sheet: `<sheetData>${HEAD}${ANNE}</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>` },
    { sheet: `<cols><col min="1" max="4294967295" width="9"/></cols><sheetData>${HEAD}${ANNE}</sheetData>` },
    { sheet: `<sheetData>${HEAD}</sheetData>`, types: '<Types/>' },
    {
      sheet: `<sheetData>${HEAD}${ANNE}</sheetData>`,
      strings: `<sst count="4294967295" uniqueCount="4294967295">${'<si>'.repeat(100_000)}</sst>`,
    },
  ]
  for (const parts of bombs) await endsWell(workbook(parts), parts.sheet.slice(0, 60))
})

test('what is called xlsx and is something else is opened as what it is, or refused', async () => {
  const book = {
    SheetNames: ['Patients'],
    Sheets: {
      Patients: utils.aoa_to_sheet([
        ['Num', 'Nom'],
        ['1', 'Leroy'],
      ]),
    },
  }
  for (const bookType of ['ods', 'xlml', 'html', 'dbf'] as const)
    await endsWell(write(book, { type: 'buffer', bookType }) as Buffer, bookType)
  await assert.rejects(rowsOf(Buffer.alloc(0)), { code: 'import-source', message: /^x\.xlsx/ })
})

test('a workbook that is damaged anywhere is read or refused, and leaves nothing running', async (context) => {
  context.diagnostic(`COURONNE_SEED=${FUZZ_SEED}`)
  const sheet = utils.aoa_to_sheet([['Num', 'Nom'], ...Array.from({ length: 50 }, (_, i) => [i, `Leroy ${i}`])])
  for (const bookType of ['xlsx', 'biff8', 'ods'] as const) {
    const sound = write({ SheetNames: ['Patients'], Sheets: { Patients: sheet } }, { type: 'buffer', bookType }) as Buffer
    for (let run = 0; run < RUNS; run++)
      await endsWell(damage(sound, generator(FUZZ_SEED + run)), `${bookType}, COURONNE_SEED=${FUZZ_SEED + run}`)
  }
  assert.deepEqual(readdirSync(folder), ['x.xlsx'])
})

let names = 0

/** Each in a file of its own: several are read at once. */
async function endsWell(bytes: Uint8Array, what: string): Promise<void> {
  const file = `${names++}.xlsx`
  writeFileSync(join(folder, file), bytes)
  const began = performance.now()
  try {
    await using source = await openWorkbookSource(folder, profile, { type: 'workbook', file }, 2026, LIMITS)
    assert.ok(source.tables[0]!.rowCount >= 0, what)
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'import-source', `${what}: ${error instanceof Error ? error.stack : error}`)
  } finally {
    rmSync(join(folder, file))
  }
  assert.ok(performance.now() - began < BOOK_MS_MAX, `${what} takes too long`)
}
