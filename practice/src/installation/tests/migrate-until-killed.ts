/** For killed-migration.test.ts: opens a practice with a further migration, and is killed at some point of it. */
import { Installation } from '../installation.ts'
import { WITH_LATER } from './later-migration.ts'

const [folder = '', keyFolder = '', database] = process.argv.slice(2)
process.stdout.write('started\n')
await Installation.start({
  folder,
  keyFolder,
  now: () => Temporal.Now.instant(),
  env: {},
  migrations: WITH_LATER,
  ...(database === undefined ? {} : { database }),
})
process.stdout.write('migrated\n')
await new Promise((resolve) => setTimeout(resolve, 60_000))
