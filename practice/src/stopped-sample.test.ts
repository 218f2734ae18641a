/** The server is stopped while the sample practice is made: whoever asked is told, and the next start is as after a crash. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { MakeSample } from '#installation'
import { makeSamplePractice, type SampleRecord } from '#sample'
import { databaseFor, FEW_RECORDS, onBothEngines, serverOptions } from '#testing'
import { type App, startApp } from './app.ts'

onBothEngines('a server that is stopped while the sample practice is made', (engine) => {
  test('ends its making and says so; the next start has nothing, and makes it anew', async () => {
    await using place = await aPlace()
    await using app = await place.start(place.endless)
    const asked = ask(app)
    const watched = watch(app)
    await place.hasBegun
    await app[Symbol.asyncDispose]()
    assert.equal(place.isOver(), true)
    const answer = await asked
    assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [503, 'stopping'])
    assert.match(await watched, /"kind":"failed","code":"stopping"/)

    await using again = await place.start(few)
    assert.deepEqual([again.installation.state().kind, await making(again)], ['empty', 'idle'])
    assert.equal((await ask(again)).status, 201)
    const { db } = again.installation.practice()
    assert.equal((await db.selectFrom('patient').select('id').execute()).length, FEW_RECORDS.length)
  })

  async function aPlace() {
    const top = mkdtempSync(join(tmpdir(), 'couronne-stopped-sample-'))
    const database = await databaseFor(engine)
    const begun = Promise.withResolvers<void>()
    let isOver = false
    const endless: MakeSample = async (installation, language, { onProgress, signal }) => {
      try {
        return await makeSamplePractice(installation, endlessRecords, language, {
          signal,
          onProgress: (progress) => {
            onProgress(progress)
            if (progress.done > 0) begun.resolve()
          },
        })
      } finally {
        isOver = true
      }
    }
    return {
      endless,
      hasBegun: begun.promise,
      isOver: () => isOver,
      start: (makeSample: MakeSample) =>
        startApp({ ...serverOptions(top), makeSample, ...(database === undefined ? {} : { database }) }),
      [Symbol.asyncDispose]: async () => rmSync(top, { recursive: true, force: true }),
    }
  }
})

const few: MakeSample = (installation, language) => makeSamplePractice(installation, () => FEW_RECORDS, language)

function* endlessRecords(): Generator<SampleRecord> {
  for (let number = 0; ; number++) {
    const identity = { fileNumber: String(number), birthName: 'Beaulac', givenNames: ['Zoé'], sex: 'female', bornOn: '1980' }
    yield { identity, entries: [] }
  }
}

function ask({ address }: App): Promise<Response> {
  return fetch(`${address}/api/installation/sample`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ language: 'fr' }),
  })
}

async function watch({ address }: App): Promise<string> {
  for (;;) {
    const told = await (await fetch(`${address}/api/installation/sample/events`)).text()
    if (!told.includes('"idle"')) return told // asked before the making began
  }
}

async function making({ address }: App): Promise<string> {
  const { sampleMaking } = (await (await fetch(`${address}/api/installation`)).json()) as { sampleMaking: { kind: string } }
  return sampleMaking.kind
}
