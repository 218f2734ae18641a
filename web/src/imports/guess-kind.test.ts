import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guessKind } from './guess-kind.ts'

test('tables lead to the images beside them', () => {
  assert.equal(guessKind(['patients.csv', 'IMAGES/00000123/a.jpg', 'DOCS/123/courrier1.doc']), 'csv')
  assert.equal(guessKind(['Export.XLSX', 'photos/1.jpg']), 'workbook')
  assert.equal(guessKind(['cabinet.db']), 'sqlite')
})

test('an archive is one, zipped or not, whatever it holds', () => {
  assert.equal(guessKind(['export.zip']), 'portability')
  assert.equal(
    guessKind(['IHE_XDM/PAT00001/METADATA.XML', 'IHE_XDM/PAT00001/DOC1.PDF', 'MANIFEST.XML', 'agenda.ics']),
    'portability',
  )
})

test('a medium of images is told by its list or by its files', () => {
  assert.equal(guessKind(['DICOMDIR', '77654033/CR1/6154']), 'dicom')
  assert.equal(guessKind(['panoramique.dcm']), 'dicom')
  assert.equal(guessKind(['CD/DICOMDIR', 'CD/README.TXT', 'CD/VIEWER/viewer.db']), 'dicom')
  assert.equal(guessKind(['README.TXT', 'DICOMDIR', 'IHE_XDM/SUBSET01/METADATA.XML']), 'portability')
})

test('folders of letters and photos are folders by patient, texts among them too', () => {
  assert.equal(guessKind(['DUPONT Jean 1960/lettre.doc', 'DUPONT Jean 1960/note.txt']), 'patient-folders')
})

test('what nothing says stays open', () => {
  assert.equal(guessKind(['export.bak']), undefined)
  assert.equal(guessKind([]), undefined)
})
