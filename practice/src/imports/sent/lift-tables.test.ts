import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { liftTables } from './lift-tables.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-lift-'))
after(() => rmSync(top, { recursive: true, force: true }))
let folders = 0

async function lifted(...paths: string[]): Promise<string[]> {
  const folder = join(top, String(folders++))
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), path)
  }
  await liftTables(folder)
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted()
}

test('tables in the one folder of an archive come to the top, with all that lies beside them', async () => {
  assert.deepEqual(await lifted('export/patients.csv', 'export/export/a.jpg', '__MACOSX/export/._patients.csv'), [
    '__MACOSX/export/._patients.csv',
    'export/a.jpg',
    'patients.csv',
  ])
})

test('a patient’s folder, a medium, several folders and tables at the top stay where they are', async () => {
  for (const paths of [
    ['124/lettre.txt', '124/photo.jpg'],
    ['IHE_XDM/SUBSET01/METADATA.XML'],
    ['a/patients.csv', 'b/actes.csv'],
    ['images/a.jpg', 'patients.csv'],
  ])
    assert.deepEqual(await lifted(...paths), paths)
})
