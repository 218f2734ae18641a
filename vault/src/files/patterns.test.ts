import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { UsageError } from '#errors'
import { restic014, restic018 } from '../../../tests/peers/peers.ts'
import { Glob } from './glob.ts'
import { cleanPath, Patterns, pathParts, pathText } from './patterns.ts'
import { selectorOf } from './selection.ts'
import { ourTree, StockRestic } from './stock-restic.suite.ts'
import type { WalkOptions } from './walk.ts'

const FILES = [
  'a/b/c/foo.txt',
  'a/b/foo.tmp',
  'a/x/y/b/c/d',
  'a/x/b/y/c',
  'a/b/b',
  'a/c',
  'b/a/c',
  'home/user/.cache/x/y',
  'home/user/doc.TMP',
  'home/User/Doc.txt',
  'home/other/doc.txt',
  'été/naïve.txt',
  'été/FÜR.txt',
  'ÉTÉ/Σίσυφος',
  'sp ace/f[1].txt',
  'sp ace/f1.txt',
  'star*name/x',
  'back\\slash',
  '!bang/x',
  '#hash',
  'foo/bar/foo/bar/baz',
  'foo/baz',
  'foo/Baz',
  'dir/.git/config',
  'dir/.gitignore',
  'node_modules/m/index.js',
  'm/node_modules/x',
  'core',
  'core.1',
  'x-y/z',
  'emoji/😀.txt',
  'emoji/é.txt',
  '^caret',
  ']bracket',
  'a-z',
] as const

/** Each is one backup by restic and one walk of ours, whose root trees must be the same. */
const CASES: readonly (readonly string[])[] = [
  ['foo'],
  ['*.txt'],
  ['*'],
  ['**'],
  ['/'],
  ['foo/'],
  ['./foo'],
  ['foo//bar'],
  ['foo/bar'],
  ['bar/foo'],
  ['foo/**/baz'],
  ['**/baz'],
  ['foo/**'],
  ['a/**/b'],
  ['a/**/b/**/c'],
  ['**/b/**'],
  ['a/*/b'],
  ['a/?/b'],
  ['a/../foo'],
  ['../foo'],
  ['.'],
  ['user'],
  ['home/[uU]ser'],
  ['home/[^u]ser'],
  ['home/[!u]ser'],
  ['[a-c]'],
  ['[c-a]'],
  ['[^c-a]'],
  ['f\\[1\\].txt'],
  ['f[1].txt'],
  ['star\\*name'],
  ['star*name'],
  ['back\\\\slash'],
  ['\\!bang'],
  ['#hash'],
  ['\\f\\o\\o'],
  ['core.*'],
  ['*~', 'core?1'],
  ['?.txt'],
  ['😀.txt'],
  ['[😀-😂].txt'],
  ['[^a].txt'],
  ['été'],
  ['*', '!foo'],
  ['foo', '!foo/bar'],
  ['foo', '!baz'],
  ['*.txt', '!foo.txt'],
  ['foo/*', '!foo/baz'],
  ['*.txt', '!*.txt', 'foo.txt'],
  ['!foo'],
  ['!!bang'],
  ['.git*', '!.gitignore'],
  ['[\\^]caret'],
  ['^caret'],
  ['[\\]]bracket'],
  ['a[\\-x]z'],
  ['a?z'],
  ['node_modules', '.cache'],
  ['**/.cache/**', '*.tmp'],
  ['m/**/x'],
  ['/**/x'],
  ['**/**/x'],
  ['a/**/**/c'],
]
const CASES_IGNORING_CASE: readonly (readonly string[])[] = [
  ['FOO'],
  ['*.TMP'],
  ['DOC.TXT'],
  ['ÉtÉ'],
  ['für.TXT'],
  ['home/USER'],
  ['σίσυφοσ'],
  ['ΣΊΣΥΦΟΣ'],
  ['[u]SER'],
  ['*', '!FOO'],
]

const SOURCE = mkdtempSync(join(tmpdir(), 'couronne-files-patterns-'))
let restic: StockRestic
let newer: StockRestic

before(async () => {
  for (const file of FILES) {
    mkdirSync(join(SOURCE, 'src', dirname(file)), { recursive: true })
    writeFileSync(join(SOURCE, 'src', file), file)
  }
  restic = await StockRestic.create(restic014())
  newer = await StockRestic.create(restic018())
})
after(() => {
  restic[Symbol.dispose]()
  newer[Symbol.dispose]()
  rmSync(SOURCE, { recursive: true, force: true })
})

/** Runs cases a few at a time: restic waits more than it works. */
async function compare(cases: readonly { readonly args: readonly string[]; readonly options: WalkOptions }[]): Promise<void> {
  const differing: string[] = []
  const queue = [...cases]
  const worker = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const theirs = await restic.backup([...next.args, 'src'], SOURCE)
      const ours = ourTree(['src'], { ...next.options, cwd: SOURCE })
      if (theirs !== ours.id) differing.push(`${next.args.join(' ')}: ours has ${ours.paths.join(' ')}`)
    }
  }
  await Promise.all([worker(), worker(), worker(), worker(), worker(), worker()])
  assert.deepEqual(differing, [])
}

test('what is left out by patterns is what restic leaves out', async () => {
  await compare(CASES.map((exclude) => ({ args: exclude.map((pattern) => `--exclude=${pattern}`), options: { exclude } })))
})

test('patterns without regard to case choose what those of restic choose', async () => {
  await compare(
    CASES_IGNORING_CASE.map((iexclude) => ({ args: iexclude.map((pattern) => `--iexclude=${pattern}`), options: { iexclude } })),
  )
})

test('patterns anchored at the root look at the absolute path', async () => {
  const patterns = ['src/foo', 'src/*/b', 'src/**/c', '*/a', 'src', '', 'src/a/b/', 'src/f*'].map((pattern) =>
    join(SOURCE, pattern),
  )
  await compare(patterns.map((pattern) => ({ args: [`--exclude=${pattern}`], options: { exclude: [pattern] } })))
})

test('what is chosen for a restore is what restic restores', async () => {
  await newer.backup(['.'], join(SOURCE, 'src'))
  const cases = [
    { include: ['foo'] },
    { include: ['/foo/bar'] },
    { include: ['/a/**/c'] },
    { include: ['*.txt'] },
    { include: ['/home/*/doc.*'] },
    { iinclude: ['DOC.txt'] },
    { include: ['/a', '!/a/b'] },
    { exclude: ['foo'] },
    { exclude: ['*', '!foo'] },
    { iexclude: ['*.TXT'] },
    { exclude: ['/a/b'] },
    { include: ['/nothing/here'] },
    { include: ['/a/*'], iinclude: ['BAZ'] },
  ]
  await Promise.all(
    cases.map(async (options, i) => {
      const target = join(SOURCE, `restored-${i}`)
      const args = Object.entries(options).flatMap(([name, patterns]) => patterns.map((pattern) => `--${name}=${pattern}`))
      await newer.restore(args, target)
      assert.deepEqual(listFiles(target), selectedFiles(options), args.join(' '))
    }),
  )
})

function listFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

function selectedFiles(options: Parameters<typeof selectorOf>[0]): string[] {
  const select = selectorOf(options)
  return FILES.filter((file) => {
    const parts = pathParts(`/${file}`)
    for (let i = 2; i < parts.length; i++) if (!select(parts.slice(0, i), true).mayHoldSelected) return false
    return select(parts, false).isSelected
  }).toSorted()
}

test('a malformed pattern is refused by name', () => {
  for (const pattern of ['[', 'a/[]', '[]a]', 'x[a-', '[a-]', '[-a]', 'a\\', '[\\', '[^]', 'ok/[z']) {
    assert.throws(
      () => new Patterns(['fine', pattern]),
      (error) => error instanceof UsageError && error.message.includes(pattern),
      pattern,
    )
  }
})

test('restic refuses the same patterns', async () => {
  for (const pattern of ['[', '[]a]', '[a-]', '[-a]', 'a\\', '[^]']) {
    await assert.rejects(restic.backup([`--exclude=${pattern}`, 'src'], SOURCE), /invalid pattern/, pattern)
  }
})

test('bytes that are no UTF-8 are one character each', () => {
  const patterns = new Patterns(['lat?n', 'x[^a]y'])
  assert.equal(patterns.matches(pathParts(pathText(Buffer.from('/d/lat\xe9n', 'latin1')))), true)
  assert.equal(patterns.matches(pathParts(pathText(Buffer.from('/d/latén')))), true)
  assert.equal(patterns.matches(pathParts(pathText(Buffer.from('/d/lat\xc3\xc3n', 'latin1')))), false)
  assert.notEqual(pathText(Buffer.from([0xe9])), pathText(Buffer.from([0xea])))
  assert.equal(pathText(Buffer.from('\ufffd\u{10ffff}é')), '\ufffd\u{10ffff}é')
})

test('paths are cleaned by their text', () => {
  const cases = {
    'a//b/': 'a/b',
    './a/./b': 'a/b',
    'a/../../b': '../b',
    '/../a': '/a',
    '': '.',
    '/': '/',
    'a/..': '.',
    '..': '..',
  }
  for (const [path, clean] of Object.entries(cases)) assert.equal(cleanPath(path), clean)
})

test('a glob matches whole names only', () => {
  assert.equal(Glob.parse('a*')?.test('ba'), false)
  assert.equal(Glob.parse('a')?.test('a\n'), false)
  assert.equal(Glob.parse('a*c')?.test('a\nc'), true)
})

test('a pattern with many stars is answered quickly', () => {
  const started = performance.now()
  new Patterns([`${'*a'.repeat(30)}*b`]).matches([`${'a'.repeat(200)}`])
  assert.ok(performance.now() - started < 1000)
})
