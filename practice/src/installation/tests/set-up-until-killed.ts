/** For killed.test.ts: sets a practice up, and is killed at some point of it, or kills itself at a chosen one. */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Installation } from '../installation.ts'

const [folder = '', keyFolder = '', moment = '', database] = process.argv.slice(2)
if (moment !== '') killAtKeySlots(moment)
const installation = await Installation.start({
  folder,
  keyFolder,
  now: () => Temporal.Now.instant(),
  env: {},
  ...(database === undefined ? {} : { database }),
})
process.stdout.write('started\n')
await installation.createPractice({
  name: 'Cabinet d’essai',
  facts: {},
  owner: { login: 'camille', displayName: 'Dr Camille Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' },
})
process.stdout.write('made\n')
await new Promise((resolve) => setTimeout(resolve, 60_000))

/** Before: the database has committed, and the list of key slots is not there. After: it is, and nobody was told. */
function killAtKeySlots(moment: string): void {
  const rename = fs.rename
  fs.rename = async (from, to) => {
    const isKeySlots = String(to).endsWith('key-slots.json')
    if (isKeySlots && moment === 'before') process.kill(process.pid, 'SIGKILL')
    await rename(from, to)
    if (isKeySlots && moment === 'after') process.kill(process.pid, 'SIGKILL')
  }
  syncBuiltinESMExports()
}
