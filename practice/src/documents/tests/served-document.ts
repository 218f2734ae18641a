/** For tests alone: a document that goes over HTTP to a server of its own and back, and how large that server became. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Desk } from '#testing'
import { pseudoRandom } from '../pseudo-random.ts'

/** As large as a CBCT volume may be, with COURONNE_CAMPAIGN=1. */
const LARGE_BYTES = (process.env.COURONNE_CAMPAIGN === '1' ? 2048 : 192) * 1024 ** 2
/** Fills every buffer and queue that a large one fills: what is more than with this one is kept. */
const WARMING_BYTES = 48 * 1024 ** 2
/** What the collector has not come round to yet. */
const SLACK_KIB = 64 * 1024

const SERVER = join(import.meta.dirname, '../../serve-until-killed.ts')
const PIECE_BYTES = 16 * 1024 * 1024
/** Little enough for what is kept by mistake to be told from what waits for the collector. */
const HEAP_MB = 96

/**
 * A document goes to a server and back, and asks no more memory of it than a small one.
 * @param more of the server's options: where documents are
 */
export async function requireBoundedMemory(more: object = {}): Promise<void> {
  const small = await residentKibOfServer(WARMING_BYTES, more)
  const large = await residentKibOfServer(LARGE_BYTES, more)
  assert.ok(large < small + SLACK_KIB, `${large} KiB with ${LARGE_BYTES} bytes, ${small} KiB with ${WARMING_BYTES}`)
}

/** @returns the highest resident size while it took the document and gave it back */
async function residentKibOfServer(sizeBytes: number, more: object): Promise<number> {
  const top = mkdtempSync(join(tmpdir(), 'couronne-large-document-'))
  const options = JSON.stringify({ folder: join(top, 'data'), keyFolder: join(top, 'keys'), ...more })
  const flags = ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${HEAP_MB}`]
  const server = spawn(process.execPath, [...flags, SERVER, options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(server, 'close')
  try {
    const [said] = await once(server.stdout, 'data')
    const desk = await Desk.setUp({ address: `${said}`.trim() })
    const patientId = await desk.addPatient('N1')
    writeFileSync(`/proc/${server.pid}/clear_refs`, '5') // hashing passwords takes more than any of this
    const entryId = await file(desk, patientId, sizeBytes)
    await requireSame(desk, `/api/patients/${patientId}/documents/${entryId}/content`, sizeBytes)
    const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])
  } finally {
    server.kill('SIGKILL')
    await closed
    rmSync(top, { recursive: true, force: true })
  }
}

/** @returns the entry's id */
async function file(desk: Desk, patientId: string, sizeBytes: number): Promise<string> {
  const upload = await desk.begin(patientId, sizeBytes, 'volume.bin')
  for (let at = 0; at < sizeBytes; ) {
    const piece = Buffer.concat(await Array.fromAsync(pseudoRandom(1, at, Math.min(at + PIECE_BYTES, sizeBytes))))
    const sent = await desk.send(upload, at, piece)
    assert.equal(sent.status, 200, sent.text)
    assert.ok(sent.json.receivedBytes > at)
    at = sent.json.receivedBytes // whole blocks are kept: the rest of a piece comes again
  }
  const finished = await desk.ask('POST', `${upload}/finish`)
  assert.equal(finished.status, 201, finished.text)
  return finished.json.entryId
}

async function requireSame(desk: Desk, path: string, sizeBytes: number): Promise<void> {
  const [sent, got] = [createHash('sha256'), createHash('sha256')]
  for await (const chunk of pseudoRandom(1, 0, sizeBytes)) sent.update(chunk)
  const reply = await fetch(`${desk.address}${path}`, { headers: { cookie: desk.cookie, 'sec-fetch-site': 'same-origin' } })
  assert.equal(reply.status, 200)
  for await (const chunk of reply.body ?? []) got.update(chunk)
  assert.equal(got.digest('hex'), sent.digest('hex'))
}
