/** Folders as no program should leave them: links, pipes, names of any bytes, files that change while they are read, queries without end. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { importDicomFolder } from '#images'
import { makeTestPractice } from '#testing'
import { openTable } from './csv/csv-source.ts'
import { walkFiles } from './files/walk-files.ts'
import { FilesBelow } from './find-below.ts'
import { openSource } from './open-source.ts'
import { parseProfile } from './profile.ts'
import { openSqlTable } from './sql/sql-source.ts'
import { openSqliteFile } from './sql/sqlite-source.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-hostile-folders-'))
after(() => rmSync(top, { recursive: true, force: true }))

let folders = 0
function aFolder(): string {
  const folder = join(top, String(folders++))
  mkdirSync(folder)
  return folder
}

const NOT_UTF8 = Buffer.from('Pr\xe9nom', 'latin1')
const bytesBelow = (folder: string, name: Uint8Array) => Buffer.concat([Buffer.from(`${folder}/`), name])
const CSV = { type: 'csv' } as const

test('links that lead out, nowhere or in a circle, pipes and folders are no files', async () => {
  const folder = aFolder()
  writeFileSync(join(top, 'outside.csv'), 'a;b\n1;2\n')
  symlinkSync(join(top, 'outside.csv'), join(folder, 'out.csv'))
  symlinkSync('nowhere', join(folder, 'dangling.csv'))
  symlinkSync('circle.csv', join(folder, 'circle.csv'))
  symlinkSync('/dev/zero', join(folder, 'zero.csv'))
  execFileSync('mkfifo', [join(folder, 'pipe.csv')])
  mkdirSync(join(folder, 'folder.csv'))
  const files = await FilesBelow.open(folder)
  for (const name of [
    'out.csv',
    'dangling.csv',
    'circle.csv',
    'zero.csv',
    'pipe.csv',
    'folder.csv',
    'x'.repeat(300),
    'circle.csv/x',
  ]) {
    assert.equal(await files.findFile(name), undefined, name)
    if (name.endsWith('.csv')) await assert.rejects(openTable(folder, name, CSV), { code: 'import-source' }, name)
  }
  const cards = parseProfile('{"couronne":"import-profile","name":"x","title":{"fr":"X"},"source":{"type":"vcard"}}')
  execFileSync('mkfifo', [join(folder, 'pipe.vcf')])
  await assert.rejects(openSource(folder, cards, 2026), { code: 'import-source' })
})

test('a file that grows, shrinks, is exchanged or goes while it is read is named, and its last line is not believed', async () => {
  const changes: Readonly<Record<string, (file: string) => void>> = {
    grows: (file) => appendFileSync(file, '3;Zo'),
    shrinks: (file) => truncateSync(file, 12),
    exchanged: (file) => {
      writeFileSync(`${file}.new`, 'id;nom\n1;A\n2;B\n')
      renameSync(`${file}.new`, file)
    },
    goes: (file) => rmSync(file),
  }
  for (const [what, change] of Object.entries(changes)) {
    const folder = aFolder()
    const file = join(folder, 'x.csv')
    writeFileSync(file, 'id;nom\n1;A\n2;B\n')
    const table = await openTable(folder, 'x.csv', CSV)
    change(file)
    const ids: string[] = []
    await assert.rejects(
      async () => {
        for await (const { row } of table.rows()) ids.push(row.id ?? '')
      },
      { code: 'import-source', message: /^x\.csv / },
      what,
    )
    assert.ok(ids.length <= 2 && !ids.includes('3'), `${what}: ${ids}`)
  }
})

test('names of any bytes, of line breaks and marks, of 255 bytes: each file is told, none stops the others', async () => {
  const folder = aFolder()
  const names = ['a\nb.txt', '\u202egpj.exe', 'CON', 'aux.txt', 'x'.repeat(255), 'é'.repeat(127), ' blank ', 'sound.txt']
  for (const name of names) writeFileSync(join(folder, name), 'x')
  writeFileSync(bytesBelow(folder, NOT_UTF8), 'x')
  mkdirSync(bytesBelow(folder, Buffer.concat([NOT_UTF8, Buffer.from('s')])))
  writeFileSync(bytesBelow(folder, Buffer.concat([NOT_UTF8, Buffer.from('s/within.txt')])), 'x')
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const found = await Array.fromAsync(walkFiles(folder))
  assert.equal(found.filter(({ refusal }) => refusal === undefined).length, names.length)
  assert.equal(found.filter(({ refusal }) => refusal === 'not-readable').length, 3)
  await using made = await makeTestPractice()
  const { counts } = await importDicomFolder(made.practice, made.owner, folder, { isDry: false })
  assert.deepEqual([counts['not-dicom'], counts.failed], [names.length, 3])
})

test('a query that answers without end is refused by name', async () => {
  const folder = aFolder()
  const db = new Sqlite(join(folder, 'x.db'))
  db.exec('create view endless as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n')
  db.close()
  await using database = await openSqliteFile(await FilesBelow.open(folder), 'x.db')
  const table = await openSqlTable(database, 'endless', new Set(), 10_000)
  let rows = 0
  await assert.rejects(
    async () => {
      for await (const { line } of table.rows()) rows = line
    },
    { code: 'import-source', message: /^endless: more than 10000 rows/ },
  )
  assert.equal(rows, 10_000)
})
