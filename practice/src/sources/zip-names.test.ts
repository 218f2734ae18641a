/** Names within archives, as Windows, DOS, a Mac and other tools pack them. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { decodeText } from '@couronne/formats'
import { makeZip, type ZippedFile } from '../../../tests/zip.ts'
import { zipTree } from './zip-tree.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-zip-names-'))
after(() => rmSync(top, { recursive: true, force: true }))

/** What a tool that knows no other character writes. */
function inCodePage(text: string, encoding: 'cp850' | 'windows-1252'): Uint8Array {
  const table = Array.from({ length: 256 }, (_, byte) => decodeText(Uint8Array.of(byte), encoding))
  return Uint8Array.from(text, (character) => {
    assert.ok(table.includes(character), `${character} in ${encoding}`)
    return table.indexOf(character)
  })
}

let count = 0
async function namesOf(names: readonly ZippedFile['name'][]): Promise<string[]> {
  const path = join(top, `${count++}.zip`)
  writeFileSync(path, makeZip(names.map((name) => ({ name, bytes: Buffer.from('x') }))))
  await using tree = await zipTree(path, 'a.zip')
  for (const { open } of tree.files.values()) assert.equal((await open()).sizeBytes, 1)
  return [...tree.files.keys()]
}

const NAMES = [
  'Archives/MÜLLER Zoë/reçu.pdf',
  'Archives/ÉTÉ Hélène/où.txt',
  'Archives/À revoir/n° 5 – fenêtre.txt'.replace('–', '-'),
  'Façade/Noël.jpg',
  'LEFÈVRE/CRÊPE.TXT',
].toSorted()

for (const encoding of ['cp850', 'windows-1252'] as const) {
  test(`French names in ${encoding} are read, all together and each alone`, async () => {
    assert.deepEqual(await namesOf(NAMES.map((name) => inCodePage(name, encoding))), NAMES)
    for (const name of NAMES.slice(0, 4)) assert.deepEqual(await namesOf([inCodePage(name, encoding)]), [name])
  })
}

test('UTF-8 is read whether the archive says it or not, beside names in a code page', async () => {
  assert.deepEqual(await namesOf(['Été.txt', Buffer.from('Noël.txt'), inCodePage('Reçu.txt', 'cp850')]), [
    'Noël.txt',
    'Reçu.txt',
    'Été.txt',
  ])
})

test('two names that are one when they are read are refused, and so is one that leads out', async () => {
  await assert.rejects(namesOf(['é.txt', inCodePage('é.txt', 'cp850')]), { code: 'import-source', message: /one name/ })
  for (const name of ['../é.txt', 'a/../../é.txt', '/é.txt', 'C:/é.txt', '..\\é.txt'])
    await assert.rejects(namesOf([inCodePage(name, 'cp850')]), { code: 'import-source' }, name)
})
