/** `docs/errors.md`, the words of the command line and the code know the same error codes. */
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
  const source = readFileSync(join(root, 'cli/src/messages.ts'), 'utf8')
  const table = /export const ADVICE[^=]*= \{(.*?)\n\}/s.exec(source)?.[1] ?? ''
  const codes = [...table.matchAll(/^ {2}'?([a-z-]+)'?: \{/gm)].map((match) => match[1])
  assert.deepEqual(codes.toSorted(), documented)
})

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
