import assert from 'node:assert/strict'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import { utils, write } from '@e965/xlsx'
import { openSource } from './open-source.ts'
import { type Profile, parseProfile } from './profile.ts'
import type { ColumnSource } from './source.ts'
import { openWorkbookSource } from './workbooks/workbook-source.ts'

const folder = mkdtempSync(join(tmpdir(), 'couronne-workbook-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const DOCUMENTS = join(import.meta.dirname, '../../../tests/vectors/documents')

function profileOf(file: string, sheet = 'Patients'): Profile {
  return parseProfile(`
couronne: import-profile
name: workbook
title: { fr: Un classeur }
source: { type: workbook, file: ${file} }
tables:
  - from: ${sheet}
    entity: patient
    key: Num
    fields: { usedName: Nom, bornOn: Naissance }
`)
}

function makeWorkbook(bookType: 'xlsx' | 'biff8' | 'ods', date1904 = false): Buffer {
  const sheet = utils.aoa_to_sheet([
    ['Export du 2 mars 2026'],
    [],
    ['Num', 'Nom', 'Naissance', 'Heure', 'Solde', 'Actif', 'Nom'],
    [1, 'L’Héritier', null, null, 1234.5, true, 'Zoé'],
    [2, 'Dupuy', '00/00/0000', null, -3, false],
    [],
  ])
  const shift = date1904 ? 1_462 : 0
  sheet.C4 = { t: 'n', v: 31_071 - shift, z: 'dd/mm/yyyy' }
  sheet.D4 = { t: 'n', v: 10.25 / 24, z: 'hh:mm' }
  const book = {
    SheetNames: ['Vide', 'Patients'],
    Sheets: { Vide: utils.aoa_to_sheet([]), Patients: sheet },
    Workbook: { WBProps: { date1904 } },
  }
  return write(book, { type: 'buffer', bookType }) as Buffer
}

for (const bookType of ['xlsx', 'biff8', 'ods'] as const)
  test(`a sheet of ${bookType} comes as text: days as days, numbers as they are, under the head that it has`, async () => {
    writeFileSync(join(folder, 'export.bin'), makeWorkbook(bookType))
    await using source = (await openSource(folder, profileOf('export.bin'), 2026)) as ColumnSource
    const [table] = source.tables
    assert.deepEqual(table?.columns, ['Num', 'Nom', 'Naissance', 'Heure', 'Solde', 'Actif', 'Nom (2)'])
    assert.equal(table?.dayFormats.get('Naissance'), 'yyyy-MM-dd')
    const rows = await Array.fromAsync(table!.rows())
    assert.deepEqual(
      rows.map(({ row }) => Object.values(row)),
      [
        ['1', 'L’Héritier', '1985-01-24', '10:15', '1234.5', 'true', 'Zoé'],
        ['2', 'Dupuy', '00/00/0000', '', '-3', 'false', ''],
      ],
    )
    assert.deepEqual(
      rows.map(({ line }) => line),
      [4, 5],
    )
  })

test('days of a workbook that counts from 1904 are the same days', async () => {
  writeFileSync(join(folder, 'mac.xlsx'), makeWorkbook('xlsx', true))
  await using source = (await openSource(folder, profileOf('mac.xlsx'), 2026)) as ColumnSource
  const [first] = await Array.fromAsync(source.tables[0]!.rows())
  assert.equal(first?.row.Naissance, '1985-01-24')
})

test('files that other programs made are opened, and what they have not is named', async () => {
  for (const name of ['table.xls', 'table.xlsx']) {
    copyFileSync(join(DOCUMENTS, name), join(folder, name))
    await assert.rejects(openSource(folder, profileOf(name), 2026), {
      code: 'import-source',
      message: /no sheet called Patients/,
    })
  }
})

test('what is no workbook, or would take all memory, is refused in words', async () => {
  writeFileSync(join(folder, 'broken.xlsx'), makeWorkbook('xlsx').subarray(0, 2_000))
  writeFileSync(join(folder, 'text.xlsx'), Buffer.from([0, 1, 2, 3]))
  for (const name of ['broken.xlsx', 'text.xlsx'])
    await assert.rejects(openSource(folder, profileOf(name), 2026), { code: 'import-source' }, name)
  writeFileSync(join(folder, 'bomb.xlsx'), bomb())
  const profile = profileOf('bomb.xlsx')
  if (profile.source.type !== 'workbook') assert.fail()
  await assert.rejects(
    openWorkbookSource(folder, profile, profile.source, 2026, { residentBytesMax: 300 * 1024 ** 2, timeoutMs: 60_000 }),
    {
      code: 'import-source',
      message: /too large/,
    },
  )
})

/** A workbook whose sheet is 400 MiB of blanks, in 400 KiB. */
function bomb(): Buffer {
  const files: [string, Buffer][] = [
    [
      '[Content_Types].xml',
      Buffer.from(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
      ),
    ],
    [
      'xl/workbook.xml',
      Buffer.from(
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Patients" sheetId="1" r:id="rId1"/></sheets></workbook>',
      ),
    ],
    [
      'xl/_rels/workbook.xml.rels',
      Buffer.from(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
      ),
    ],
    [
      'xl/worksheets/sheet1.xml',
      Buffer.concat([
        Buffer.from('<worksheet><sheetData>'),
        Buffer.alloc(400 * 1024 ** 2, ' '),
        Buffer.from('</sheetData></worksheet>'),
      ]),
    ],
  ]
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const [name, content] of files) {
    const packed = deflateRawSync(content)
    const sizes = Buffer.alloc(12)
    sizes.writeUInt32LE(crc32(content), 0)
    sizes.writeUInt32LE(packed.length, 4)
    sizes.writeUInt32LE(content.length, 8)
    const names = Buffer.alloc(4)
    names.writeUInt16LE(name.length, 0)
    const local = Buffer.concat([
      Buffer.from('504b03041400000008000000' + '0000', 'hex'),
      sizes,
      names,
      Buffer.from(name),
      packed,
    ])
    const where = Buffer.alloc(4)
    where.writeUInt32LE(offset)
    centrals.push(
      Buffer.concat([
        Buffer.from('504b010214001400000008000000' + '0000', 'hex'),
        sizes,
        names,
        Buffer.alloc(10),
        where,
        Buffer.from(name),
      ]),
    )
    locals.push(local)
    offset += local.length
  }
  const central = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, central, end])
}
