import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ALERT_CATEGORIES,
  type BodyOf,
  ENTRY_KINDS,
  type EntryKind,
  IDENTITY_STATUSES,
  insDoubts,
  isIns,
  KINDS,
} from '@couronne/practice/contract'
import type { SampleRecord } from './entry.ts'
import { SeededRandom } from './random.ts'
import { inventRecords } from './records.ts'

const OPTIONS = { patients: 400, today: Temporal.PlainDate.from('2026-03-02'), practitionerIds: ['one', 'two'] }
const records = [...inventRecords(new SeededRandom('records'), OPTIONS)]
const bodiesOf = <K extends EntryKind>(kind: K): BodyOf<K>[] =>
  records.flatMap(({ entries }) =>
    entries.filter((each) => each.kind === kind).map(({ body }) => KINDS[kind].schema.parse(body) as BodyOf<K>),
  )

test('every part fits the practice’s contract', () => {
  for (const { identity, entries } of records) {
    KINDS.identity.schema.parse(identity)
    for (const { kind, body } of entries) KINDS[kind].schema.parse(body)
  }
})

test('the same seed gives the same records, another one others', () => {
  assert.deepEqual([...inventRecords(new SeededRandom('records'), OPTIONS)], records)
  assert.notDeepEqual([...inventRecords(new SeededRandom('others'), OPTIONS)], records)
})

test('each file number stands once', () => {
  assert.equal(new Set(records.map(({ identity }) => identity.fileNumber)).size, records.length)
})

test('allergies come in all three states', () => {
  const states = records.map(({ entries }) => {
    const alert = entries.find(({ kind, body }) => kind === 'alert' && body.category === 'allergy')
    return alert?.body.state ?? 'not-recorded'
  })
  assert.deepEqual([...new Set(states)].sort(), ['absent', 'not-recorded', 'present'])
})

test('each kind of entry and of observation is there', () => {
  const kinds = new Set(
    records.flatMap(({ entries, documents }) => [
      'identity',
      ...entries.map(({ kind }) => kind),
      ...(documents.length > 0 ? ['document'] : []),
    ]),
  )
  // A claim is rare: a practice of some thousands has a few. A study comes with its images, from a device or a disc.
  const missing = ENTRY_KINDS.filter((kind) => !kinds.has(kind) && kind !== 'imagingStudy')
  assert.deepEqual(missing, missing.includes('claim') ? ['claim'] : [])
  const seen = new Set(bodiesOf('observation').map(({ category }) => category))
  assert.deepEqual([...seen].sort(), ['note', 'periodontal-chart', 'personal-note', 'tooth-chart'])
})

test('alerts of each category come in all three states, and some were asked again', () => {
  const stateOf = (record: SampleRecord, category: string) =>
    record.entries.find(({ kind, body }) => kind === 'alert' && body.category === category)?.body.state ?? 'not-recorded'
  for (const category of ALERT_CATEGORIES) {
    const states = new Set(records.map((record) => stateOf(record, category)))
    assert.deepEqual(
      [...states].sort(),
      category === 'other' ? ['not-recorded', 'present'] : ['absent', 'not-recorded', 'present'],
      category,
    )
  }
  const asked = bodiesOf('alert').filter(({ checkedOn }) => checkedOn !== undefined)
  assert.ok(asked.length > 50)
  assert.ok(asked.every(({ checkedOn = '', recordedOn = '' }) => recordedOn < checkedOn))
})

test('identities are of every status, and each INS is of the test system, with a right key, and nobody else’s', () => {
  const identities = records.map(({ identity }) => KINDS.identity.schema.parse(identity))
  assert.deepEqual(new Set(identities.map(({ status }) => status)), new Set(IDENTITY_STATUSES))
  const all = identities.flatMap(({ ins, ...identity }) => (ins === undefined ? [] : [{ ins, identity }]))
  assert.ok(all.length > 100)
  for (const { ins, identity } of all) {
    assert.equal(ins.kind, 'nir-test')
    assert.ok(isIns(ins.number))
    assert.deepEqual(insDoubts(ins.number, identity), [])
  }
  assert.equal(new Set(all.map(({ ins }) => ins.number)).size, all.length)
})

test('patients are the practice’s, a company’s or a colleague’s own, some changed hands, and of some nobody has said it', () => {
  const stewards = records.map(({ entries }) => entries.filter(({ kind }) => kind === 'stewardship'))
  assert.deepEqual(
    new Set(bodiesOf('stewardship').map(({ steward }) => steward.kind)),
    new Set(['practice', 'company', 'practitioner']),
  )
  assert.ok(stewards.some((each) => each.length === 0))
  assert.ok(stewards.some((each) => each.length === 2))
})

test('relatives who are patients too are named by the file of a record that came before', () => {
  const before = new Set<string>()
  let related = 0
  for (const { identity, entries } of records) {
    for (const { relatedFile } of entries) {
      if (relatedFile === undefined) continue
      assert.ok(before.has(relatedFile), relatedFile)
      related += 1
    }
    before.add(identity.fileNumber)
  }
  assert.ok(related > 20, `${related}`)
})

test('children have someone who decides for them', () => {
  const children = records.filter(({ identity }) => identity.bornOn > '2008-03-03')
  assert.ok(children.length > 10)
  for (const { entries } of children)
    assert.ok(entries.some(({ kind, body }) => kind === 'relatedPerson' && body.authority !== undefined))
})

test('the diary is full around today, and nobody is in two places at once', () => {
  const appointments = records
    .flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'appointment'))
    .map(({ body }) => KINDS.appointment.schema.parse(body))
  assert.ok(appointments.some(({ startsAt }) => startsAt < '2026-03-02'))
  assert.ok(appointments.some(({ startsAt }) => startsAt > '2026-03-09'))
  const byChair = Map.groupBy(appointments, ({ practitionerId }) => practitionerId)
  assert.equal(byChair.size, 2)
  for (const [, chair] of byChair) {
    const inOrder = chair.sort((one, other) => one.startsAt.localeCompare(other.startsAt))
    for (const [i, { startsAt, minutes }] of inOrder.entries()) {
      const next = inOrder[i + 1]
      const endsAt = Temporal.PlainDateTime.from(startsAt).add({ minutes })
      if (next !== undefined) assert.ok(Temporal.PlainDateTime.compare(endsAt, next.startsAt) <= 0, startsAt)
    }
  }
})
