/** For `killed.test.ts`: a process that judges all records of another's practice, as the command line does, and tells how far it is. */
import { openPracticeBeside } from '#installation'
import { refreshAll } from './refresh.ts'
import { keepTrend } from './trend.ts'

const [data = '', database] = process.argv.slice(2)
await using opened = await openPracticeBeside({
  folder: data,
  offer: async () => undefined,
  env: {},
  ...(database === undefined ? {} : { database }),
})
await refreshAll(opened.practice, { isAgain: true, onProgress: (records) => process.stdout.write(`${records}\n`) })
await keepTrend(opened.practice)
