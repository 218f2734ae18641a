import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOCUMENT_TYPES } from '@couronne/practice/contract'
import { OFTEN_TYPES } from './document-types.ts'
import { proposeType } from './propose-type.ts'

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0)
const TIFF = Buffer.from('II*\0')
const PDF = Buffer.from('%PDF-1.7')
const DICOM = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')])

test('a name that dentists give says what it is', () => {
  for (const [name, head, code] of [
    ['pano Mme Lefèvre.jpg', JPEG, '18748-4'],
    ['RETRO_26.jpg', JPEG, '18748-4'],
    ['PanoramiqueDentaire.png', JPEG, '18748-4'],
    ['Photo sourire avant.jpg', JPEG, '52040-3'],
    ['Ordonnance amoxicilline.pdf', PDF, '57833-6'],
    ['devis-couronne-26.pdf', PDF, '51851-4'],
    ['Courrier Dr Rivière.pdf', PDF, '96349-6'],
    ['Consentement éclairé signé.pdf', PDF, '59284-0'],
    ['questionnaire_medical.pdf', PDF, '74465-6'],
    ['Carte d’identité.jpg', JPEG, 'PIECE-IDENTITE'],
    ['CR opératoire 48.pdf', PDF, '34874-8'],
    ['Passeport implantaire.pdf', PDF, '101881-1'],
  ] as const)
    assert.equal(proposeType(name, head), code, name)
})

test('a letter about a radiograph is a letter, a radiograph with a letter’s name on it is one', () => {
  assert.equal(proposeType('Lettre panoramique.pdf', PDF), '96349-6')
  assert.equal(proposeType('radio pour courrier.jpg', JPEG), '18748-4')
})

test('without a word in its name, the bytes decide, and never the extension', () => {
  assert.equal(proposeType('IMG_2041.jpg', JPEG), '52040-3')
  assert.equal(proposeType('00012345.tif', TIFF), '18748-4')
  assert.equal(proposeType('00000001', DICOM), '18748-4')
  assert.equal(proposeType('photo.dcm', DICOM), '18748-4')
  assert.equal(proposeType('document.jpg', PDF), '51851-4')
  assert.equal(proposeType('', new Uint8Array()), '51851-4')
})

test('a short word is matched whole: what begins a surname says nothing', () => {
  assert.equal(proposeType('rxana optimal.pdf', PDF), '51851-4')
  for (const surname of ['Panossian', 'Panos', 'Ordoñez', 'Sanguinetti', 'Arrete', 'Radiot', 'Photopoulos', 'Lettreux'])
    assert.equal(proposeType(`${surname} 2024.pdf`, PDF), '51851-4', surname)
  assert.equal(proposeType('Panossian.jpg', JPEG), '52040-3')
})

test('a word in the plural, and what a long word begins, still say what it is', () => {
  for (const [name, head, code] of [
    ['radios 2024.jpg', JPEG, '18748-4'],
    ['Radiographie 36.jpg', JPEG, '18748-4'],
    ['teleradiographie.png', JPEG, '18748-4'],
    ['Photographies.jpg', JPEG, '52040-3'],
    ['Ordonnances.pdf', PDF, '57833-6'],
    ['Factures 2024.pdf', PDF, '51851-4'],
    ['lettres confrères.pdf', PDF, '96349-6'],
    ['Prise de sang analyse sanguine.pdf', PDF, '11502-2'],
  ] as const)
    assert.equal(proposeType(name, head), code, name)
})

test('those that are used most are of the nomenclature', () => {
  const codes = DOCUMENT_TYPES.map(({ code }) => code)
  assert.deepEqual(
    OFTEN_TYPES.filter((code) => !codes.includes(code)),
    [],
  )
})
