/** The commands of the guides run as they stand, page after page, on a sample practice; both languages have the same commands. */
import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makePractice } from '@couronne/samples'
import { run } from './peers/peers.ts'

const guides = join(import.meta.dirname, '..', 'docs', 'guide')
const PROGRAM = join(import.meta.dirname, '..', 'cli', 'bin', 'couronne.cjs')
/** In the order of their tables of contents. */
const FRENCH = ['premier-jour', 'chaque-jour', 'copies', 'restaurer', 'menage', 'sinistres'].map((name) => `fr/${name}.md`)
const ENGLISH = ['en/README.md']

/** Blocks of shell that are marked as tried. */
function commandsOf(pages: readonly string[]): string[] {
  return pages.flatMap((page) => {
    const text = readFileSync(join(guides, page), 'utf8')
    return [...text.matchAll(/<!-- (?:essayé|tried) -->\n```sh\n([\s\S]*?)```/g)].map(([, block]) => block!)
  })
}

for (const [language, pages] of [
  ['fr', FRENCH],
  ['en', ENGLISH],
] as const) {
  test(`every command of the guide that is marked as tried works: ${language}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'couronne-guide-'))
    try {
      for (const name of ['bin', 'root', 'srv', 'media']) mkdirSync(join(folder, name))
      makePractice(join(folder, 'srv', 'cabinet'), { patients: 3 })
      writeFileSync(join(folder, 'bin', 'couronne'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`, { mode: 0o755 })
      const script = commandsOf(pages)
        .join('\n')
        .replaceAll(/(?<=[\s'=])\/(srv|media|root)\//g, `${folder}/$1/`)
        .replaceAll(`srv/essai/srv`, `srv/essai${folder}/srv`)
      const env = {
        PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
        COURONNE_LANG: language,
        COURONNE_STATE_DIR: join(folder, 'state'),
        XDG_CACHE_HOME: join(folder, 'cache'),
        RESTIC_PASSWORD: undefined,
      }
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env, timeoutMs: 240_000 })
      assert.match(stdout, /^identi(que|cal)$/m)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

test('no page of the guide is left out of the trial', () => {
  const pages = globSync('{fr,en}/*.md', { cwd: guides }).filter((page) => page !== 'fr/README.md')
  assert.deepEqual(pages.sort(), [...FRENCH, ...ENGLISH].sort())
  for (const page of pages) assert.ok(commandsOf([page]).length > 0, `${page}: nothing is tried`)
})
