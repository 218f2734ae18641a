/** For `import-under-kills.ts`: a process that imports into the practice of another, as the command line does, and tells how far it is. */
import { compareDue } from '#duplicates'
import { importDicomFolder } from '#images'
import { openPracticeBeside } from '#installation'
import { consoleActor } from '#people'
import { type AskedImport, tellingStatements } from './import-under-kills.ts'
import { importFolder } from './index.ts'

const asked = JSON.parse(process.argv[2] ?? '') as AskedImport & { readonly afterStatements?: number; readonly delayMs?: number }
const { data, database, steps, afterStatements = Number.POSITIVE_INFINITY, delayMs = 0 } = asked
await using opened = await openPracticeBeside({
  folder: data,
  offer: async () => undefined,
  env: {},
  ...(database === undefined ? {} : { database }),
})
let statements = 0
const practice = tellingStatements(opened.practice, () => {
  if (++statements !== afterStatements) return
  if (delayMs === 0) killMyself()
  else setTimeout(killMyself, delayMs)
})
const actor = await consoleActor(opened.practice, undefined, [])
const onProgress = (rows: number) => process.stdout.write(`${rows}\n`)
for (const { profile, folder } of steps) {
  if (folder === undefined) await compareDue(practice)
  else if (profile === undefined) await importDicomFolder(practice, actor, folder, { isDry: false })
  else await importFolder(practice, actor, profile, folder, { isDry: false, onProgress, askPassword: async () => undefined })
}

function killMyself(): void {
  process.kill(process.pid, 'SIGKILL')
}
