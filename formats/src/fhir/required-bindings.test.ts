import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { structures, usualValidatorAccepts } from '../../../tests/fhir.ts'
import { checkRequiredBindings } from './required-bindings.ts'

const SUBJECT = { reference: 'Patient/p' }

test('a resource of which each code is in its value set raises nothing', () => {
  assert.deepEqual(checkRequiredBindings({ resourceType: 'Patient', gender: 'female', name: [{ use: 'official' }] }), [])
})

test('what each wrong code is not bound to, and where it stands', () => {
  assert.deepEqual(
    checkRequiredBindings({
      resourceType: 'Patient',
      gender: 'F',
      contact: [{ gender: 'male' }, { name: { use: 'maiden name' } }],
    }),
    [
      { path: 'Patient.gender', problem: 'unknown-code', valueSet: 'http://hl7.org/fhir/ValueSet/administrative-gender' },
      { path: 'Patient.contact[1].name.use', problem: 'unknown-code', valueSet: 'http://hl7.org/fhir/ValueSet/name-use' },
    ],
  )
})

test('the usual validator lets these codes pass, the check does not', () => {
  const wrong = [
    { resourceType: 'Patient', gender: 'F' },
    { resourceType: 'Procedure', status: 'finished', subject: SUBJECT },
    {
      resourceType: 'Appointment',
      status: 'kept',
      start: '2026-03-02T08:00:00Z',
      end: '2026-03-02T08:30:00Z',
      participant: [{ actor: SUBJECT, status: 'yes' }],
    },
    { resourceType: 'AllergyIntolerance', clinicalStatus: { coding: [{ system: 'urn:x', code: 'active' }] }, patient: SUBJECT },
    { resourceType: 'Observation', status: 'done', code: { text: 'x' } },
  ]
  for (const resource of wrong) {
    assert.ok(usualValidatorAccepts(resource), resource.resourceType)
    assert.ok(checkRequiredBindings(resource).length > 0, resource.resourceType)
  }
})

test('a concept needs one coding of the value set, whatever stands beside it', () => {
  const status = (...coding: object[]) =>
    checkRequiredBindings({ resourceType: 'AllergyIntolerance', clinicalStatus: { coding }, patient: SUBJECT }).length
  const active = { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }
  assert.deepEqual(
    [status(active), status({ system: 'urn:x', code: 'y' }, active), status(), status({ code: 'active' })],
    [0, 0, 1, 1],
  )
})

test('codes are found in extensions, contained resources, bundles, and beside plain values', () => {
  const inExtension = [{ url: 'urn:x', valueHumanName: { use: 'x' } }]
  const places = [
    { resourceType: 'Patient', extension: inExtension },
    { resourceType: 'Patient', _birthDate: { extension: inExtension } },
    { resourceType: 'Procedure', status: 'completed', contained: [{ resourceType: 'Patient', gender: 'F' }] },
    { resourceType: 'Bundle', type: 'searchset', entry: [{ resource: { resourceType: 'Patient', gender: 'F' } }] },
    { resourceType: 'Questionnaire', status: 'active', item: [{ type: 'group', item: [{ type: 'words' }] }] },
  ]
  for (const resource of places) assert.equal(checkRequiredBindings(resource).length, 1, JSON.stringify(resource))
})

test('what is too large to list is checked by its shape', () => {
  const attachment = (contentType: string) =>
    checkRequiredBindings({ resourceType: 'DocumentReference', status: 'current', content: [{ attachment: { contentType } }] })
  assert.deepEqual(attachment('text/plain; charset=utf-8'), [])
  assert.deepEqual(
    attachment('a picture').map(({ path }) => path),
    ['DocumentReference.content[0].attachment.contentType'],
  )
})

test('what is no resource of R4 is said to be unchecked', () => {
  for (const nothing of [undefined, null, 1, 'Patient', [], {}, { resourceType: 'Dossier' }, { resourceType: '__proto__' }])
    assert.deepEqual(
      checkRequiredBindings(nothing).map(({ problem }) => problem),
      ['unknown-type'],
    )
})

test('nesting without end is refused, not followed', () => {
  let item: object = { type: 'group' }
  for (let i = 0; i < 100_000; i++) item = { type: 'group', item: [item] }
  const findings = checkRequiredBindings({ resourceType: 'Questionnaire', status: 'active', item: [item] })
  assert.deepEqual(
    findings.map(({ problem }) => problem),
    ['too-deep'],
  )
})

test('whatever it is given, it answers', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...structures()),
      fc.dictionary(fc.constantFrom('status', 'code', 'identifier', 'extension', 'contained', '_status'), fc.anything()),
      (resourceType, members) => {
        assert.ok(Array.isArray(checkRequiredBindings({ resourceType, ...members })))
      },
    ),
  )
})

test('the sample records raise nothing', () => {
  for (const file of ['dossier-p1.json', 'dossier-p3.json']) {
    const bundle: unknown = JSON.parse(readFileSync(new URL(`../../../tests/vectors/fhir/${file}`, import.meta.url), 'utf8'))
    assert.deepEqual(checkRequiredBindings(bundle), [], file)
  }
})
