/**
 * Sends the same files to this application and to Orthanc, in turns, compares every kept file with what was sent, and prints what that took, as
 * JSON. For the question `reception`.
 *
 *     node benchmarks/reception-process.ts PARTS ROUNDS FOLDER
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeFileMeta } from '@couronne/formats'
import { startApp } from '@couronne/practice'
import { startOrthanc } from '../tests/peers/orthanc.ts'
import { run } from '../tests/peers/peers.ts'
import { STEP_TIMEOUT_MS } from './measure.ts'

export interface ReceptionFigures {
  readonly sort: string
  readonly files: number
  readonly bytes: number
  /** milliseconds for all files, a round each */
  readonly couronneMs: readonly number[]
  readonly orthancMs: readonly number[]
}

const SAMPLES = join(import.meta.dirname, '../samples/dicom')
/** A slice of a scanner, a slice of a cone beam, a sensor's image. */
const SORTS = [
  { sort: 'CT slices of 39 KB', file: 'CT_small.dcm', count: 1_000 },
  { sort: 'cone beam slices of 133 KB', file: 'dental/p3_CT_CBCT_00.dcm', count: 800 },
  { sort: 'sensor images of 1.5 MB', file: 'dental/p1_IO_36.dcm', count: 100 },
] as const
let copies = 0
const OWNER = { login: 'camille', displayName: 'Dr Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' } as const

if (import.meta.main) {
  const [parts, rounds, folder = ''] = process.argv.slice(2)
  await using app = await startApp({
    folder: join(folder, 'data'),
    keyFolder: join(folder, 'keys'),
    host: '127.0.0.1',
    port: 0,
    version: '0',
    env: {},
    reception: { host: '127.0.0.1', port: 0, aeTitle: 'COURONNE' },
  })
  await app.installation.createPractice({ name: 'Cabinet d’exemple', facts: {}, owner: OWNER })
  await using orthanc = await startOrthanc()
  const sent = new Set<string>()
  const figures: ReceptionFigures[] = []
  for (const { sort, file, count } of SORTS) {
    const files = Math.max(2, Math.round(count / Number(parts)))
    const template = await asSent(join(SAMPLES, file), join(folder, 'template.dcm'))
    const couronneMs: number[] = []
    const orthancMs: number[] = []
    for (let round = 0; round < Number(rounds); round++) {
      const batch = join(folder, 'sent', `${file.replace('/', '-')}-${round}`)
      for (const digest of writeCopies(batch, template, files)) sent.add(digest)
      const turns = [
        async () => couronneMs.push(await send(batch, app.receptionPort() ?? 0)),
        async () => orthancMs.push(await send(batch, orthanc.port)),
      ]
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
    }
    figures.push({ sort, files, bytes: files * template.length, couronneMs, orthancMs })
  }
  await requireKept(app.address, sent)
  console.log(JSON.stringify(figures))
}

/** storescu leaves padding out and writes some elements its own way: as it would, so that what it reads is what it sends. */
async function asSent(sample: string, path: string): Promise<Buffer> {
  await run('dcmconv', ['--padding-off', sample, path])
  return readFileSync(path)
}

/** Copies that differ in their SOP Instance UID alone, which keeps its length. @returns the digests of their data sets */
function* writeCopies(folder: string, template: Buffer, count: number): Generator<string> {
  mkdirSync(folder, { recursive: true })
  const { sopInstanceUid = '' } = decodeFileMeta(template) ?? {}
  if (sopInstanceUid.length < 12) throw new Error('a sample without a UID to count in')
  for (let i = 0; i < count; i++) {
    const uid = sopInstanceUid.slice(0, -8) + String(10_000_000 + copies++)
    const copy = Buffer.from(template)
    for (let at = copy.indexOf(sopInstanceUid); at >= 0; at = copy.indexOf(sopInstanceUid, at + 1)) copy.write(uid, at, 'latin1')
    writeFileSync(join(folder, `${i}.dcm`), copy)
    yield digestOf(copy)
  }
}

/** dcmtk waits for 40 ms a file without it. */
async function send(folder: string, port: number): Promise<number> {
  const started = performance.now()
  await run('storescu', ['-aec', 'COURONNE', '+sd', '127.0.0.1', String(port), folder], {
    env: { TCP_NODELAY: '1' },
    timeoutMs: STEP_TIMEOUT_MS,
  })
  return performance.now() - started
}

function digestOf(file: Buffer): string {
  return createHash('sha256')
    .update(file.subarray(decodeFileMeta(file)?.dataSetOffset ?? 0))
    .digest('hex')
}

/** Every data set that was sent is kept, byte for byte, and nothing else. */
async function requireKept(address: string, sent: ReadonlySet<string>): Promise<void> {
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  const { login, password } = OWNER
  const signedIn = await fetch(`${address}/api/sign-in/password`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ login, password }),
  })
  const cookie = signedIn.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
  const ask = (path: string) => fetch(`${address}/api/images/tray${path}`, { headers: { cookie } })
  const kept = new Set<string>()
  const { studies } = (await (await ask('')).json()) as { studies: { id: string }[] }
  for (const { id } of studies) {
    const { series } = (await (await ask(`/${id}`)).json()) as { series: { instances: { id: string }[] }[] }
    for (const instance of series.flatMap(({ instances }) => instances)) {
      const content = await ask(`/${id}/instances/${instance.id}/content`)
      kept.add(digestOf(Buffer.from(await content.arrayBuffer())))
    }
  }
  if (kept.symmetricDifference(sent).size > 0)
    throw new Error(`${sent.size} data sets were sent, and ${kept.intersection(sent).size} are kept`)
}
