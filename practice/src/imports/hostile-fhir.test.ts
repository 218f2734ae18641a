/**
 * Resources whose structure is wrong in any way: types exchanged, lists for objects, circles, what is absurdly deep or long. Each line and each
 * resource ends as a row that is taken or refused by name. The seed is printed; `COURONNE_SEED` repeats it, `COURONNE_CAMPAIGN=1` tries more.
 */
import assert from 'node:assert/strict'
import { createWriteStream, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { after, test } from 'node:test'
import { PracticeError } from '#errors'
import { verifyJournal } from '#journal'
import { isRefusal, openFhirSource } from '#sources'
import { makeTestPractice } from '#testing'
import { FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { importFolder } from './index.ts'

const IS_CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
const RUNS = IS_CAMPAIGN ? 5_000 : 40
const RUN_MS_MAX = 60_000
const CONTEXT = { zone: 'Europe/Paris' }
const top = mkdtempSync(join(tmpdir(), 'couronne-fhir-hostile-'))
after(() => rmSync(top, { recursive: true, force: true }))

type Random = (below: number) => number
type Resource = Record<string, unknown>

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/fhir')
const sound: readonly Resource[] = globSync('*.json', { cwd: VECTORS })
  .toSorted()
  .flatMap((name) => (JSON.parse(readFileSync(join(VECTORS, name), 'utf8')) as { entry: { resource: Resource }[] }).entry)
  .map(({ resource }) => resource)

const ODD: readonly unknown[] = [
  ...[null, 0, -1, 1e308, true, '', 'x', '\u0000\ud800', '2026-02-30', '9999-99-99T99:99:99Z', [], {}, [[]], [null]],
  ...[{ reference: '#' }, { reference: 'Patient/anne' }, { coding: { coding: {} } }, [{ valueString: [] }], 'x'.repeat(100_000)],
  ...[{ __proto__: null, constructor: 1, toString: 'x' }, Array.from({ length: 5_000 }, () => ({ text: 'x' }))],
]

/** Changes something somewhere within, some times. */
function malform(resource: Resource, random: Random): Resource {
  const changed = structuredClone(resource)
  for (let times = 1 + random(4); times > 0; times--) malformOnce(changed, random)
  return changed
}

function malformOnce(top: Resource, random: Random): void {
  let at: Record<string, unknown> = top
  for (;;) {
    const names = Object.keys(at)
    if (names.length === 0) return
    const name = names[random(names.length)]!
    const value = at[name]
    if (typeof value === 'object' && value !== null && random(3) > 0) {
      at = value as Record<string, unknown>
      continue
    }
    const turns = [
      () => [value],
      () => ({ value }),
      () => String(value),
      () => ODD[random(ODD.length)],
      () => ODD[random(ODD.length)],
    ]
    if (random(8) === 0) delete at[name]
    else at[name] = turns[random(turns.length)]!()
    return
  }
}

/** All rows of a source, each mapped. @returns how many lines or resources it has, and how many were refused */
async function readAll(place: string): Promise<{ rows: number; refused: number }> {
  await using source = await openFhirSource(place, { type: 'fhir' })
  const counted = { rows: 0, refused: 0 }
  for (const table of source.tables)
    for await (const row of table.rows()) {
      assert.ok('map' in row)
      const { findings, content, isContext, key } = row.map(CONTEXT)
      counted.rows++
      if (findings.some(isRefusal)) counted.refused++
      else
        assert.ok(isContext === true || (content !== undefined && key !== undefined), `${table.name}: neither taken nor refused`)
      if (content?.kind === 'file') await source.findFile(content.path)
    }
  return counted
}

test('resources that are malformed anywhere are taken or refused, row by row', async (context) => {
  context.diagnostic(`COURONNE_SEED=${FUZZ_SEED}`)
  let refused = 0
  for (let run = 0; run < RUNS; run++) {
    const random = generator(FUZZ_SEED + run)
    const resources = sound
      .filter(() => random(4) === 0)
      .map((resource) => (random(2) === 0 ? malform(resource, random) : resource))
    const file = join(top, 'malformed.ndjson')
    const ends = ['\n', '\r\n', '\n\n']
    writeFileSync(
      file,
      `${random(2) === 0 ? '\ufeff' : ''}${resources.map((each) => JSON.stringify(each)).join(ends[random(3)]!)}`,
    )
    const began = performance.now()
    try {
      const counted = await readAll(file)
      assert.ok(counted.rows >= resources.length, `${counted.rows} rows of ${resources.length}`)
      refused += counted.refused
    } catch (error) {
      if (!(error instanceof PracticeError)) throw new Error(`COURONNE_SEED=${FUZZ_SEED + run}`, { cause: error })
    }
    assert.ok(performance.now() - began < RUN_MS_MAX, `COURONNE_SEED=${FUZZ_SEED + run} takes too long`)
  }
  assert.ok(refused > RUNS, `${refused} refused`)
})

test('an import of malformed resources leaves nothing half-written, and accounts for each', async (context) => {
  context.diagnostic(`COURONNE_SEED=${FUZZ_SEED}`)
  await using made = await makeTestPractice()
  for (let run = 0; run < (IS_CAMPAIGN ? 100 : 2); run++) {
    const random = generator(FUZZ_SEED + 1_000_000 + run)
    const place = join(top, `import-${run}.ndjson`)
    writeFileSync(place, sound.map((each) => `${JSON.stringify(random(4) === 0 ? malform(each, random) : each)}\n`).join(''))
    const { tables } = await importFolder(made.practice, made.owner, 'fhir', place, { isDry: false, mayBeEmpty: ['Patient'] })
    for (const { rows, added, changed, same, repeated, used, refused, name } of tables)
      assert.equal(added + changed + same + repeated + used + refused, rows, `COURONNE_SEED=${FUZZ_SEED}: ${name}`)
  }
  const states = await made.practice.db.selectFrom('import_run').select('state').execute()
  assert.ok(states.every(({ state }) => state === 'done'))
  assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
})

test('circles of references, contained resources that hold themselves, one id a thousand times: read in their time', async () => {
  const patient = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, name: [{ family: 'LEROY' }], ...more })
  const circles: readonly unknown[] = [
    patient('a', { link: [{ other: { reference: 'Patient/b' } }], generalPractitioner: [{ reference: 'Patient/a' }] }),
    patient('b', { link: [{ other: { reference: 'Patient/a' } }], managingOrganization: { reference: 'Organization/o' } }),
    { resourceType: 'Organization', id: 'o', partOf: { reference: 'Organization/o' } },
    {
      resourceType: 'CareTeam',
      id: 't',
      subject: { reference: 'CareTeam/t' },
      participant: [{ member: { reference: 'CareTeam/t' } }],
    },
    {
      resourceType: 'CarePlan',
      id: 'p',
      subject: { reference: 'Patient/a' },
      activity: [{ reference: { reference: 'CarePlan/p' } }],
    },
    {
      resourceType: 'DocumentReference',
      id: 'd',
      subject: { reference: 'DocumentReference/d' },
      context: { related: [{ reference: 'DocumentReference/d' }] },
    },
    {
      resourceType: 'Procedure',
      id: 'q',
      subject: { reference: '#x' },
      contained: [{ resourceType: 'Patient', id: 'x', contained: [{ id: 'x' }] }],
    },
    ...Array.from({ length: 1_000 }, () => ({
      resourceType: 'ChargeItem',
      id: 'c',
      service: [{ reference: 'Procedure/q' }],
      note: [{ text: 'x'.repeat(20_000) }],
    })),
    ...Array.from({ length: 1_000 }, (_, i) => ({
      resourceType: 'Procedure',
      id: 'q',
      status: 'completed',
      subject: { reference: 'Patient/a' },
      note: [{ text: `${i}` }],
    })),
  ]
  const file = join(top, 'circles.ndjson')
  writeFileSync(file, circles.map((each) => `${JSON.stringify(each)}\n`).join(''))
  const began = performance.now()
  const { rows } = await readAll(file)
  assert.ok(rows >= circles.length)
  assert.ok(performance.now() - began < RUN_MS_MAX, `${Math.round(performance.now() - began)} ms`)
})

test('a resource that nests without end, by itself, as a line or in bundles within bundles, is named', async () => {
  const deep = `{"resourceType":"Procedure","id":"deep","extension":${'[{"extension":'.repeat(50_000)}1${'}]'.repeat(50_000)}}`
  const folder = join(top, 'deep')
  mkdirSync(folder)
  writeFileSync(join(folder, 'a.ndjson'), `${deep}\n${JSON.stringify({ resourceType: 'Patient', id: 'a' })}\n`)
  writeFileSync(join(folder, 'b.json'), deep)
  const bundles = `${'{"resourceType":"Bundle","entry":[{"resource":'.repeat(40)}{}${'}]}'.repeat(40)}`
  writeFileSync(join(folder, 'c.json'), bundles)
  const { rows, refused } = await readAll(folder)
  assert.ok(rows >= 4 && refused >= 3, `${rows} rows, ${refused} refused`)
})

test('of a bulk export with a line of a hundred megabytes memory holds a part, and the other lines are read', {
  timeout: 600_000,
}, async (context) => {
  const file = join(top, 'large.ndjson')
  const out = createWriteStream(file)
  const megabytes = IS_CAMPAIGN ? 1_024 : 100
  const line = (i: number) =>
    `${JSON.stringify({ resourceType: 'Observation', id: `o${i}`, note: [{ text: 'x'.repeat(10_000) }] })}\n`
  const write = async (text: string) => void (out.write(text) || (await new Promise((resolve) => out.once('drain', resolve))))
  await write('{"resourceType":"Observation","id":"long","note":[{"text":"')
  for (let i = 0; i < 100; i++) await write('y'.repeat(1024 ** 2))
  await write('"}]}\n')
  for (let i = 0; i < megabytes * 100; i++) await write(line(i))
  out.end()
  await finished(out)
  let peakBytes = 0
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
  }, 20)
  const before = process.memoryUsage.rss()
  try {
    const { rows, refused } = await readAll(file)
    assert.equal(rows, megabytes * 100 + 1)
    assert.ok(refused >= 1)
  } finally {
    clearInterval(watch)
  }
  context.diagnostic(`${Math.round((peakBytes - before) / 1024 ** 2)} MiB more for ${megabytes + 100} MiB`)
  assert.ok(peakBytes - before < 500 * 1024 ** 2, `${peakBytes - before} bytes more`)
})
