/** `docs/errors.md` and `docs/errors-application.md`, the words of the command line and the code know the same error codes. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const PARTS = ['**Meaning.**', '**What to do.**', '**Signification.**', '**Que faire.**']

const REASON = /\$\{reason\}/

const page = readFileSync(join(root, 'docs/errors.md'), 'utf8')
const sections = page.split(/^## /m).slice(1)
const documented = sections.map((section) => /^`([^`]+)`/.exec(section)?.[1] ?? section.slice(0, 20))

test('each code that is thrown has its section, and no section is about a code that is gone', () => {
  assert.deepEqual(documented, [...thrownCodes()].sort())
})

test('each section says what it means and what to do, in English and in French', () => {
  for (const [i, section] of sections.entries()) {
    for (const part of PARTS) assert.ok(section.includes(`${part} `), `${documented[i]}: ${part}`)
  }
})

test('the command line has words for each code and for no other', () => {
  assert.deepEqual(wordsOf('cli/src/messages.ts', 'ADVICE'), documented)
})

/** The codes for which a table of the command line has words. */
function wordsOf(file: string, name: string): string[] {
  const source = readFileSync(join(root, file), 'utf8')
  const table = new RegExp(`export const ${name}[^=]*= \\{(.*?)\\n\\}`, 's').exec(source)?.[1] ?? ''
  return [...table.matchAll(/^ {2}'?([a-z-]+)'?: \{/gm)].map((match) => match[1] ?? '').sort()
}

test('the application’s codes have their page and their words', () => {
  const codes = applicationCodes()
  const sections = readFileSync(join(root, 'docs/errors-application.md'), 'utf8').split(/^## /m).slice(1)
  assert.deepEqual(
    sections.map((section) => /^`([^`]+)`/.exec(section)?.[1]),
    codes,
  )
  for (const section of sections) for (const part of PARTS) assert.ok(section.includes(`${part} `), section.slice(0, 30))
  assert.deepEqual(wordsOf('cli/src/practice/words.ts', 'APPLICATION_ADVICE'), codes)
})

/** `readonly code = '…'` of each error class. */
function applicationCodes(): string[] {
  const files = globSync('practice/src/**/*.ts', { cwd: root }).filter((file) => !/\.test\.ts$/.test(file))
  const found = files.flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/readonly code = '([a-z-]+)'/g)])
  return [...new Set(found.map((match) => match[1] ?? ''))].sort()
}

test('the codes are found where they are thrown', () => {
  const codes = thrownCodes()
  for (const code of ['format', 'storage-full', 'self-check', 'unexpected']) assert.ok(codes.has(code), code)
})

/** The first argument of each `VaultError` that the sources make, written out; a reason in it is expanded from its union. */
function thrownCodes(): Set<string> {
  const codes = new Set(['unexpected']) // what the command line says of errors that are not ours
  const files = globSync(['vault/src/**/*.ts', 'cli/src/**/*.ts'], { cwd: root }).filter(
    (file) => !/\.(test|suite)\.ts$/.test(file),
  )
  for (const file of files) {
    const source = readFileSync(join(root, file), 'utf8')
    const isErrors = file.endsWith('vault/src/errors.ts') || file.startsWith('cli')
    const made = isErrors ? /(?:super|new VaultError)\(\s*['`]([^'`]+)['`]/g : /new VaultError\(\s*['`]([^'`]+)['`]/g
    for (const [, code] of source.matchAll(made)) for (const each of expand(code ?? '', source)) codes.add(each)
  }
  return codes
}

function expand(code: string, source: string): string[] {
  if (!REASON.test(code)) return [code]
  const union = /readonly reason: ([^\n]+)/.exec(source)?.[1] ?? ''
  return [...union.matchAll(/'([a-z-]+)'/g)].map((match) => code.replace(REASON, match[1] ?? ''))
}
