import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Installation } from '#installation'
import { verifyJournal } from '#journal'
import type { Actor } from '#open-practice'
import { aPatient, aPractitioner, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import {
  BATCH_ENTRIES_MAX,
  type EntryKind,
  type ImportBatch,
  type ImportedEntry,
  importEntries,
  loadAccess,
  parseBody,
  readEntries,
  verifyImport,
  verifyRecord,
} from './index.ts'

onBothEngines('an import', (engine) => {
  test('what came in a batch reads as if it had been typed, and verifies', async () => {
    await using made = await makeTestPractice(engine)
    const martin = await aPractitioner(made)
    const quote = { id: 'quote-1', ...entry('patient-1', 'quote', { state: 'draft', madeOn: '2020-01-01', lines: [] }) }
    const act = {
      code: { system: 'ngap', code: 'SC12', label: 'Obturation 2 faces' },
      status: 'billed',
      performedOn: '2009-11-05',
    }
    await importBatch(made, {
      patients: [patient('patient-1', '124')],
      entries: [entry('patient-1', 'procedure', { ...act, practitionerId: martin, quoteId: 'quote-1' }), quote],
    })
    const { practice, owner } = made
    const { db, id: practiceId } = practice
    const access = await loadAccess({ db, practiceId, actor: owner, now: practice.now() }, 'patient-1')
    const { entries } = await readEntries({ db, practiceId, access })
    assert.deepEqual(
      entries.map(({ kind, aboutOn, practitionerId, code }) => [kind, aboutOn, practitionerId, code]),
      [
        ['quote', '2020-01-01', undefined, 'draft'],
        ['procedure', '2009-11-05', martin, 'SC12'],
      ],
    )
    assert.match(entries[0]?.source ?? '', /^import:\S+ test$/)
    const verdict = await verifyRecord(db, practiceId, 'patient-1')
    assert.deepEqual([verdict.versions, verdict.breaks], [3, []])
    assert.equal((await verifyJournal(db, practiceId)).breaks.length, 0)
  })

  test('many rows go through, more than a statement takes', async () => {
    await using made = await makeTestPractice(engine)
    const patients = Array.from({ length: 700 }, (_, i) => patient(`p${i}`, `${i}`))
    const entries = Array.from({ length: 1_300 }, (_, i) => entry(`p${i % 700}`, 'alert', ABSENT))
    const summary = await importBatch(made, { patients, entries })
    assert.deepEqual(summary, { batches: 1, patients: 700, entries: 1_300 })
    const { count } = await made.practice.db
      .selectFrom('record_version')
      .select((row) => row.fn.countAll<number | string>().as('count'))
      .executeTakeFirstOrThrow()
    assert.equal(Number(count), 2_000)
  })

  test('a batch with something wrong is not written at all, those before it stay', async () => {
    await using made = await makeTestPractice(engine)
    const there = await aPatient(made, { fileNumber: 'taken' })
    const act = { code: { system: 'local', code: 'X', label: 'X' }, status: 'done' as const }
    const wrong: readonly [string, Partial<ImportBatch>, string][] = [
      ['file number', { patients: [patient('w1', 'taken')] }, 'conflict'],
      ['file number twice', { patients: [patient('w1', 'n'), patient('w2', 'n')] }, 'conflict'],
      ['id', { patients: [patient(there, 'new')] }, 'conflict'],
      ['id’s shape', { patients: [patient('a\0b', 'new')] }, 'invalid-input'],
      ['patient', { entries: [entry('nobody', 'alert', ABSENT)] }, 'invalid-input'],
      ['practitioner', { entries: [entry(there, 'procedure', { ...act, practitionerId: 'nobody' })] }, 'invalid-input'],
      ['link', { entries: [entry(there, 'procedure', { ...act, quoteId: 'nothing' })] }, 'invalid-input'],
      [
        'link of another kind',
        { entries: [{ id: 'l1', ...entry(there, 'alert', ABSENT) }, entry(there, 'procedure', { ...act, quoteId: 'l1' })] },
        'invalid-input',
      ],
      [
        'related patient',
        { entries: [entry(there, 'relatedPerson', { familyName: 'X', relation: 'mother', patientId: 'nobody' })] },
        'invalid-input',
      ],
      ['id that FHIR does not take', { patients: [patient('a_b', 'new')] }, 'invalid-input'],
      ['id that is longer than FHIR takes', { patients: [patient('a'.repeat(60), 'new')] }, 'invalid-input'],
      ['identity', { entries: [entry(there, 'identity', { fileNumber: 'x', birthName: 'X', sex: 'unknown' })] }, 'invalid-input'],
    ]
    for (const [what, batch, code] of wrong) {
      const good = {
        patients: [patient(`good-${what.replaceAll(/\W/g, '-')}`, `good-${what.replaceAll(/\W/g, '-')}`)],
        entries: [entry(`good-${what.replaceAll(/\W/g, '-')}`, 'alert', ABSENT)],
      }
      const failing = importEntries(made.practice, made.owner, [
        whole(good),
        whole({ ...batch, patients: [patient('w9', 'w9'), ...(batch.patients ?? [])] }),
      ])
      await assert.rejects(failing, { code }, what)
    }
    const rows = await made.practice.db.selectFrom('patient').select('id').execute()
    assert.deepEqual(
      new Set(rows.map(({ id }) => id)),
      new Set([there, ...wrong.map(([what]) => `good-${what.replaceAll(/\W/g, '-')}`)]),
    )
    assert.equal((await verifyJournal(made.practice.db, made.practice.id)).entries, 2 + wrong.length)
  })

  test('others have their turn between batches', async () => {
    await using made = await makeTestPractice(engine)
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const batches = Array.from({ length: 20 }, (_, i) => ({ source: 'test', patients: [patient(`p${i}`, `${i}`)], entries: [] }))
    const seen: number[] = []
    await importEntries(made.practice, made.owner, batches, { onProgress: () => seen.push(turns) })
    clearInterval(timer)
    assert.ok((seen.at(-1) ?? 0) > 0, 'nothing else ran meanwhile')
  })

  test('a personal note that comes in is its author’s, not the importer’s', async () => {
    await using made = await makeTestPractice(engine)
    const author = await made.actor('practitioner')
    const note = entry('p', 'observation', { category: 'personal-note', on: '2020-01-01', text: 'Note.' })
    const batch = (onlyFor: string) => importBatch(made, { entries: [{ ...note, onlyFor }] })
    await importBatch(made, { patients: [patient('p', '1')] })
    await assert.rejects(batch('nobody'), { code: 'invalid-input' })
    await batch(author.accountId)
    const { db, id: practiceId, now } = made.practice
    const seenBy = async (actor: Actor) =>
      (await readEntries({ db, practiceId, access: await loadAccess({ db, practiceId, actor, now: now() }, 'p') })).entries.length
    assert.deepEqual([await seenBy(author), await seenBy(made.owner)], [1, 0])
  })

  test('a body that is none stops its batch, and no message quotes it', async () => {
    await using made = await makeTestPractice(engine)
    const there = await aPatient(made)
    const secret = {
      ...entry(there, 'alert', ABSENT),
      body: { category: 'allergy', state: 'present', label: 'Pénicilline', x: 'hush' },
    }
    await assert.rejects(
      importBatch(made, { entries: [secret as never] }),
      (error: Error) => !/hush|Pénicilline/.test(error.message),
    )
  })

  test('a batch that is too large is refused before anything is computed', async () => {
    await using made = await makeTestPractice(engine)
    const entries = Array.from({ length: BATCH_ENTRIES_MAX + 1 }, () => entry('nobody', 'alert', ABSENT))
    await assert.rejects(importBatch(made, { entries }), { code: 'invalid-input' })
  })

  test('a batch is known again by its digest, and one that lost an entry is not', async () => {
    await using made = await makeTestPractice(engine)
    await importBatch(made, { patients: [patient('p', '1')], entries: [entry('p', 'alert', ABSENT)] })
    const { db, id: practiceId } = made.practice
    const { subject } = await db
      .selectFrom('journal_entry')
      .select('subject')
      .where('action', '=', 'records.imported')
      .executeTakeFirstOrThrow()
    const batchId = subject?.slice('batch:'.length) ?? ''
    assert.equal(await verifyImport(db, practiceId, batchId), true)
    assert.equal(await verifyImport(db, practiceId, 'unknown'), undefined)
    const version = await db.selectFrom('record_version').selectAll().where('kind', '=', 'alert').executeTakeFirstOrThrow()
    await db
      .insertInto('record_version')
      .values({ ...version, entry_id: 'slipped-in' })
      .execute()
    assert.equal(await verifyImport(db, practiceId, batchId), false)
    const alone = { ...version, entry_id: 'of-no-batch', source: 'import:invented test' }
    await db.insertInto('record_version').values(alone).execute()
    const { breaks } = await verifyRecord(db, practiceId, 'p')
    assert.ok(breaks.some(({ kind, entryId }) => kind === 'journal' && entryId === 'of-no-batch'))
    assert.equal(breaks.filter(({ kind }) => kind === 'batch').length, 1)
    assert.ok(!breaks.some(({ kind, entryId }) => kind === 'journal' && entryId === version.entry_id))
  })

  test('what a batch brought into a record is missed when its row is gone, though no other of the batch is in that record', async () => {
    await using made = await makeTestPractice(engine)
    await importBatch(made, { patients: [patient('p', '1'), patient('q', '2')], entries: [] })
    await importBatch(made, { entries: [entry('p', 'alert', ABSENT), entry('q', 'alert', ABSENT)] })
    const { db, id: practiceId } = made.practice
    await db.deleteFrom('record_entry').where('patient_id', '=', 'p').where('kind', '=', 'alert').execute()
    const { breaks } = await verifyRecord(db, practiceId, 'p')
    assert.deepEqual(
      breaks.map(({ kind, version }) => [kind, version]),
      [['newest', 1]],
    )
    assert.deepEqual((await verifyRecord(db, practiceId, 'q')).breaks, [])
  })

  test('an import that is called off stops between two batches', async () => {
    await using made = await makeTestPractice(engine)
    const controller = new AbortController()
    const batches = [whole({ patients: [patient('p1', '1')] }), whole({ patients: [patient('p2', '2')] })]
    const stopped = importEntries(made.practice, made.owner, batches, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    })
    await assert.rejects(stopped, { name: 'AbortError' })
    assert.equal((await made.practice.db.selectFrom('patient').select('id').execute()).length, 1)
  })
})

test('killed in the middle of an import, whole batches are there and nothing else', async () => {
  const top = mkdtempSync(join(tmpdir(), 'couronne-killed-'))
  try {
    const folders = { folder: join(top, 'data'), keyFolder: join(top, 'keys') }
    const acknowledged = await importUntilKilled(folders)
    const installation = await Installation.start({ ...folders, now: () => Temporal.Now.instant(), env: {} })
    const { db, id } = installation.practice()
    const patients = await db.selectFrom('patient').select('id').execute()
    assert.ok(patients.length >= acknowledged * 20, `${patients.length} patients after ${acknowledged} batches`)
    assert.equal(patients.length % 20, 0)
    for (const patient of patients.slice(-40)) {
      const verdict = await verifyRecord(db, id, patient.id)
      assert.deepEqual([verdict.entries, verdict.breaks], [11, []])
    }
    assert.deepEqual((await verifyJournal(db, id)).breaks, [])
    const told = await db.selectFrom('journal_entry').select('seq').where('action', '=', 'records.imported').execute()
    assert.equal(told.length, patients.length / 20)
    await installation.close()
  } finally {
    rmSync(top, { recursive: true, force: true })
  }
})

/** @returns how many batches were acknowledged before it was killed */
async function importUntilKilled({ folder, keyFolder }: { folder: string; keyFolder: string }): Promise<number> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'import-until-killed.ts'), folder, keyFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acknowledged = 0
  for await (const chunk of child.stdout) {
    acknowledged = Math.max(acknowledged, ...String(chunk).trim().split('\n').map(Number))
    if (acknowledged >= 5) child.kill('SIGKILL')
  }
  return acknowledged
}

const ABSENT = { category: 'allergy', state: 'absent' } as const

function patient(id: string, fileNumber: string) {
  return { id, identity: parseBody('identity', { fileNumber, birthName: 'Exemple', sex: 'unknown' }) }
}

function entry<K extends EntryKind>(patientId: string, kind: K, body: object): ImportedEntry {
  return { patientId, kind, body: parseBody(kind, body) } as ImportedEntry
}

function whole(batch: Partial<ImportBatch>): ImportBatch {
  return { source: 'test', patients: [], entries: [], ...batch }
}

function importBatch({ practice, owner }: TestPractice, batch: Partial<ImportBatch>) {
  return importEntries(practice, owner, [whole(batch)])
}
