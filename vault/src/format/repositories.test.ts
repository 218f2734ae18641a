/**
 * Repositories that other programs made, read down to the last byte: every pack's header against the index, every blob against its id,
 * every tree encoded again to the same bytes. Stored ones of `tests/vectors/restic`, fresh ones of restic 0.14 and 0.18.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { nodePrimitives } from '#primitives'
import { restic014, restic018, run } from '../../../tests/peers/peers.ts'
import { decodeBlob } from './blob.ts'
import { decodeConfig } from './config.ts'
import { decodeIndexFile, encodeIndexFile, forEachIndexEntry } from './index-file.ts'
import { decodeKeyFile, openKeyFile } from './key-file.ts'
import type { TreeNode } from './node.ts'
import { decodePackHeader, type PackEntry, packBytes } from './pack.ts'
import { type SealKey, unseal } from './seal.ts'
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot.ts'
import { encodeText } from './text.ts'
import { encodeTree, treeIsCanonical } from './tree.ts'
import { decodeTree } from './tree-decoder.ts'
import { decodeUnpacked } from './unpacked.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/restic')
const root = mkdtempSync(join(tmpdir(), 'couronne-format-'))
after(() => {
  execFileSync('chmod', ['-R', 'u+rwX', root])
  rmSync(root, { recursive: true, force: true })
})

interface Contents {
  readonly version: 1 | 2
  readonly snapshots: readonly Snapshot[]
  /** By id. */
  readonly trees: ReadonlyMap<string, readonly TreeNode[]>
  /** Trees that do not encode to the same bytes. */
  readonly otherwise: readonly string[]
  readonly blobs: number
  /** Packs that an index names and that are not there. */
  readonly missing: readonly string[]
}

async function readAll(repository: string, password: string): Promise<Contents> {
  const key = await openAny(repository, password)
  const { version } = decodeConfig(unseal(nodePrimitives, key, readFileSync(join(repository, 'config'))))
  const indexed = readIndexes(repository, key)
  const trees = new Map<string, TreeNode[]>()
  const missing: string[] = []
  let blobs = 0
  for (const [pack, entries] of indexed) {
    const bytes = readPack(repository, pack)
    if (bytes === undefined) missing.push(pack)
    else blobs += readBlobs(key, bytes, entries, trees)
  }
  const snapshots = namesIn(repository, 'snapshots').map((name) => readSnapshot(repository, key, name))
  const otherwise = [...trees].filter(([id, nodes]) => !treeIsCanonical(nodePrimitives, nodes, id)).map(([id]) => id)
  return { version, snapshots, trees, otherwise, blobs, missing }
}

async function openAny(repository: string, password: string): Promise<SealKey> {
  for (const name of namesIn(repository, 'keys')) {
    const bytes = readFileSync(join(repository, 'keys', name))
    assert.equal(nodePrimitives.sha256Hex(bytes), name)
    try {
      return await openKeyFile(nodePrimitives, decodeKeyFile(bytes), encodeText(password))
    } catch {}
  }
  return assert.fail('no key opens')
}

function namesIn(repository: string, kind: string): string[] {
  return readdirSync(join(repository, kind)).filter((name) => /^[0-9a-f]{64}$/.test(name))
}

function readUnpacked(repository: string, key: SealKey, kind: string, name: string): Uint8Array {
  const bytes = readFileSync(join(repository, kind, name))
  assert.equal(nodePrimitives.sha256Hex(bytes), name)
  return decodeUnpacked(nodePrimitives, key, bytes)
}

function readIndexes(repository: string, key: SealKey): Map<string, readonly PackEntry[]> {
  const indexed = new Map<string, readonly PackEntry[]>()
  for (const name of namesIn(repository, 'index')) {
    const json = readUnpacked(repository, key, 'index', name)
    const file = decodeIndexFile(json)
    for (const { id, blobs } of [...file.packs, ...file.packsToDelete]) indexed.set(id, blobs)
    let counted = 0
    forEachIndexEntry(
      json,
      () => {},
      () => counted++,
    )
    assert.equal(counted, [...file.packs, ...file.packsToDelete].flatMap(({ blobs }) => blobs).length)
    assert.deepEqual(decodeIndexFile(encodeIndexFile(file)), file)
  }
  return indexed
}

function readPack(repository: string, id: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(join(repository, 'data', id.slice(0, 2), id))
    assert.equal(nodePrimitives.sha256Hex(bytes), id)
    return new Uint8Array(bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function readBlobs(key: SealKey, pack: Uint8Array, indexed: readonly PackEntry[], trees: Map<string, TreeNode[]>): number {
  const entries = decodePackHeader(nodePrimitives, key, pack, pack.length)
  const byOffset = (a: PackEntry, b: PackEntry) => a.offset - b.offset
  assert.deepEqual(entries, [...indexed].sort(byOffset))
  assert.equal(packBytes(entries), pack.length)
  for (const { id, type, offset, length, uncompressedLength } of entries) {
    const blob = decodeBlob(nodePrimitives, key, pack.subarray(offset, offset + length), uncompressedLength)
    assert.equal(nodePrimitives.sha256Hex(blob), id)
    if (type === 'data') continue
    const nodes = decodeTree(blob)
    assert.equal(treeIsCanonical(nodePrimitives, nodes, id), nodePrimitives.equal(encodeTree(nodes), blob))
    trees.set(id, nodes)
  }
  return entries.length
}

function readSnapshot(repository: string, key: SealKey, name: string): Snapshot {
  const json = readUnpacked(repository, key, 'snapshots', name)
  const snapshot = decodeSnapshot(json)
  assert.deepEqual(decodeSnapshot(encodeSnapshot(snapshot)), snapshot)
  return snapshot
}

function unpack(tarball: string): string {
  const folder = mkdtempSync(join(root, 'repository-'))
  execFileSync('tar', ['-xzf', join(VECTORS, tarball), '-C', folder])
  return join(folder, 'repo')
}

/** Tarball, password, version, snapshots, and packs that are indexed but gone. */
const STORED = [
  ['small-repo.tar.gz', 'geheim', 1, 4, 0],
  ['repo-layout-default.tar.gz', 'geheim', 1, 3, 0],
  ['repo-duplicates.tar.gz', 'geheim', 1, 1, 0],
  ['repo-mixed.tar.gz', 'geheim', 1, 1, 0],
  ['repo-obsolete-index.tar.gz', 'geheim', 1, 1, 0],
  ['repo-restore-permissions-test.tar.gz', 'geheim', 1, 1, 0],
  ['repo-same-timestamps.tar.gz', 'geheim', 1, 3, 0],
  ['repo-unreferenced-data.tar.gz', 'geheim', 1, 1, 0],
  ['repo-data-missing.tar.gz', 'geheim', 1, 1, 1],
  ['repo-index-missing.tar.gz', 'geheim', 1, 2, 0],
  ['rustic/restic-repo.tar.gz', 'restic', 2, 2, 0],
  ['rustic/rustic-repo.tar.gz', 'rustic', 2, 2, 0],
] as const

for (const [tarball, password, version, snapshots, missing] of STORED) {
  test(`${tarball} is read to the last blob`, async () => {
    const contents = await readAll(unpack(tarball), password)
    assert.equal(contents.version, version)
    assert.ok(contents.blobs > 0 && contents.trees.size > 0)
    assert.deepEqual([contents.snapshots.length, contents.missing.length], [snapshots, missing])
    // rustic on Windows leaves uid and gid out and writes zeros at the end of fractions.
    assert.equal(contents.otherwise.length > 0, tarball === 'rustic/rustic-repo.tar.gz')
  })
}

const NO_UTF8 = Buffer.from([0x2f, 0xe9, 0x3c])

/** A folder with what makes trees hard: names of all kinds, links, modes, attributes. */
function trickyFolder(): string {
  const folder = mkdtempSync(join(root, 'tricky-'))
  const at = (name: string | Buffer) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name as string)])
  const names = [
    'été «x».txt',
    'a\u00a0b\u202fc',
    'e\u0301',
    '\u2028',
    'tab\t',
    'line\nfeed',
    '"quoted" \\',
    "l'apostrophe",
    '<&>',
    '\x01\x7f',
  ]
    .concat(['\ue000', '\uffff', '\u{1f9b7}', '\u{1fae9}', '\u{e0001}', '\u00ad\u200d\ufeff', '日本語', 'a'.repeat(255)])
    .map((name) => Buffer.from(name))
    .concat([Buffer.from([0xff, 0x41, 0xc3]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xc0, 0x80])])
  for (const name of names) writeFileSync(at(name), name)
  for (const [mode, name] of [
    [0o000, 'none'],
    [0o4755, 'setuid'],
    [0o2755, 'setgid'],
    [0o1777, 'sticky'],
  ] as const) {
    writeFileSync(at(name), '')
    chmodSync(at(name), mode)
  }
  writeFileSync(at('noise'), nodePrimitives.randomBytes(3_000_000))
  linkSync(at('noise'), at('noise, again'))
  symlinkSync('../<é>&\u2028', at('link'))
  execFileSync('mkfifo', [at('fifo').toString()])
  execFileSync('setfattr', ['-n', 'user.couronne', '-v', '0x00ff41', at('none').toString()])
  mkdirSync(at('folder/empty'), { recursive: true, mode: 0o700 })
  chmodSync(at('folder'), 0o3711)
  for (const [name, time] of [
    ['none', 0],
    ['setuid', -86400.5],
    ['sticky', 4_102_444_800.25],
  ] as const)
    utimesSync(at(name), time, time)
  return folder
}

for (const [version, restic] of [
  ['0.14', restic014],
  ['0.18', restic018],
] as const) {
  test(`a tricky folder saved by restic ${version} is read, and its trees are encoded to the same bytes`, async () => {
    const source = trickyFolder()
    // What 0.14 loses (targets that are no UTF-8) or quotes otherwise (characters newer than Unicode 13) is for 0.18 alone.
    if (version === '0.18') {
      symlinkSync(NO_UTF8, join(source, 'link to no UTF-8'))
      writeFileSync(join(source, '\u{1fae8}'), '')
    }
    const { trees, otherwise, snapshots, missing } = await saveAndRead(restic(), source)
    assert.deepEqual([snapshots.length, missing.length, snapshots[0]?.paths[0]], [1, 0, source])
    assert.deepEqual(otherwise, [])
    const nodes = [...trees.values()].flat()
    const names = new Set(nodes.map((node) => Buffer.from(node.name).toString('latin1')))
    for (const name of readdirSync(source, { encoding: 'buffer' })) assert.ok(names.has(name.toString('latin1')), name.toString())
    assert.equal(nodes.filter((node) => node.links > 1 && node.size === 3_000_000).length, 2)
    assert.equal(
      nodes.some((node) => node.linktarget !== undefined && nodePrimitives.equal(node.linktarget, NO_UTF8)),
      version === '0.18',
    )
  })
}

async function saveAndRead(program: string, source: string): Promise<Contents> {
  const repository = mkdtempSync(join(root, 'fresh-'))
  const env = { RESTIC_PASSWORD: 'pässwörd', RESTIC_CACHE_DIR: join(root, 'cache'), TZ: 'Europe/Paris' }
  await run(program, ['init', '-q', '-r', repository], { env })
  await run(program, ['backup', '-q', '-r', repository, '--with-atime', source], { env })
  return readAll(repository, 'pässwörd')
}
