/** The commands of the guide run as they stand, page after page, on a sample practice and with a colleague's server. */
import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { makePractice } from '@couronne/samples'
import { type RunResult, restic018, run } from './peers/peers.ts'
import { freePort } from './peers/serving.ts'

const guides = join(import.meta.dirname, '..', 'docs', 'guide')
const PROGRAM = join(import.meta.dirname, '..', 'cli', 'bin', 'couronne.cjs')
/** In the order in which they run: the colleague is ready first. */
const FRENCH = [
  'heberger',
  'premier-jour',
  'chaque-jour',
  'bases-de-donnees',
  'copies',
  'restaurer',
  'menage',
  'sinistres',
  'rancongiciel',
  'mots-de-passe',
  'depot-abime',
].map((name) => `fr/${name}.md`)
const ENGLISH = 'en/README.md'
/** Nothing in them can run here: servers of others, pages that are used in a browser (`tests/browser`), an export, a medium, a practice (`tests/cli`). */
const UNTRIED = ['README', 'cabinet', 'destinations', 'reprendre', 'completude', 'doublons', 'images'].map(
  (name) => `fr/${name}.md`,
)

interface Block {
  readonly commands: string
  /** Exit code that the last command ends with; `serving` for a server that goes on while the rest runs. */
  readonly ends: number | 'serving'
}

/** Blocks of shell that are marked as tried. */
function blocksOf(page: string): Block[] {
  const text = readFileSync(join(guides, page), 'utf8')
  return [...text.matchAll(/<!-- (?:essayé|tried)(?:\s*: code (\d+)|, (en marche|serving))? -->\n```sh\n([\s\S]*?)```/g)].map(
    ([, code, serving, commands = '']) => ({ commands, ends: serving === undefined ? Number(code ?? 0) : 'serving' }),
  )
}

/** One line of bash for each block, which stops at the first that does not end as the guide says. */
function scriptOf(page: string, port: number): string {
  return blocksOf(page)
    .map(({ commands, ends }) => {
      if (ends === 'serving')
        return `${commands.trimEnd()} >&2 &\ntrap "kill $!" EXIT\nuntil (: > /dev/tcp/127.0.0.1/${port}) 2>&-; do sleep 0.05; done`
      if (ends === 0) return commands
      return `set +e\n${commands}code=$?\nset -e\n[ "$code" = ${ends} ] || { echo "${page}: ended with $code" >&2; exit 1; }`
    })
    .join('\n')
}

test('every command of the guide that is marked as tried does what the guide says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-guide-'))
  try {
    for (const name of ['bin', 'root', 'srv', 'media/disque', 'media/second']) mkdirSync(join(folder, name), { recursive: true })
    makePractice(join(folder, 'srv', 'cabinet'), { patients: 3 })
    const port = await freePort()
    const [hosting = '', firstDay = '', ...others] = FRENCH.map((page) => hereOnly(scriptOf(page, port), folder, port))
    const script = [
      hosting,
      'owner=$(sed -n "s/.*clés : //p" said)\nwriter=$(sed -n "s/.*sauvegardes : *//p" said)',
      `cp '${folder}/srv/confrere.pem' '${folder}/root/confrere.pem'`,
      firstDay,
      cheaperKeys(folder),
      ...others.map((page, i) => (FRENCH[i + 2] === 'fr/rancongiciel.md' ? `${attack(folder)}\n${page}` : page)),
    ]
    const { stdout } = await runHere(folder, 'fr', script.join('\n'))
    assert.match(stdout, /^identique$/m)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

function runHere(folder: string, language: 'fr' | 'en', script: string): Promise<RunResult> {
  writeFileSync(join(folder, 'bin', 'couronne'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`, { mode: 0o755 })
  const env = {
    PATH: `${join(folder, 'bin')}:${dirname(restic018())}:${process.env.PATH}`,
    COURONNE_LANG: language,
    COURONNE_STATE_DIR: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/couronne-code'),
    RESTIC_PASSWORD: undefined,
  }
  return run('bash', ['-euo', 'pipefail', '-c', script], { cwd: folder, env, timeoutMs: 10 * 60_000 })
}

/** The folders and the colleague of the guide, as they are here; what somebody types; secrets that the server has made up. */
function hereOnly(script: string, folder: string, port: number): string {
  return script
    .replaceAll(/(?<![\w.}])\/(srv|media|root)(?=[/\s'"]|$)/gm, `${folder}/$1`)
    .replaceAll(/(?<=\/srv\/\w[\w-]*)(?=\/srv\/)/g, folder)
    .replaceAll(/^(couronne vault serve account add .*)$/gm, '$1 | tee said')
    .replaceAll('0.0.0.0:8000', `127.0.0.1:${port}`)
    .replaceAll('confrere.example:8000', `localhost:${port}`)
    .replaceAll('confrere.example', 'localhost')
    .replaceAll(/^read .*$/gm, 'RESTIC_REST_PASSWORD=$owner')
    .replaceAll('LE-MOT-DE-PASSE-D-ECRITURE', '$writer')
    .replaceAll("<<'FIN'", '<<FIN')
    .replaceAll(/^diff (.*) && echo/gm, 'diff $1; echo') // what fails before && stops no script
}

/** What ransomware does, and the backup that runs before anybody notices. */
function attack(folder: string): string {
  const practice = `${folder}/srv/cabinet`
  return `find ${practice}/Base -type f -exec mv {} {}.chiffre \\;\ncouronne vault backup ${practice} --tag soir -q`
}

/** Keys that cost a millisecond to try, in the place of those of half a second: the guide tries them sixty times. */
function cheaperKeys(folder: string): string {
  const program = `
    import { changePassword, openRepository } from '@couronne/vault'
    import { readFileSync } from 'node:fs'
    const password = readFileSync('${folder}/root/mot-de-passe', 'utf8').trim()
    for (const place of ['${folder}/media/disque/coffre', '${folder}/srv/copies/cabinet-martin']) {
      await using repository = await openRepository(place, { password })
      await changePassword(repository, { current: password, next: password }, { scrypt: { n: 2, r: 1, p: 1 } })
    }`
  return `(cd '${import.meta.dirname}' && '${process.execPath}' --input-type=module -e "${program}")`
}

test('the commands of the English page work too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-guide-'))
  try {
    for (const name of ['bin', 'root', 'srv', 'media']) mkdirSync(join(folder, name))
    makePractice(join(folder, 'srv', 'cabinet'), { patients: 3 })
    const { stdout } = await runHere(folder, 'en', hereOnly(scriptOf(ENGLISH, 0), folder, 0))
    assert.match(stdout, /^identical$/m)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('no page of the guide is left out of the trial', () => {
  const pages = globSync('{fr,en}/*.md', { cwd: guides }).filter((page) => !UNTRIED.includes(page))
  assert.deepEqual(pages.sort(), [...FRENCH, ENGLISH].sort())
  for (const page of pages) assert.ok(blocksOf(page).length > 0, `${page}: nothing is tried`)
})
