import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'

// The registry is far away and slow: npm is played by a script that takes `NPM_MS`, notes each run in `runs`, and can fail as npm does.
const NPM = `
const fs = require('node:fs')
fs.appendFileSync('runs', process.argv.slice(2).join(' ') + '\\n')
fs.rmSync('node_modules', { recursive: true, force: true })
if (process.env.NPM_SAYS) { console.error(process.env.NPM_SAYS); process.exit(1) }
setTimeout(() => {
  fs.mkdirSync('node_modules/.bin', { recursive: true })
  fs.symlinkSync(process.execPath, 'node_modules/.bin/node')
  fs.appendFileSync('runs', 'end\\n')
}, Number(process.env.NPM_MS || 0))
`
/** Makes a bundle of one file, and notes it as `bundle`; or fails. */
const BUNDLER = `
const fs = require('node:fs')
const { root, folder, manifestFile, factsOf } = require('../cli/bin/bundle.cjs')
if (process.env.BUNDLER_SAYS) { console.error(process.env.BUNDLER_SAYS); process.exit(1) }
fs.appendFileSync('runs', 'bundle\\n')
fs.mkdirSync(folder, { recursive: true })
fs.writeFileSync(manifestFile, JSON.stringify({ root, name: 'x', inputs: { 'npm.cjs': factsOf('npm.cjs') }, outputs: {} }))
`
/** Builds pages of one file, and notes it as `web`; or fails. */
const WEB_BUILDER = `
const fs = require('node:fs')
const { folder, manifestFile, factsOf } = require('../web/built.cjs')
if (process.env.WEB_BUILDER_SAYS) { console.error(process.env.WEB_BUILDER_SAYS); process.exit(1) }
fs.appendFileSync('pages', 'web\\n')
fs.mkdirSync(folder, { recursive: true })
fs.writeFileSync(folder + '/index.html', 'page')
fs.writeFileSync(manifestFile, JSON.stringify({ inputs: { 'npm.cjs': factsOf('npm.cjs') }, outputs: { 'index.html': 4 } }))
`
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'couronne-setup-'))
  mkdirSync(join(folder, 'scripts'))
  copyFileSync(join(import.meta.dirname, 'setup.cjs'), join(folder, 'scripts/setup.cjs'))
  mkdirSync(join(folder, 'cli/bin'), { recursive: true })
  copyFileSync(join(import.meta.dirname, '../cli/bin/bundle.cjs'), join(folder, 'cli/bin/bundle.cjs'))
  writeFileSync(join(folder, 'scripts/bundle.ts'), BUNDLER)
  mkdirSync(join(folder, 'web'))
  copyFileSync(join(import.meta.dirname, '../web/built.cjs'), join(folder, 'web/built.cjs'))
  writeFileSync(join(folder, 'scripts/build-web.ts'), WEB_BUILDER)
  writeFileSync(join(folder, 'npm.cjs'), NPM)
  writeFileSync(join(folder, 'package-lock.json'), '{}')
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the first set-up installs without install scripts, the next does nothing', async () => {
  assert.equal((await setUp()).code, 0)
  assert.match(npmRuns()[0] ?? '', /^ci --ignore-scripts /)
  assert.equal((await setUp()).code, 0)
  assert.equal(npmRuns().length, 1)
})

test('a changed lock file is installed', async () => {
  await setUp()
  writeFileSync(join(folder, 'package-lock.json'), '{"packages":{}}')
  await setUp()
  assert.equal(npmRuns().length, 2)
})

test('a bundle is made, again when a source is another, and once when two come at once', async () => {
  await Promise.all([setUp(), setUp()])
  await setUp()
  assert.deepEqual(log(), ['ci', 'end', 'bundle'])
  appendFileSync(join(folder, 'npm.cjs'), '//')
  await setUp()
  assert.deepEqual(log(), ['ci', 'end', 'bundle', 'bundle'])
})

test('the pages are built, again when a source is another or a page is cut short, and once when two come at once', async () => {
  await Promise.all([setUp(), setUp()])
  await setUp()
  assert.deepEqual(pages(), ['web'])
  appendFileSync(join(folder, 'npm.cjs'), '//')
  await setUp()
  assert.deepEqual(pages(), ['web', 'web'])
  writeFileSync(join(folder, 'web/dist/index.html'), '')
  await setUp()
  assert.deepEqual(pages(), ['web', 'web', 'web'])
})

test('without the pages the rest works: that they cannot be built is said', async () => {
  const { code, stderr } = await setUp({ WEB_BUILDER_SAYS: 'no room' })
  assert.equal(code, 0)
  assert.match(stderr, /no room\n/)
  assert.match(stderr, /les pages web n’ont pas pu être faites/)
  assert.match(stderr, /the web pages could not be made/)
})

test('without a bundle everything works: that it cannot be made is said', async () => {
  const { code, stderr } = await setUp({ BUNDLER_SAYS: 'no room' })
  assert.equal(code, 0)
  assert.match(stderr, /no room\n/)
  assert.match(stderr, /le paquet n’a pas pu être fait/)
  assert.match(stderr, /the bundle could not be made/)
})

test('of two at once one installs and the other waits for it', async () => {
  const results = await Promise.all([setUp({ NPM_MS: '600' }), setUp({ NPM_MS: '600' })])
  assert.deepEqual(
    results.map((result) => result.code),
    [0, 0],
  )
  assert.equal(npmRuns().length, 1)
  assert.equal(results.filter((result) => /waiting/.test(result.stderr)).length, 1)
})

test('eight at once after a holder that died install once', async () => {
  const dead = spawn(process.execPath, ['-e', ''])
  await new Promise((resolve) => dead.on('close', resolve))
  mkdirSync(join(folder, '.cache'))
  const lock = { token: 'dead', host: hostname(), pids: [dead.pid] }
  writeFileSync(join(folder, '.cache/setup.lock'), JSON.stringify(lock))
  const results = await Promise.all(Array.from({ length: 8 }, () => setUp({ NPM_MS: '300' })))
  assert.ok(results.every((result) => result.code === 0))
  assert.equal(npmRuns().length, 1)
})

test('a killed set-up is done again, after the npm that it left behind has ended', async () => {
  const first = start({ NPM_MS: '1500' })
  while (!existsSync(join(folder, 'runs'))) await new Promise((resolve) => setTimeout(resolve, 20))
  first.kill('SIGKILL')
  assert.equal((await setUp()).code, 0)
  assert.deepEqual(log(), ['ci', 'end', 'ci', 'end', 'bundle'])
})

test('an interrupted set-up leaves no lock and no stamp', async () => {
  const first = start({ NPM_MS: '5000' })
  while (!existsSync(join(folder, 'runs'))) await new Promise((resolve) => setTimeout(resolve, 20))
  first.kill('SIGINT')
  assert.equal(await new Promise((resolve) => first.on('close', resolve)), 130)
  assert.ok(!existsSync(join(folder, '.cache/setup.lock')))
  assert.ok(!existsSync(join(folder, 'node_modules/.setup-stamp')))
})

test('without a network it says so in French and in English', async () => {
  const result = await setUp({ NPM_SAYS: 'npm error code ENOTFOUND' })
  assert.equal(result.code, 1)
  assert.match(result.stderr, /Le registre npm ne répond pas/)
  assert.match(result.stderr, /The npm registry does not answer/)
  assert.ok(!existsSync(join(folder, 'node_modules/.setup-stamp')))
})

test('a Node older than 20 is refused in French and in English', async () => {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '18.19.0' })"
  writeFileSync(join(folder, 'old.cjs'), pretend)
  const result = await setUp({ NODE_OPTIONS: `--require ${join(folder, 'old.cjs')}` })
  assert.equal(result.code, 1)
  assert.match(result.stderr, /Node 20 ou plus récent est nécessaire/)
  assert.match(result.stderr, /Node 20 or later is needed/)
})

function start(env: Readonly<Record<string, string>> = {}): ChildProcess {
  const npm = { npm_execpath: join(folder, 'npm.cjs') }
  return spawn(process.execPath, [join(folder, 'scripts/setup.cjs')], { env: { ...process.env, ...npm, ...env }, stdio: 'pipe' })
}

async function setUp(
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = start(env)
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, stderr }
}

function log(): string[] {
  return readFileSync(join(folder, 'runs'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.replace(/ .*/, ''))
}

function pages(): string[] {
  return readFileSync(join(folder, 'pages'), 'utf8').trim().split('\n')
}

function npmRuns(): string[] {
  return readFileSync(join(folder, 'runs'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('ci'))
}
