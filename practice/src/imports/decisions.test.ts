/** What people decide about a source, as the runs after it apply it. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openSource, parseProfile } from '#sources'
import { aPatient, aPractitioner, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import type { DecisionContent } from './decision-schema.ts'
import { listDecisions, saveDecision, withdrawDecision } from './decision-store.ts'
import type { ImportReport } from './report.ts'
import { type ImportRunOptions, runImport } from './run-import.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/legacy-export')
const yaml = readFileSync(join(import.meta.dirname, '../sources/profiles/csv.yaml'), 'utf8')
const profile = parseProfile(yaml)
const top = mkdtempSync(join(tmpdir(), 'couronne-decisions-'))
after(() => rmSync(top, { recursive: true, force: true }))

async function run(
  { practice, owner }: TestPractice,
  options: Partial<ImportRunOptions> = {},
  folder = VECTORS,
): Promise<ImportReport> {
  await using source = await openSource(folder, profile, 2026)
  return runImport(practice, owner, { profile, source, yaml }, { isDry: false, ...options })
}

async function sourceOf({ practice }: TestPractice): Promise<string> {
  return (await practice.db.selectFrom('import_source').select('id').executeTakeFirstOrThrow()).id
}

async function decide(made: TestPractice, content: DecisionContent): Promise<string> {
  const { practice, owner } = made
  const sourceId = await sourceOf(made)
  return practice.db.transaction().execute((tx) => saveDecision(tx, practice, owner, sourceId, content))
}

async function digestOf({ practice }: TestPractice, table: string, line: number): Promise<string> {
  const row = await practice.db
    .selectFrom('import_left')
    .select('digest')
    .where('table_name', '=', table)
    .where('line', '=', line)
    .executeTakeFirstOrThrow()
  return row.digest ?? ''
}

const counts = ({ tables }: ImportReport) => tables.map(({ added, changed, same, refused }) => [added, changed, same, refused])
const said = ({ tables }: ImportReport, code: string) =>
  tables.map(({ findings }) => (findings as Record<string, number>)[code] ?? 0)

onBothEngines('a decision', (engine) => {
  test('says who a name is: acts that are there already get their practitioner, once', async () => {
    await using made = await makeTestPractice(engine)
    const martin = await aPractitioner(made, 'Martin')
    assert.deepEqual((await run(made)).tables[1]?.unknownPractitioners, { DURAND: 2 })
    await decide(made, { kind: 'practitioner', written: 'DURAND', practitionerId: martin })
    const next = await run(made)
    assert.deepEqual(counts(next)[1], [0, 2, 4, 1])
    assert.deepEqual(next.tables[1]?.unknownPractitioners, {})
    const bodies = await made.practice.db.selectFrom('record_version').select('body').where('version', '=', 2).execute()
    assert.deepEqual(
      bodies.map(({ body }) => (JSON.parse(body ?? '') as { practitionerId: string }).practitionerId),
      [martin, martin],
    )
    assert.deepEqual(counts(await run(made))[1], [0, 0, 6, 1])
    await decide(made, { kind: 'practitioner', written: 'DURAND', practitionerId: null })
    assert.deepEqual((await run(made)).tables[1]?.unknownPractitioners, {}, 'nobody here: nothing more is said')
  })

  test('lets a test patient in, or keeps them out with what is about them', async () => {
    await using made = await makeTestPractice(engine)
    const folder = join(top, `${engine}-test-patient`)
    cpSync(VECTORS, folder, { recursive: true })
    const acts = readFileSync(join(folder, 'actes.csv'), 'latin1')
    writeFileSync(join(folder, 'actes.csv'), Buffer.from(`${acts}9;127;13/03/2026;HBJD001;;x;28,92;MARTIN\r\n`, 'latin1'))
    const first = await run(made, {}, folder)
    assert.deepEqual(
      [said(first, 'test-patient'), said(first, 'patient-unknown')],
      [
        [1, 0, 0],
        [0, 2, 0],
      ],
    )
    await decide(made, { kind: 'test-patient', key: '127', isLetIn: false })
    const out = await run(made, {}, folder)
    assert.deepEqual(
      [said(out, 'test-patient'), said(out, 'patient-unknown'), said(out, 'ignored')],
      [
        [0, 0, 0],
        [0, 1, 0],
        [1, 1, 0],
      ],
    )
    assert.deepEqual(counts(out)[0], [0, 0, 4, 1], 'every row is accounted for still')
    await decide(made, { kind: 'test-patient', key: '127', isLetIn: true })
    const letIn = await run(made, {}, folder)
    assert.deepEqual(
      counts(letIn).map(([added]) => added),
      [1, 1, 0],
    )
    const { flags } = JSON.parse(
      (
        await made.practice.db
          .selectFrom('record_version')
          .select('body')
          .where('kind', '=', 'identity')
          .where('body', 'like', '%TEST%')
          .executeTakeFirstOrThrow()
      ).body ?? '',
    ) as { flags: string[] }
    assert.deepEqual(flags, ['fictitious'])
  })

  test('says whose the rows of an unknown patient are, leaves a row out, gives a file number', async () => {
    await using made = await makeTestPractice(engine)
    const ours = await aPatient(made, { birthName: 'Autre' })
    await run(made, { isDry: true })
    await decide(made, { kind: 'patient', key: '999', patientId: ours })
    await decide(made, {
      kind: 'row',
      table: 'document',
      digest: await digestOf(made, 'document', 4),
      answer: { kind: 'ignore' },
    })
    await decide(made, { kind: 'file-number', key: '123', fileNumber: 'N-123' })
    const report = await run(made)
    assert.deepEqual(counts(report), [
      [4, 0, 0, 1],
      [7, 0, 0, 0],
      [2, 0, 0, 1],
    ])
    assert.deepEqual(
      [said(report, 'ignored'), said(report, 'file-missing')],
      [
        [0, 0, 1],
        [0, 0, 0],
      ],
    )
    const { db } = made.practice
    const acts = await db.selectFrom('record_entry').select('patient_id').where('kind', '=', 'procedure').execute()
    assert.equal(acts.filter(({ patient_id }) => patient_id === ours).length, 1)
    const numbers = await db.selectFrom('patient').select('file_number').where('birth_name', '=', 'LEROY').execute()
    assert.deepEqual(numbers, [{ file_number: 'N-123' }])
    assert.deepEqual(counts(await run(made)), [
      [0, 0, 4, 1],
      [0, 0, 7, 0],
      [0, 0, 2, 1],
    ])
  })

  test('takes a second row of one key as a row of its own, or links one to a patient', async () => {
    await using made = await makeTestPractice(engine)
    const ours = await aPatient(made, { birthName: 'Autre' })
    const folder = join(top, `${engine}-keys`)
    cpSync(VECTORS, folder, { recursive: true })
    const acts = readFileSync(join(folder, 'actes.csv'), 'latin1')
    writeFileSync(join(folder, 'actes.csv'), Buffer.from(`${acts}1;123;13/03/2026;HBJD001;;x;28,92;MARTIN\r\n`, 'latin1'))
    assert.deepEqual(said(await run(made, {}, folder), 'key-taken'), [0, 1, 0])
    await decide(made, {
      kind: 'row',
      table: 'procedure',
      digest: await digestOf(made, 'procedure', 9),
      answer: { kind: 'accept' },
    })
    const relink = { kind: 'relink', patientId: ours } as const
    await decide(made, { kind: 'row', table: 'procedure', digest: await digestOf(made, 'procedure', 6), answer: relink })
    assert.deepEqual(counts(await run(made, {}, folder))[1], [2, 0, 6, 0])
    assert.deepEqual(counts(await run(made, {}, folder))[1], [0, 0, 8, 0])
  })

  test('about one thing takes the place of the one before; taken back, the next run asks again', async () => {
    await using made = await makeTestPractice(engine)
    const { practice, owner } = made
    await run(made, { isDry: true })
    const ask = async () => said(await run(made, { isDry: true }), 'test-patient')[0]
    await decide(made, { kind: 'test-patient', key: '127', isLetIn: true })
    const id = await decide(made, { kind: 'test-patient', key: '127', isLetIn: false })
    const sourceId = await sourceOf(made)
    const held = await listDecisions(practice.db, practice.id, sourceId, { limit: 50 })
    assert.deepEqual(
      held.map(({ decision, decidedBy }) => [decision, decidedBy.id]),
      [[{ kind: 'test-patient', key: '127', isLetIn: false }, owner.accountId]],
    )
    assert.equal(await ask(), 0)
    const withdraw = () => practice.db.transaction().execute((tx) => withdrawDecision(tx, practice, owner, sourceId, id))
    await withdraw()
    await assert.rejects(withdraw(), { code: 'not-found' })
    assert.equal(await ask(), 1)
    assert.equal((await practice.db.selectFrom('import_decision').select('id').execute()).length, 2, 'what was decided stays')
  })

  test('that names somebody who is not there is refused', async () => {
    await using made = await makeTestPractice(engine)
    await run(made, { isDry: true })
    const nobody = '00000000-0000-4000-8000-000000000000'
    for (const content of [
      { kind: 'patient', key: '999', patientId: nobody },
      { kind: 'practitioner', written: 'DURAND', practitionerId: nobody },
    ] as const)
      await assert.rejects(decide(made, content), { code: 'invalid-input' })
  })

  test('a run that was stopped goes on under its name, and its report counts what it did before', async () => {
    await using made = await makeTestPractice(engine)
    const stopping = new AbortController()
    let runId = ''
    const stopped = run(made, {
      signal: stopping.signal,
      onRun: async (id) => {
        runId = id
      },
      onProgress: (rows) => rows > 6 && stopping.abort(new Error('stop')),
    })
    await assert.rejects(stopped)
    const report = await run(made, { runId })
    assert.equal(report.runId, runId)
    assert.deepEqual(counts(report), [
      [4, 0, 0, 1],
      [6, 0, 0, 1],
      [2, 0, 0, 1],
    ])
    const runs = await made.practice.db.selectFrom('import_run').select(['id', 'state']).execute()
    assert.deepEqual(runs, [{ id: runId, state: 'done' }])
  })
})
