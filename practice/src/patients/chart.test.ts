import assert from 'node:assert/strict'
import { test } from 'node:test'
import { drawChart } from './chart.ts'
import type { EntryOf } from './contract.ts'
import { type BodyOf, parseBody } from './kinds/index.ts'

const none = { procedures: [], observations: [], devices: [] }

test('nothing recorded: no tooth is said to be there, nor gone', () => {
  assert.deepEqual(drawChart(none), { teeth: [], areas: [] })
})

test('an extraction that was done takes the tooth away, one that is planned does not', () => {
  assert.equal(presence({ procedures: [act('HBGD036', '36', 'planned', '2026-01-01')] }), 'not-recorded')
  assert.equal(presence({ procedures: [act('HBGD036', '36', 'done', '2026-01-01')] }), 'missing')
})

test('a radiograph leaves no mark', () => {
  const chart = drawChart({ ...none, procedures: [act('HBQK389', '36', 'billed', '2026-01-01')] })
  assert.equal(chart.teeth[0]?.presence, 'not-recorded')
  assert.equal(chart.teeth[0]?.items[0]?.mark, undefined)
})

test('the newest word decides: a filling, then its extraction, then an implant', () => {
  const filling = act('HBMD049', '36', 'done', '2020-01-01')
  const extraction = act('HBGD036', '36', 'done', '2024-01-01')
  const implant = device('implant', '36', '2025-06-01')
  assert.equal(presence({ procedures: [filling] }), 'present')
  assert.equal(presence({ procedures: [extraction, filling] }), 'missing')
  assert.equal(presence({ procedures: [filling, extraction], devices: [implant] }), 'implant')
})

test('a crown on an implant leaves the implant, an implant taken out leaves a gap', () => {
  const crown = act('HBLD418', '36', 'done', '2026-01-01')
  assert.equal(presence({ procedures: [crown], devices: [device('implant', '36', '2025-06-01')] }), 'implant')
  assert.equal(presence({ devices: [device('implant', '36', '2025-06-01', '2026-02-01')] }), 'missing')
})

test('a crown that is taken off, an old root filling, an inlay-core, a prosthesis of other teeth: none extracts nor crowns a tooth', () => {
  const acts = [
    ['HBGD027', 'Ablation d’une prothèse dentaire scellée unitaire'],
    ['HBGD033', 'Désobturation endodontique d’une molaire'],
    ['HBGD003', 'Avulsion d’un odontoïde inclus ou d’une dent surnuméraire à l’état de germe'],
    ['HBLD007', 'Pose d’une infrastructure coronoradiculaire métallique coulée'],
    ['HBLD364', 'Pose d’une prothèse amovible de transition à plaque base résine, comportant 1 à 3 dents'],
    ['HBFD010', 'Parage de plaie de la pulpe d’une dent avec coiffage'],
    ['HBMD020', 'Réparation d’une prothèse dentaire amovible en résine'],
    ['LBLD019', 'Pose de moyen de liaison sur 1 implant préprothétique intraosseux intrabuccal'],
  ] as const
  for (const [code, label] of acts)
    assert.equal(presence({ procedures: [act(code, '36', 'done', '2026-01-01', label)] }), 'not-recorded', code)
})

test('acts beyond our list leave their marks by their label', () => {
  const markOf = (code: string, label: string) =>
    drawChart({ ...none, procedures: [act(code, '36', 'done', '2026-01-01', label)] }).teeth[0]?.items[0]?.mark
  assert.equal(markOf('HBGD043', 'Avulsion de 2 dents permanentes sur arcade sans alvéolectomie'), 'missing')
  assert.equal(markOf('HBFD024', 'EXÉRÈSE DU CONTENU CANALAIRE non vivant d’une molaire permanente'), 'root-filled')
  assert.equal(markOf('HBMD055', 'Restauration d’une dent sur 3 faces ou plus par matériau incrusté [inlay-onlay]'), 'inlay')
  assert.equal(markOf('LBLD015', "Pose d'1 implant intra-osseux intra-buccal, chez l'adulte"), 'implant')
})

test('a crown that says that it is on an implant is one, though nobody wrote the implant down', () => {
  const crown = act('HBLD418', '36', 'done', '2026-01-01', 'Pose d’une couronne dentaire implantoportée')
  assert.equal(presence({ procedures: [crown] }), 'implant')
})

test('an implant that was taken out is gone, though somebody saw it after it was placed', () => {
  const seen = entry('observation', '2025-12-01', {
    category: 'tooth-chart',
    on: '2025-12-01',
    findings: [{ fdi: '36', state: 'implant' }],
  }) as EntryOf<'observation'>
  const implant = device('implant', '36', '2025-06-01', '2026-02-01')
  assert.equal(presence({ observations: [seen], devices: [implant] }), 'missing')
})

test('on one day the order does not matter: extraction and implant, gap and implant, filling and extraction', () => {
  const extraction = act('HBGD036', '36', 'done', '2025-06-01')
  const filling = act('HBMD049', '36', 'done', '2025-06-01')
  for (const [early, late] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const) {
    const implant = { ...device('implant', '36', '2025-06-01'), id: early }
    assert.equal(presence({ procedures: [{ ...extraction, id: late }], devices: [implant] }), 'implant')
    const both = [
      { ...extraction, id: early },
      { ...filling, id: late },
    ]
    assert.equal(presence({ procedures: both }), 'missing')
  }
  assert.equal(
    presence({ observations: [findings({ fdi: '36', state: 'missing' }, { fdi: '36', state: 'implant' })] }),
    'implant',
  )
})

test('what was examined counts, with its surfaces', () => {
  const chart = drawChart({ ...none, observations: [findings({ fdi: '46', state: 'caries', surfaces: ['O', 'D'] })] })
  const [tooth] = chart.teeth
  assert.deepEqual(
    [tooth?.fdi, tooth?.presence, tooth?.items[0]?.mark, tooth?.items[0]?.surfaces],
    ['46', 'present', 'caries', ['O', 'D']],
  )
})

test('what was given up is not drawn, and an arch has its own place', () => {
  const cancelled = act('HBGD036', '36', 'cancelled', '2026-01-01')
  const sextant = { ...act('HBJA003', '36', 'done', '2026-01-01') }
  const body = { ...(sextant.body as BodyOf<'procedure'>), teeth: [], areas: ['06' as const] }
  const chart = drawChart({ ...none, procedures: [cancelled, { ...sextant, body }] })
  assert.deepEqual(chart.teeth, [])
  assert.deepEqual(
    chart.areas.map(({ area }) => area),
    ['06'],
  )
})

function presence(sources: Partial<Parameters<typeof drawChart>[0]>) {
  return drawChart({ ...none, ...sources }).teeth[0]?.presence
}

function entry<K extends 'procedure' | 'observation' | 'device'>(kind: K, on: string, body: unknown) {
  return {
    id: `${kind}-${on}`,
    kind,
    version: 1,
    state: 'current',
    aboutOn: on,
    createdAt: '2026-03-02T08:00:00.000Z',
    changedAt: '2026-03-02T08:00:00.000Z',
    recordedBy: { id: 'me' },
    body: parseBody(kind, body),
  } as unknown as EntryOf<K>
}

function act(code: string, fdi: string, status: string, on: string, label = code) {
  return entry('procedure', on, { code: { system: 'ccam', code, label }, status, teeth: [{ fdi }], performedOn: on })
}

function device(category: string, fdi: string, placedOn: string, removedOn?: string) {
  return entry('device', placedOn, { category, label: category, teeth: [{ fdi }], placedOn, ...(removedOn && { removedOn }) })
}

function findings(...all: object[]) {
  return entry('observation', '2026-03-02', { category: 'tooth-chart', on: '2026-03-02', findings: all })
}
