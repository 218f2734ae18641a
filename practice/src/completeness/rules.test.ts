/** The rules, by examples that a jurist can read (`completeness.examples.json`). */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { bodyFacts, type EntryKind, findCcam, findDocumentType, parseBody } from '#patients'
import { factsOf } from './facts-of.ts'
import { judge } from './judge.ts'
import { RULES } from './rules/index.ts'

interface Example {
  readonly rule: string
  readonly says: string
  readonly today: string
  readonly record: readonly Readonly<Record<string, unknown>>[]
  readonly result: 'met' | 'missing' | 'due-later' | 'not-applicable'
  /** which expectations are not met */
  readonly missing?: readonly number[]
}

const examples = JSON.parse(readFileSync(join(import.meta.dirname, 'completeness.examples.json'), 'utf8')) as Example[]

for (const [rule, ofRule] of Map.groupBy(examples, (example) => example.rule))
  suite(rule, () => {
    for (const { says, today, record, result, missing } of ofRule)
      test(`${says}: ${result}`, () => {
        const { findings } = judge(factsOf(sourceOf(record)), RULES, { today, since: '1900-01-01' })
        const found = findings.filter((finding) => finding.rule === rule)
        assert.deepEqual(
          found.map(({ state }) => state),
          result === 'not-applicable' ? [] : [result],
        )
        if (missing !== undefined) assert.deepEqual(found[0]?.missing, missing)
        if (result === 'met') assert.deepEqual(found[0]?.missing, [])
      })
  })

test('each rule has an example that is met, one that is missing, and one to which it does not apply', () => {
  for (const { id } of RULES) {
    const results = new Set(examples.filter(({ rule }) => rule === id).map(({ result }) => result))
    for (const result of ['met', 'missing', 'not-applicable'] as const) assert.ok(results.has(result), `${id}: ${result}`)
  }
})

test('each rule has an id of its own, a source with an address, and says in both languages what is missing and what to do', () => {
  assert.equal(new Set(RULES.map(({ id }) => id)).size, RULES.length)
  for (const { id, sources, title, advice, expects, reading } of RULES) {
    assert.ok(sources.length > 0 && sources.every(({ cited, address }) => cited !== '' && URL.canParse(address)), id)
    for (const words of [title, advice, ...expects.map(({ missing }) => missing), ...(reading === undefined ? [] : [reading])])
      assert.ok(words.fr !== '' && words.en !== '', id)
  }
})

/** A record as the examples write it. What they leave out is filled in. */
function sourceOf(record: Example['record']) {
  const objectIds = new Set<string>()
  const identity = Object.assign({}, ...record.map((each) => each.identity ?? {})) as object
  const others = record.filter((each) => !('identity' in each))
  const entries = [{ identity }, ...others].map((each, i) => {
    const { id = `entry-${i}` } = each as { id?: string }
    const [kind, body] = bodyIn(each, objectIds)
    const parsed = parseBody(kind, body)
    const { on, practitionerId, code } = bodyFacts(kind, parsed)
    return { id, kind, on: on ?? null, by: practitionerId ?? null, code: code ?? null, body: JSON.stringify(parsed) }
  })
  return { openedOn: '2026-01-05', entries, objectIds }
}

function bodyIn(each: Readonly<Record<string, unknown>>, objectIds: Set<string>): readonly [EntryKind, unknown] {
  if ('act' in each) return ['procedure', procedureBody(each)]
  const kind = Object.keys(each).find((name) => name !== 'id') as EntryKind
  const given = each[kind] as Readonly<Record<string, unknown>>
  if (kind === 'identity') return [kind, withoutNulls({ ...IDENTITY, ...given })]
  if (kind !== 'document') return [kind, given]
  const { type, stored = true, ...rest } = given as { type: string; stored?: boolean }
  if (stored) objectIds.add('object')
  return [
    kind,
    withoutNulls({ title: 'Document', objectId: 'object', fileName: 'document.pdf', type: findDocumentType(type), ...rest }),
  ]
}

const IDENTITY = {
  fileNumber: 'D1',
  birthName: 'Exemple',
  givenNames: ['Anne'],
  sex: 'female',
  bornOn: '1970-02-03',
  telephones: [{ number: '0199000000' }],
}
/** Of codes that the trial list does not have. */
const LABELS: Readonly<Record<string, string>> = {
  LBLD015: 'Pose d’1 implant intraosseux intrabuccal, chez l’adulte',
  TO90: 'Traitement d’orthodontie, par semestre',
}

function procedureBody(each: Readonly<Record<string, unknown>>) {
  const { act, on, tooth, status = 'done', by = 'martin', label, system } = each as Readonly<Record<string, string | null>>
  const code = String(act)
  return withoutNulls({
    code: {
      system: system ?? (/^[A-Z]{4}\d{3}$/.test(code) ? 'ccam' : 'ngap'),
      code,
      label: label ?? findCcam(code)?.label ?? LABELS[code],
    },
    status,
    performedOn: on,
    practitionerId: by,
    teeth: tooth === undefined ? [] : [{ fdi: tooth }],
  })
}

function withoutNulls(body: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined))
}
