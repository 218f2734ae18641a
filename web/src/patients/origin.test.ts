import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Messages } from '#messages'
import { originInWords, writtenBy } from './origin.ts'

const patients = {
  somebody: 'quelqu’un d’ici',
  originDevice: (aeTitle: string) => `appareil ${aeTitle}`,
  originImport: (what: string) => `reprise [${what}]`,
  byProgram: 'Couronne',
  byProgramFrom: (origin: string) => `Couronne (${origin})`,
}
const m = { patients } as unknown as Messages

test('a device is named by its AE title, an import by what was read', () => {
  assert.equal(originInWords('dicom:PANO1', m), 'appareil PANO1')
  assert.equal(originInWords('import:0198a000-0000-7000-8000-000000000005 folder', m), 'reprise [folder]')
  assert.equal(originInWords('source:actes.csv', m), 'reprise [actes.csv]')
  assert.equal(originInWords('import:0198a000-0000-7000-8000-000000000005', m), 'reprise []')
  assert.equal(originInWords('un papier', m), 'un papier')
})

test('what no person wrote says which part of the program did', () => {
  assert.equal(writtenBy({ recordedBy: { id: 'a', name: 'Dr Exemple' }, source: 'dicom:X' }, m), 'Dr Exemple')
  assert.equal(writtenBy({ recordedBy: { id: 'a' } }, m), 'quelqu’un d’ici')
  assert.equal(writtenBy({ recordedBy: { id: 'program' }, source: 'dicom:PANO1' }, m), 'Couronne (appareil PANO1)')
  assert.equal(writtenBy({ recordedBy: { id: 'program' } }, m), 'Couronne')
})
