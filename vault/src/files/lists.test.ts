import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { UsageError } from '#errors'
import { restic014, restic018 } from '../../../tests/peers/peers.ts'
import { expandTargetList, parsePatternList, parseRawTargets, parseTargetLines } from './lists.ts'
import { ourTree, StockRestic } from './stock-restic.suite.ts'

const WORK = mkdtempSync(join(tmpdir(), 'couronne-files-lists-'))
const LISTS = mkdtempSync(join(tmpdir(), 'couronne-files-lists-'))
let lists = 0
const FILES = [
  'a/1.txt',
  'a/2.txt',
  'a/.hidden',
  'b/1.txt',
  'b/x/2.txt',
  ' spaces ',
  '#hash',
  'star*',
  'brackets[1]',
  'été.txt',
  'home/user/x',
  'home/$user/y',
  'p$q',
]
for (const file of FILES) {
  mkdirSync(join(WORK, dirname(file)), { recursive: true })
  writeFileSync(join(WORK, file), file)
}
writeFileSync(Buffer.concat([Buffer.from(`${WORK}/lat`), Buffer.from([0xe9])]), 'bytes')

const old = await StockRestic.create(restic014())
const recent = await StockRestic.create(restic018())
after(() => {
  old[Symbol.dispose]()
  recent[Symbol.dispose]()
  rmSync(WORK, { recursive: true, force: true })
  rmSync(LISTS, { recursive: true, force: true })
})

/** Puts a list beside the folder that is backed up. */
function writeList(bytes: string | Uint8Array): string {
  const path = join(LISTS, String(++lists))
  writeFileSync(path, bytes)
  return path
}

function utf16(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le')
}

test('patterns of a file mean what they mean to restic', async () => {
  const environment = { USER_FOLDER: 'user', EMPTY: '', OTHER: 'a/*' }
  const texts = [
    '# comment\n  a/1.txt  \n\n\tb\n',
    'home/$USER_FOLDER\r\nb\r\n',
    'home/$\u007bUSER_FOLDER}/x\n',
    '$\u007bEMPTY}a\n',
    '$OTHER',
    'home/$$user',
    'p$$q',
    '$NOSUCH/x\n',
    'a/$\u007b\n',
    'x$/y\nb',
    'p$\u007b}q',
    'b$',
    '\ufeffa\n',
    'home/$1user',
    '!b\nb\n!b/x',
  ].map((text) => Buffer.from(text))
  const compare = async (bytes: Buffer): Promise<void> => {
    const exclude = parsePatternList(bytes, environment)
    const ours = ourTree(['.'], { cwd: WORK, exclude })
    const theirs = await old.backup([`--exclude-file=${writeList(bytes)}`, '.'], WORK, environment)
    assert.equal(ours.id, theirs, `${bytes} → ${exclude.join(' ')}`)
  }
  await Promise.all([...texts, utf16('été.*\nb\n'), utf16('a\n').swap16()].map(compare))
})

test('targets from a list of patterns are those of restic', async () => {
  const texts = [
    'a/*.txt\n',
    '*/1.txt\n# comment\n  b/x  \n',
    './a/*\n',
    'star\\*\n',
    'brackets\\[1\\]',
    '?\n',
    '*/*/*\nnone*\n',
    '[ab]/[12].txt',
    'b//x/*',
    './a/../b/*',
    '*',
    'a/',
    'b/../*/1.txt',
  ]
  const compare = async (text: string): Promise<void> => {
    const unmatched: string[] = []
    const targets = expandTargetList(Buffer.from(text), WORK, (pattern) => unmatched.push(pattern))
    const theirs = await recent.backup([`--files-from=${writeList(text)}`], WORK)
    assert.equal(ourTree(targets, { cwd: WORK }).id, theirs, `${text} → ${targets.join(' ')}`)
    assert.deepEqual(unmatched, text.includes('none*') ? ['none*'] : [])
  }
  await Promise.all(texts.map(compare))
})

test('targets taken word for word are those of restic', async () => {
  const verbatim = Buffer.from(' spaces \n\n#hash\r\nstar*\nbrackets[1]\nlat\xe9\n', 'latin1')
  assert.equal(
    ourTree(parseTargetLines(verbatim), { cwd: WORK }).id,
    await recent.backup([`--files-from-verbatim=${writeList(verbatim)}`], WORK),
  )
  const raw = Buffer.from('a/1.txt\0 spaces \0lat\xe9\0', 'latin1')
  assert.equal(ourTree(parseRawTargets(raw), { cwd: WORK }).id, await recent.backup([`--files-from-raw=${writeList(raw)}`], WORK))
})

test('a raw list that is cut short is refused', () => {
  for (const bad of ['a', 'a\0b', '\0', 'a\0\0']) assert.throws(() => parseRawTargets(Buffer.from(bad)), UsageError)
  assert.deepEqual(parseRawTargets(Buffer.from('')), [])
})

test('a malformed pattern in a list is refused', () => {
  assert.throws(() => expandTargetList(Buffer.from('a/['), WORK, () => {}), UsageError)
})
