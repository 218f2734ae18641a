/** For `killed.test.ts`: a process that imports a folder into the practice of another, as the command line does, and tells how far it is. */
import { openPracticeBeside } from '#installation'
import { consoleActor } from '#people'
import { importFolder } from './index.ts'

const [data = '', folder = '', database] = process.argv.slice(2)
await using opened = await openPracticeBeside({
  folder: data,
  offer: async () => undefined,
  env: {},
  ...(database === undefined ? {} : { database }),
})
const actor = await consoleActor(opened.practice, undefined, [])
await importFolder(opened.practice, actor, 'csv', folder, {
  isDry: false,
  onProgress: (rows) => process.stdout.write(`${rows}\n`),
})
