/** A process that uploads until it is killed, for `crash.test.ts`; or that measures its memory, for `memory.test.ts`. */
import { createHash } from 'node:crypto'
import { Installation } from '#installation'
import { appendUpload, beginUpload, finishUpload, getUpload, readObject } from './index.ts'
import { pseudoRandom } from './pseudo-random.ts'

const [task = '', folder = '', size = '0', seedText = '0', database] = process.argv.slice(2)
const [sizeBytes, seed] = [Number(size), Number(seedText)]

await using installation = await Installation.start({
  folder: `${folder}/data`,
  keyFolder: `${folder}/keys`,
  now: Temporal.Now.instant,
  env: {},
  ...(database === undefined ? {} : { database }),
})
const practice = installation.practice()
if (task === 'upload') await uploadInPieces()
else await measure()

/** Says on standard output what was acknowledged, as a client would have heard it. */
async function uploadInPieces(): Promise<void> {
  const { id } = await beginUpload(practice, { patientId: 'p', accountId: 'a', fileName: `${seed}.bin`, sizeBytes })
  say({ id, seed, receivedBytes: 0 })
  for (let at = 0; at < sizeBytes; ) {
    const { receivedBytes } = await appendUpload(practice, id, at, pseudoRandom(seed, at, Math.min(at + 3_000_000, sizeBytes)))
    at = receivedBytes
    say({ id, seed, receivedBytes })
  }
  const { object } = await finishUpload(practice, id)
  say({ id, seed, finished: object.id })
}

/** Uploads and downloads once, and prints the highest resident size that was seen. */
async function measure(): Promise<void> {
  const { id } = await beginUpload(practice, { patientId: 'p', accountId: 'a', fileName: 'volume.dcm', sizeBytes })
  await appendUpload(practice, id, 0, pseudoRandom(seed, 0, sizeBytes))
  if ((await getUpload(practice, id)).receivedBytes !== sizeBytes) throw new Error('not all is there')
  const { object } = await finishUpload(practice, id)
  const hash = createHash('sha256')
  for await (const chunk of (await readObject(practice, object.id)).stream) hash.update(chunk)
  say({ isSame: hash.digest('hex') === object.sha256, residentKib: process.resourceUsage().maxRSS })
}

function say(fact: object): void {
  process.stdout.write(`${JSON.stringify(fact)}\n`)
}
