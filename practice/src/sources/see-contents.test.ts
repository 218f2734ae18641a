import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { parseFilePattern } from './files/file-pattern.ts'
import { seeContents } from './see-contents.ts'

const top = mkdtempSync(join(tmpdir(), 'couronne-see-'))
after(() => rmSync(top, { recursive: true, force: true }))
let folders = 0

const see = (...paths: string[]) => {
  const folder = join(top, String(folders++))
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), path.endsWith('.csv') ? 'NumPat;Nom;Prenom\n1;EXEMPLE;Lucie\n' : 'x')
  }
  return seeContents(folder, 'mine', 2026)
}

test('what lies in a folder says what it is', async () => {
  const types: [string[], string | undefined][] = [
    [['contacts.vcf'], 'vcard'],
    [['export/contacts.vcf', 'export/lisez-moi.pdf'], 'vcard'],
    [['agenda.ics'], 'icalendar'],
    [['agenda.ics', 'contacts.vcf'], 'vcard'],
    [['123/lettre.txt', '124/panoramique.jpg'], 'files'],
    [['123/rendez-vous.ics', '124/devis.xlsx', '125/carte.vcf'], 'files'],
    [['patients.csv', '123/lettre.txt'], 'csv'],
    [['123/scan.dcm', '124/lettre.pdf'], 'files'],
    [['vacances/plage.jpg'], undefined],
    [['123/Thumbs.db', '124/lettre.pdf'], 'files'],
  ]
  for (const [paths, type] of types) assert.equal((await see(...paths)).type, type, paths.join(', '))
})

test('folders of patients are read by their number, or by names and birth date, whichever most are called by', async () => {
  const pattern = async (...paths: string[]) => (await see(...paths)).proposed?.tables?.map(({ from }) => from)
  assert.deepEqual(await pattern('00123/RADIO/20260312_panoramique.jpg', '124/lettre.pdf', 'divers/a.pdf'), [
    '{fileNumber}/{**}/{date:yyyyMMdd}_{title}.{ext}',
    '{fileNumber}/{**}/{title}.{ext}',
  ])
  assert.deepEqual(await pattern('Patients/123 Exemple/a.pdf', 'Patients/124 Roche Paul/b'), [
    'Patients/{fileNumber} {*}/{**}/{title}.{ext}',
    'Patients/{fileNumber} {*}/{**}/{title}',
  ])
  assert.deepEqual(await pattern('EXEMPLE Lucie 24-01-1985/a.pdf', 'ROCHE Paul 04-11-1964/b.pdf'), [
    '{family} {given} {bornOn:dd/MM/yyyy}/{**}/{title}.{ext}',
  ])
  assert.deepEqual(await pattern('123/a.pdf'), ['{fileNumber}/{**}/{title}.{ext}'], 'one patient alone')
  assert.equal(await pattern('EXEMPLE Lucie/a.pdf', 'ROCHE Paul/b.pdf'), undefined, 'a name without a birth date is nobody’s')
})

test('a folder’s proposal says whose its files are', async () => {
  const [table] = (await see('EXEMPLE_Lucie_24011985/a.pdf')).proposed?.tables ?? []
  const pieces = parseFilePattern(table?.from ?? '', 2026).match('EXEMPLE_Lucie_24011985/2026/a.pdf')
  assert.deepEqual(pieces, { family: 'EXEMPLE', given: 'Lucie', bornOn: '1985-01-24', title: 'a', ext: 'pdf' })
})

test('each table has its columns as each entity would have them', async () => {
  const [table] = (await see('patients.csv')).tables
  assert.deepEqual(table?.proposed.patient, {
    key: 'NumPat',
    fields: { usedName: 'Nom', givenNames: 'Prenom', fileNumber: 'NumPat' },
  })
  assert.equal(table?.proposed.alert.patient, 'NumPat')
})
