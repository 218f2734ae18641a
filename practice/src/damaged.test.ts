/** Bits that turn in the embedded database, met by a server that is asked over HTTP: said plainly, nothing made worse, the rest goes on. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { Desk, serverOptions } from '#testing'
import { type App, startApp } from './app.ts'

const PAGE_BYTES = 4096
const PAGES_TRIED = process.env.COURONNE_CAMPAIGN === '1' ? 1_000 : 12

test('one damaged page: whoever needs it is told so, whoever does not is served, and mended it is as it was', async (context) => {
  const top = mkdtempSync(join(tmpdir(), 'couronne-damaged-'))
  const options = serverOptions(top)
  const file = join(top, 'data', 'practice', 'records.db')
  const outcomes = new Map<string, number>()
  try {
    const patients: string[] = []
    let entryId = ''
    {
      await using app = await startApp(options)
      const desk = await Desk.setUp(app)
      for (let i = 0; i < 10; i++) patients.push(await desk.addPatient(`N${i}`))
      entryId = await desk.file(patients[0] as string, Buffer.from('Compte rendu'))
    }
    const pages = readFileSync(file).length / PAGE_BYTES
    for (let page = 1; page < pages; page += Math.max(1, Math.floor(pages / PAGES_TRIED))) {
      const at = page * PAGE_BYTES
      const before = readFileSync(file)
      const damaged = before.with(at + 1_000, (before[at + 1_000] as number) ^ 1)
      writeFileSync(file, damaged)
      const told = await tellOf(options, patients[0] as string, entryId)
      outcomes.set(told, (outcomes.get(told) ?? 0) + 1)
      const after = readFileSync(file)
      const isAsItWas = after.subarray(at, at + PAGE_BYTES).equals(damaged.subarray(at, at + PAGE_BYTES))
      if (isAsItWas)
        writeFileSync(
          file,
          Buffer.concat([after.subarray(0, at), before.subarray(at, at + PAGE_BYTES), after.subarray(at + PAGE_BYTES)]),
        )
    }
    assert.ok([...outcomes].some(([told]) => told.includes('damaged')) && [...outcomes].some(([told]) => told.includes('served')))
    await using app = await startApp(options)
    const desk = await Desk.signIn(app)
    assert.equal((await desk.ask('POST', '/api/journal/verify')).json.isWhole, true)
    const { db } = app.installation.practice()
    assert.deepEqual((await sql<{ integrity_check: string }>`pragma integrity_check`.execute(db)).rows, [
      { integrity_check: 'ok' },
    ])
    for (const id of patients) assert.equal((await desk.ask('POST', `/api/patients/${id}/verify`)).json.isWhole, true)
  } finally {
    context.diagnostic([...outcomes].map(([told, count]) => `${told}: ${count}`).join('; '))
    rmSync(top, { recursive: true })
  }
})

/** @returns `damaged` and `served`, each when some call was so; nothing else is allowed */
async function tellOf(options: Parameters<typeof startApp>[0], patientId: string, entryId: string): Promise<string> {
  let app: App
  try {
    app = await startApp(options)
  } catch (error) {
    assert.equal((error as { code: string }).code, 'damaged')
    return 'damaged at the start'
  }
  await using _app = app
  const told = new Set<string>()
  const signedIn = await Desk.signIn(app).catch((error: Error) => assert.match(error.message, /"code":"damaged"/))
  if (signedIn === undefined) return 'damaged before anybody signs in'
  for (const [method, path, body] of [
    ['GET', `/api/patients/${patientId}`],
    ['GET', `/api/patients/${patientId}/entries`],
    ['GET', `/api/patients/${patientId}/documents/${entryId}/content`],
    ['GET', '/api/patients'],
    ['GET', '/api/patients?query=exemple'],
    ['GET', '/api/journal'],
    ['POST', '/api/journal/verify'],
    ['POST', '/api/patients', { identity: { birthName: 'Nouvelle', givenNames: ['Zoé'], sex: 'female' } }],
    ['GET', '/healthz'],
  ] as const) {
    const { status, json, text } = await signedIn.ask(method, path, body)
    if (status < 300) told.add('served')
    else {
      assert.deepEqual([status, json?.code], [500, 'damaged'], `${method} ${path}: ${text}`)
      told.add('damaged')
    }
  }
  return [...told].sort().join(' and ')
}
