/** A medium of images over HTTP: sent as one archive, recognised, taken over by a job, its report kept; the tray has what waits. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { Desk, databaseFor, onBothEngines, serverOptions } from '#testing'
import { makeZip } from '../../tests/zip.ts'
import { startApp } from './app.ts'

const MEDIUM = join(import.meta.dirname, '../../samples/dicom/media')
const top = mkdtempSync(join(tmpdir(), 'couronne-images-import-'))
after(() => rmSync(top, { recursive: true, force: true }))

function zipped(): Buffer {
  const entries = readdirSync(MEDIUM, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Buffer.from(
    makeZip(
      entries.map((entry) => {
        const address = join(entry.parentPath, entry.name)
        return { name: address.slice(MEDIUM.length + 1), bytes: readFileSync(address), isDeflated: true }
      }),
    ),
  )
}

onBothEngines('images as an import', (engine) => {
  test('an archive that was sent is told to be images, and each of its files is accounted for', async () => {
    const database = await databaseFor(engine)
    const options = serverOptions(join(top, engine))
    await using app = await startApp({ ...options, ...(database === undefined ? {} : { database }) })
    const desk = await Desk.setUp(app)
    const source = await desk.ask('POST', '/api/imports/sources', { title: 'CD', place: { kind: 'files' } })
    const at = `/api/imports/sources/${source.json.id}`
    const archive = zipped()
    const begun = await desk.ask('POST', `${at}/files`, { files: [{ path: 'CD.zip', sizeBytes: archive.length }] })
    await desk.ask('PATCH', `/api/imports/files/${begun.json.files[0].id}`, archive, { 'upload-offset': '0' })
    const contents = await desk.ask('GET', `${at}/contents`)
    assert.deepEqual([contents.json.type, contents.json.tables], ['dicom', []])
    await desk.ask('PUT', `${at}/profile`, { profile: contents.json.proposed })
    const { jobId } = (await desk.ask('POST', `${at}/runs`, { isDry: false })).json
    for (;;) {
      const { json: job } = await desk.ask('GET', `/api/jobs/${jobId}`)
      if (job.endedAt !== undefined) break
      await setTimeout(50)
    }
    const [run] = (await desk.ask('GET', `${at}/runs`)).json.runs
    const [images] = run.tables
    assert.deepEqual([run.state, images.rows, images.added, images.used, images.refused], ['done', 32, 14, 1, 17])
    const csv = await desk.ask('GET', `/api/imports/runs/${run.id}/report.csv`)
    assert.equal(csv.text.trim().split('\r\n').length, 1 + 14 + 17)
    const rows = await desk.ask('GET', `/api/imports/runs/${run.id}/rows?which=remarked&code=image-unknown-number`)
    assert.equal(rows.json.rows.length, 14)
    assert.equal((await desk.ask('GET', '/api/images/tray/count')).json.tray, 3)
  })
})
