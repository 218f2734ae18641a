/** For killed.test.ts: sets a practice up, and is killed at some point of it. */
import { Installation } from '../installation.ts'

const [folder = '', keyFolder = ''] = process.argv.slice(2)
const installation = await Installation.start({ folder, keyFolder, now: () => Temporal.Now.instant(), env: {} })
process.stdout.write('started\n')
await installation.createPractice({
  name: 'Cabinet d’essai',
  facts: {},
  owner: { login: 'camille', displayName: 'Dr Camille Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' },
})
process.stdout.write('made\n')
await new Promise((resolve) => setTimeout(resolve, 60_000))
