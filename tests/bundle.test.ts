/** The bundle is what the command line runs, as long as it is made of the sources that are there. */
import assert from 'node:assert/strict'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'

interface BundleModule {
  readonly manifestFile: string
  findBundle(): string | undefined
  factsOf(file: string): string
}

const ROOT = join(import.meta.dirname, '..')
const SOURCE = 'cli/bin/couronne.cjs'
const load = (root: string) => createRequire(import.meta.url)(join(root, 'cli/bin/bundle.cjs')) as BundleModule

const MADE = load(ROOT).findBundle()!

let folder: string
let root: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'couronne-bundle-'))
  root = join(folder, 'root')
  cpSync(join(ROOT, 'cli/bin'), join(root, 'cli/bin'), { recursive: true })
  const inputs = { [SOURCE]: load(root).factsOf(SOURCE) }
  cpSync(dirname(MADE), join(root, '.cache/bundle/made'), { recursive: true })
  writeFileSync(
    load(root).manifestFile,
    JSON.stringify({ root, name: 'made', inputs, outputs: { 'main.js': statSync(MADE).size } }),
  )
})
afterEach(() => rmSync(folder, { recursive: true }))

test('set-up has made one of these sources, with the workers in it', () => {
  const main = load(ROOT).findBundle()
  assert.ok(main !== undefined && existsSync(main))
  const workers = readdirSync(dirname(main)).filter((name) => /worker\.js$/.test(name))
  assert.deepEqual(workers, [
    'practice-src-database-checkpoint-worker.js',
    'practice-src-database-copy-worker.js',
    'practice-src-sources-sql-sqlite-check-worker.js',
    'vault-src-repository-engine-worker.js',
    'vault-src-repository-verify-unpack-worker.js',
    'vault-src-repository-verify-worker.js',
  ])
})

test('it is taken while nothing has changed', () => {
  assert.equal(load(root).findBundle(), join(root, '.cache/bundle/made/main.js'))
})

test('it is not taken when a source has changed, or is gone', () => {
  const source = join(root, SOURCE)
  appendFileSync(source, '\n')
  assert.equal(load(root).findBundle(), undefined)
  rmSync(source)
  assert.equal(load(root).findBundle(), undefined)
})

test('it is not taken when the whole has moved: it knows where the sources were', () => {
  const moved = join(folder, 'moved')
  renameSync(root, moved)
  assert.equal(load(moved).findBundle(), undefined)
})

test('one that a power cut has emptied is not taken', () => {
  truncateSync(join(root, '.cache/bundle/made/main.js'))
  assert.equal(load(root).findBundle(), undefined)
})

test('a list that is not whole is none', () => {
  writeFileSync(load(root).manifestFile, '{"root":')
  assert.equal(load(root).findBundle(), undefined)
})
