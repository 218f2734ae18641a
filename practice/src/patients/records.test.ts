import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { verifyJournal } from '#journal'
import type { Actor } from '#open-practice'
import { anIdentity, aPatient, aPractitioner, change, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import {
  addEntry,
  breakGlassOf,
  correctEntry,
  createPatient,
  loadAccess,
  parseBody,
  type Reading,
  readEntries,
  readEntry,
  readPatient,
  readVersions,
  restoreEntry,
  verifyRecord,
  withdrawEntry,
} from './index.ts'
import { liftRecordLimit, limitRecordTo } from './limits.ts'

onBothEngines('records', (engine) => {
  test('a patient has an identity, the next free number, and a line in the journal', async () => {
    await using made = await makeTestPractice(engine)
    const first = await change(made, (writing) => createPatient(writing, anIdentity()))
    await change(made, (writing) => createPatient(writing, anIdentity({ fileNumber: '2' })))
    await change(made, (writing) => createPatient(writing, anIdentity({ fileNumber: '1200' })))
    const next = await change(made, (writing) => createPatient(writing, anIdentity()))
    assert.deepEqual([first.fileNumber, next.fileNumber], ['1', '1201'])
    const patient = await readPatient(await readingOf(made, first.id), '2026-03-02')
    assert.equal(patient.identity.body.birthName, 'Exemple')
    assert.deepEqual(patient.counts, { identity: 1 })
    assert.deepEqual(await actions(made, first.id), ['patient.created'])
  })

  test('a file number belongs to one patient', async () => {
    await using made = await makeTestPractice(engine)
    await aPatient(made, { fileNumber: 'A-1' })
    await assert.rejects(aPatient(made, { fileNumber: 'A-1' }), { code: 'conflict' })
    const other = await aPatient(made, { fileNumber: 'A-2' })
    const { identity } = await readPatient(await readingOf(made, other), '2026-03-02')
    const taken = change(made, (writing) =>
      correctEntry(writing, {
        patientId: other,
        entryId: identity.entryId,
        expectedVersion: 1,
        kind: 'identity',
        body: { ...identity.body, fileNumber: 'A-1' },
        reason: 'typed wrong',
      }),
    )
    await assert.rejects(taken, { code: 'conflict' })
    assert.equal((await readPatient(await readingOf(made, other), '2026-03-02')).identity.version, 1)
  })

  test('a correction keeps what it corrects, with who, when and why', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    made.pass({ hours: 1 })
    const practitioner = await made.actor('practitioner')
    await correctAlert(made, patientId, id, { label: 'Amoxicilline', expectedVersion: 1, actor: practitioner })
    const { versions } = await readVersions(await readingOf(made, patientId), id)
    assert.deepEqual(
      versions.map(({ version, body, reason, recordedBy, recordedAt }) => [
        version,
        (body as { label: string }).label,
        reason,
        recordedBy.id,
        recordedAt,
      ]),
      [
        [2, 'Amoxicilline', 'typed wrong', practitioner.accountId, '2026-03-02T09:00:00.000Z'],
        [1, 'Pénicilline', undefined, made.owner.accountId, '2026-03-02T08:00:00.000Z'],
      ],
    )
    assert.deepEqual(await actions(made, patientId), ['patient.created', 'record.changed', 'record.corrected'])
  })

  test('an identity that is corrected changes the list, the name before it stays among the versions', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { identity } = await readPatient(await readingOf(made, patientId), '2026-03-02')
    await change(made, (writing) =>
      correctEntry(writing, {
        patientId,
        entryId: identity.entryId,
        expectedVersion: 1,
        kind: 'identity',
        body: { ...identity.body, usedName: 'Œuvré', telephones: [{ number: '01 99 00 00 00' }] },
        reason: 'married',
      }),
    )
    const row = await made.practice.db.selectFrom('patient').selectAll().executeTakeFirstOrThrow()
    assert.deepEqual([row.sort_name, row.used_name, row.telephone], ['oeuvre anne', 'Œuvré', '01 99 00 00 00'])
    assert.equal((await verify(made, patientId)).versions, 2)
  })

  test('who corrects what somebody else has changed meanwhile gets a conflict, and nothing is written', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    await correctAlert(made, patientId, id, { label: 'Amoxicilline', expectedVersion: 1 })
    await assert.rejects(correctAlert(made, patientId, id, { label: 'Latex', expectedVersion: 1 }), { code: 'conflict' })
    assert.equal((await verify(made, patientId)).versions, 3)
    assert.equal((await actions(made, patientId)).length, 3)
  })

  test('of twenty who correct at once, one wins', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => correctAlert(made, patientId, id, { label: `Essai ${i}`, expectedVersion: 1 })),
    )
    assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
    for (const each of tries) if (each.status === 'rejected') assert.equal(each.reason.code, 'conflict')
    assert.deepEqual((await verify(made, patientId)).breaks, [])
  })

  test('records opened at once get numbers of their own', async () => {
    await using made = await makeTestPractice(engine)
    await Promise.all(Array.from({ length: 8 }, () => aPatient(made)))
    const rows = await made.practice.db.selectFrom('patient').select('file_number').execute()
    assert.deepEqual(rows.map((row) => row.file_number).toSorted(), ['1', '2', '3', '4', '5', '6', '7', '8'])
    assert.equal((await verifyJournal(made.practice.db, made.practice.id)).breaks.length, 0)
  })

  test('what is withdrawn is shown no more and stays among the versions', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    const withdrawal = { patientId, entryId: id, expectedVersion: 1, reason: 'another patient’s' }
    await change(made, (writing) => withdrawEntry(writing, withdrawal))
    const reading = await readingOf(made, patientId)
    assert.deepEqual((await readEntries(reading)).entries, [])
    assert.deepEqual(
      (await readEntries(reading, { withWithdrawn: true })).entries.map(({ state }) => state),
      ['withdrawn'],
    )
    assert.equal((await readEntry(reading, id)).reason, 'another patient’s')
    const again = change(made, (writing) => withdrawEntry(writing, { ...withdrawal, expectedVersion: 2 }))
    await assert.rejects(again, { code: 'conflict' })
    assert.deepEqual((await verify(made, patientId)).breaks, [])
  })

  test('what was withdrawn comes back as it was, with who, when and why, and the withdrawal stays among the versions', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    const restore = (expectedVersion: number) =>
      change(made, (w) => restoreEntry(w, { patientId, entryId: id, expectedVersion, reason: 'withdrawn by mistake' }))
    await assert.rejects(restore(1), { code: 'conflict' })
    await change(made, (w) => withdrawEntry(w, { patientId, entryId: id, expectedVersion: 1, reason: 'wrong record' }))
    await assert.rejects(restore(1), { code: 'conflict' })
    const both = await Promise.allSettled([restore(2), restore(2)])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const reading = await readingOf(made, patientId)
    const { entries } = await readEntries(reading)
    assert.deepEqual(
      entries.map(({ state, version, reason, body }) => [state, version, reason, (body as { label: string }).label]),
      [['current', 3, 'withdrawn by mistake', 'Pénicilline']],
    )
    const { versions } = await readVersions(reading, id)
    assert.deepEqual(
      versions.map(({ state }) => state),
      ['current', 'withdrawn', 'current'],
    )
    assert.deepEqual((await verify(made, patientId)).breaks, [])
    assert.deepEqual((await actions(made, patientId)).at(-1), 'record.restored')
    await correctAlert(made, patientId, id, { label: 'Amoxicilline', expectedVersion: 3 })
  })

  test('a patient cannot be left without an identity, nor have two', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { identity } = await readPatient(await readingOf(made, patientId), '2026-03-02')
    const entryId = identity.entryId
    const withdrawn = change(made, (w) => withdrawEntry(w, { patientId, entryId, expectedVersion: 1, reason: 'no' }))
    await assert.rejects(withdrawn, { code: 'invalid-input' })
    await assert.rejects(
      change(made, (w) => addEntry(w, { patientId, kind: 'identity', body: identity.body })),
      {
        code: 'invalid-input',
      },
    )
  })

  test('an entry names only what is there: practitioners here, entries of the same patient', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const other = await aPatient(made)
    const martin = await aPractitioner(made)
    const { id: elsewhere } = await addAlert(made, other, 'Latex')
    const consent = (more: object) =>
      change(made, (writing) =>
        addEntry(writing, {
          patientId,
          kind: 'consent',
          body: parseBody('consent', {
            subject: 'surgery',
            about: 'Avulsion',
            decision: 'given',
            decidedOn: '2026-03-02',
            by: 'patient',
            ...more,
          }),
        }),
      )
    await consent({ practitionerId: martin })
    await assert.rejects(consent({ practitionerId: 'nobody' }), { code: 'invalid-input' })
    await assert.rejects(consent({ procedureIds: [elsewhere] }), { code: 'invalid-input' })
    await assert.rejects(
      change(made, (w) => addEntry(w, { patientId: 'nobody', kind: 'alert', body: ALERT })),
      { code: 'not-found' },
    )
  })

  test('a link leads to an entry of its kind, in the same record, and to no personal note', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const other = await aPatient(made)
    const alert = await addAlert(made, patientId, 'Latex')
    const add = (kind: 'procedure' | 'quote' | 'observation' | 'correspondence' | 'relatedPerson', body: object) =>
      change(made, (w) => addEntry(w, { patientId, kind, body: parseBody(kind, body) }))
    const act = { code: { system: 'local', code: 'X', label: 'X' }, status: 'done' }
    const quote = await add('quote', { state: 'draft', madeOn: '2026-03-02', lines: [] })
    const note = await add('observation', { category: 'personal-note', on: '2026-03-02', text: 'Note.' })
    const linked = await add('procedure', { ...act, quoteId: quote.id })
    await assert.rejects(add('procedure', { ...act, quoteId: alert.id }), { code: 'invalid-input' })
    const call = {
      direction: 'in',
      channel: 'telephone',
      on: '2026-03-02',
      party: { kind: 'patient', name: 'Exemple' },
      subject: 'Suite',
    }
    const answer = await add('correspondence', { ...call, answersTo: linked.id })
    await assert.rejects(add('correspondence', { ...call, answersTo: note.id }), { code: 'invalid-input' })
    const toItself = change(made, (w) =>
      correctEntry(w, {
        patientId,
        entryId: answer.id,
        expectedVersion: 1,
        kind: 'correspondence',
        body: { ...call, answersTo: answer.id },
        reason: 'typed wrong',
      }),
    )
    await assert.rejects(toItself, { code: 'invalid-input' })
    const mother = { familyName: 'Exemple', relation: 'mother' }
    await add('relatedPerson', { ...mother, patientId: other })
    await assert.rejects(add('relatedPerson', { ...mother, patientId: 'nobody' }), { code: 'invalid-input' })
    await assert.rejects(add('relatedPerson', { ...mother, patientId }), { code: 'invalid-input' })
  })

  test('what fails half-way leaves nothing', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const failing = change(made, async (writing) => {
      await addEntry(writing, { patientId, kind: 'alert', body: ALERT })
      throw new Error('power cut')
    })
    await assert.rejects(failing, /power cut/)
    assert.deepEqual((await verify(made, patientId)).breaks, [])
    assert.equal((await verify(made, patientId)).versions, 1)
  })

  test('the database refuses to change or remove a version, and lets its body be destroyed', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    await addAlert(made, patientId, 'Latex')
    const { db } = made.practice
    const version = () => db.updateTable('record_version').where('entry_id', '=', id)
    await assert.rejects(version().set({ body: '{}' }).execute(), /kept as written/)
    await assert.rejects(version().set({ body: null, body_salt: null, recorded_by: 'x' }).execute(), /kept as written/)
    await assert.rejects(version().set({ body: null, body_salt: null, body_hash: 'x' }).execute(), /kept as written/)
    await assert.rejects(version().set({ body: null }).execute(), /kept as written/)
    await assert.rejects(db.deleteFrom('record_version').execute(), /kept as written/)
    const forged = { ...(await versionOf(made, id, 1)), recorded_by: 'x' }
    if (engine === 'sqlite') await assert.rejects(db.replaceInto('record_version').values(forged).execute(), /kept as written/)
    await version().set({ body: null, body_salt: null }).execute()
    const verdict = await verify(made, patientId)
    assert.deepEqual([verdict.breaks, verdict.destroyed, verdict.versions], [[], 1, 3])
    assert.equal((await readEntry(await readingOf(made, patientId), id)).body, null)
    await assert.rejects(correctAlert(made, patientId, id, { label: 'X', expectedVersion: 1 }), { code: 'conflict' })
  })

  test('a version that was changed all the same is named, whatever was changed', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    await correctAlert(made, patientId, id, { label: 'Amoxicilline', expectedVersion: 1 })
    await allowChanges(made)
    const changes = [
      { body: '{"label":"Latex"}' },
      { recorded_by: 'x' },
      { recorded_at: '2020-01-01' },
      { reason: 'x' },
      { body_salt: 'x' },
    ]
    for (const set of changes) {
      const before = await versionOf(made, id, 1)
      const update = (columns: object) =>
        made.practice.db.updateTable('record_version').set(columns).where('entry_id', '=', id).where('version', '=', 1).execute()
      await update(set)
      assert.deepEqual((await verify(made, patientId)).breaks, [{ kind: 'changed', entryId: id, version: 1 }])
      await update(before)
    }
    assert.deepEqual((await verify(made, patientId)).breaks, [])
  })

  test('an entry that is slipped in, or taken out, is missed by the journal or by its chain', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    await correctAlert(made, patientId, id, { label: 'Amoxicilline', expectedVersion: 1 })
    const { db } = made.practice
    await allowChanges(made)
    const last = await versionOf(made, id, 2)
    await db.deleteFrom('record_version').where('entry_id', '=', id).where('version', '=', 2).execute()
    assert.deepEqual((await verify(made, patientId)).breaks, [
      { kind: 'newest', entryId: id, version: 2 },
      { kind: 'gap', entryId: id, version: 2 },
    ])
    await db.insertInto('record_version').values(last).execute()
    await db.deleteFrom('record_version').where('entry_id', '=', id).where('version', '=', 1).execute()
    assert.deepEqual((await verify(made, patientId)).breaks, [{ kind: 'gap', entryId: id, version: 1 }])
    // An intruder who knows how to make hashes, and not how to write the journal anew.
    await db.updateTable('record_entry').set({ id: 'slipped-in' }).where('id', '=', id).execute()
    const kinds = (await verify(made, patientId)).breaks.map(({ kind }) => kind)
    assert.ok(kinds.includes('newest'))
  })

  test('a last version, or a whole entry, that is taken out with its row is missed by the journal', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    await correctAlert(made, patientId, id, { label: 'Amoxicilline', expectedVersion: 1 })
    const { db } = made.practice
    await allowChanges(made)
    await db.deleteFrom('record_version').where('entry_id', '=', id).where('version', '=', 2).execute()
    await db
      .updateTable('record_entry')
      .set({ version: 1, changed_at: '2026-03-02T08:00:00.000Z' })
      .where('id', '=', id)
      .execute()
    assert.deepEqual((await verify(made, patientId)).breaks, [{ kind: 'gap', entryId: id, version: 2 }])
    await db.deleteFrom('record_version').where('entry_id', '=', id).execute()
    await db.deleteFrom('record_entry').where('id', '=', id).execute()
    const { breaks } = await verify(made, patientId)
    assert.deepEqual(
      breaks.map(({ kind, version }) => [kind, version]),
      [
        ['gap', 1],
        ['gap', 2],
      ],
    )
  })

  test('an entry that is hidden, opened to others or dated anew in its row alone is found out, and a patient renamed', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Pénicilline')
    const { db } = made.practice
    const before = await db.selectFrom('record_entry').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
    const changes = [
      { state: 'withdrawn' as const },
      { class: 'care' as const },
      { about_on: '2000-01-01' },
      { only_for: made.owner.accountId },
      { code: 'other' },
    ]
    for (const set of changes) {
      await db.updateTable('record_entry').set(set).where('id', '=', id).execute()
      assert.deepEqual((await verify(made, patientId)).breaks, [{ kind: 'newest', entryId: id, version: 1 }], JSON.stringify(set))
      await db.updateTable('record_entry').set(before).where('id', '=', id).execute()
    }
    assert.deepEqual((await verify(made, patientId)).breaks, [])
    await db.updateTable('patient').set({ birth_name: 'Autre' }).where('id', '=', patientId).execute()
    assert.deepEqual(
      (await verify(made, patientId)).breaks.map(({ kind }) => kind),
      ['newest'],
    )
  })

  test('a personal note is there for its author alone', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const author = await made.actor('practitioner')
    const body = parseBody('observation', { category: 'personal-note', on: '2026-03-02', text: 'Inquiet pour lui.' })
    const { id } = await change(made, (writing) => addEntry(writing, { patientId, kind: 'observation', body }), author)
    assert.equal((await readEntries(await readingOf(made, patientId, author))).entries.length, 1)
    for (const actor of [made.owner, await made.actor('practitioner')]) {
      await change(made, (writing) => breakGlassOf(writing, made.practice, patientId, 'curious about it'), actor)
      const reading = await readingOf(made, patientId, actor)
      assert.deepEqual((await readEntries(reading, { withWithdrawn: true })).entries, [])
      const { db, id: practiceId } = made.practice
      assert.equal((await verifyRecord(db, practiceId, patientId, actor.accountId)).entries, 1)
      assert.equal((await readPatient(reading, '2026-03-02')).counts.observation, undefined)
      await assert.rejects(readEntry(reading, id), { code: 'not-found' })
      await assert.rejects(readVersions(reading, id), { code: 'not-found' })
      const correction = { patientId, entryId: id, expectedVersion: 1, kind: 'observation' as const, body, reason: 'mine now' }
      await assert.rejects(
        change(made, (writing) => correctEntry(writing, correction), actor),
        { code: 'not-found' },
      )
      await assert.rejects(
        change(made, (writing) => withdrawEntry(writing, correction), actor),
        { code: 'not-found' },
      )
    }
  })

  test('a personal note does not become a shared one by a correction, nor the other way', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const note = (category: string) => parseBody('observation', { category, on: '2026-03-02', text: 'Note.' })
    const { id } = await change(made, (w) => addEntry(w, { patientId, kind: 'observation', body: note('note') }))
    const turned = change(made, (w) =>
      correctEntry(w, {
        patientId,
        entryId: id,
        expectedVersion: 1,
        kind: 'observation',
        body: note('personal-note'),
        reason: 'hide',
      }),
    )
    await assert.rejects(turned, { code: 'invalid-input' })
  })

  test('an assistant meets no care, in no list, until the glass is broken, and the owner is told', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const assistant = await made.actor('assistant')
    const body = parseBody('procedure', { code: { system: 'local', code: 'X', label: 'Avulsion' }, status: 'done' })
    const { id } = await change(made, (writing) => addEntry(writing, { patientId, kind: 'procedure', body }))
    const before = await readingOf(made, patientId, assistant)
    assert.deepEqual((await readEntries(before)).entries, [])
    assert.deepEqual((await readPatient(before, '2026-03-02')).counts, { identity: 1 })
    await assert.rejects(readEntry(before, id), { code: 'break-glass-needed', about: { part: 'care', patientId } })
    await assert.rejects(
      change(made, (w) => addEntry(w, { patientId, kind: 'procedure', body }), assistant),
      { code: 'not-allowed' },
    )

    await change(made, (writing) => breakGlassOf(writing, made.practice, patientId, 'patient fainted in the chair'), assistant)
    const open = await readingOf(made, patientId, assistant)
    assert.equal((await readEntry(open, id)).kind, 'procedure')
    const { account_id, kind, about } = await made.practice.db.selectFrom('notice').selectAll().executeTakeFirstOrThrow()
    assert.deepEqual([account_id, kind, JSON.parse(about).patientId], [made.owner.accountId, 'glass-broken', patientId])
    assert.ok(!about.includes('fainted'))

    made.pass({ minutes: 60 })
    await assert.rejects(readEntry(await readingOf(made, patientId, assistant), id), { code: 'break-glass-needed' })
  })

  test('a limit shuts the record to all whom it does not name, who cannot lift it either', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const inside = await made.actor('practitioner')
    const outside = await made.actor('practitioner')
    const limit = (accounts: readonly string[], actor: Actor) =>
      change(made, (writing) => limitRecordTo(writing, patientId, accounts, 'colleague of ours'), actor)
    await limit([inside.accountId], inside)
    for (const actor of [outside, made.owner]) {
      const reading = await readingOf(made, patientId, actor)
      await assert.rejects(readPatient(reading, '2026-03-02'), {
        code: 'break-glass-needed',
        about: { part: 'record', patientId },
      })
      await assert.rejects(readEntries(reading), { code: 'break-glass-needed' })
      await assert.rejects(limit([actor.accountId], actor), { code: 'break-glass-needed' })
      await assert.rejects(
        change(made, (writing) => liftRecordLimit(writing, patientId), actor),
        { code: 'break-glass-needed' },
      )
    }
    await readPatient(await readingOf(made, patientId, inside), '2026-03-02')
    await assert.rejects(limit(['nobody'], inside), { code: 'invalid-input' })
    await assert.rejects(limit([(await made.actor('it-provider')).accountId], inside), { code: 'invalid-input' })
    await change(made, (writing) => liftRecordLimit(writing, patientId), inside)
    await readPatient(await readingOf(made, patientId, outside), '2026-03-02')
  })

  test('another practice’s patient is not there', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    const { id } = await addAlert(made, patientId, 'Latex')
    const { practice } = made
    const elsewhere = { db: practice.db, practiceId: 'another', actor: made.owner, now: practice.now() }
    await assert.rejects(loadAccess(elsewhere, patientId), { code: 'not-found' })
    const reading = { ...(await readingOf(made, patientId)), practiceId: 'another' }
    await assert.rejects(readEntry(reading, id), { code: 'not-found' })
    assert.deepEqual((await readEntries(reading)).entries, [])
  })

  test('pages follow each other without a gap or a double, undated entries too', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made)
    for (const on of ['2024', '2024-05', '2024-05-06', '2024-05-06', undefined, '2030-01-01', '1999-01-01']) {
      const body = parseBody('procedure', { code: { system: 'local', code: 'X', label: 'X' }, status: 'done', performedOn: on })
      await change(made, (writing) => addEntry(writing, { patientId, kind: 'procedure', body }))
    }
    const reading = await readingOf(made, patientId)
    const whole = (await readEntries(reading)).entries.map(({ id }) => id)
    const paged: string[] = []
    let after: { day: string; id: string } | undefined
    do {
      const page = await readEntries(reading, { after, limit: 2 })
      paged.push(...page.entries.map(({ id }) => id))
      after = page.next
    } while (after !== undefined)
    assert.equal(whole.length, 7)
    assert.deepEqual(paged, whole)
  })

  test('the journal says which, and never what', async () => {
    await using made = await makeTestPractice(engine)
    const patientId = await aPatient(made, { birthName: 'Zanzibar' })
    await addAlert(made, patientId, 'Pénicilline')
    const rows = await made.practice.db.selectFrom('journal_entry').selectAll().execute()
    assert.ok(!/zanzibar|p[ée]nicilline/i.test(JSON.stringify(rows)))
    const told = rows.find((row) => row.action === 'record.changed')
    assert.match(told?.subject ?? '', /^alert:/)
    assert.match(JSON.parse(told?.details ?? '').hash, /^[0-9a-f]{64}$/)
  })
})

const ALERT = parseBody('alert', { category: 'allergy', state: 'present', label: 'Pénicilline' })

function addAlert(made: TestPractice, patientId: string, label: string) {
  return change(made, (writing) =>
    addEntry(writing, { patientId, kind: 'alert', body: { category: 'allergy', state: 'present', label } }),
  )
}

function correctAlert(
  made: TestPractice,
  patientId: string,
  entryId: string,
  { label, expectedVersion, actor = made.owner }: { label: string; expectedVersion: number; actor?: Actor },
) {
  const body = { category: 'allergy', state: 'present', label }
  return change(
    made,
    (writing) => correctEntry(writing, { patientId, entryId, expectedVersion, kind: 'alert', body, reason: 'typed wrong' }),
    actor,
  )
}

async function readingOf({ practice, owner }: TestPractice, patientId: string, actor: Actor = owner): Promise<Reading> {
  const { db, id: practiceId } = practice
  return { db, practiceId, access: await loadAccess({ db, practiceId, actor, now: practice.now() }, patientId) }
}

function verify({ practice }: TestPractice, patientId: string) {
  return verifyRecord(practice.db, practice.id, patientId)
}

async function actions({ practice }: TestPractice, patientId: string): Promise<string[]> {
  const rows = await practice.db
    .selectFrom('journal_entry')
    .select('action')
    .where('patient_id', '=', patientId)
    .orderBy('seq')
    .execute()
  return rows.map((row) => row.action)
}

function versionOf({ practice }: TestPractice, entryId: string, version: number) {
  return practice.db
    .selectFrom('record_version')
    .selectAll()
    .where('entry_id', '=', entryId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
}

/** What an intruder with the key and a database program can do. */
async function allowChanges({ practice: { db, engine } }: TestPractice): Promise<void> {
  if (engine === 'postgresql') return void (await sql`alter table record_version disable trigger all`.execute(db))
  await sql`drop trigger record_version_no_update`.execute(db)
  await sql`drop trigger record_version_no_delete`.execute(db)
}
