import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RefusedError } from '#errors'
import { goMode, type TreeNode } from '#format'
import type { Finding } from './finding.ts'
import { Jail } from './jail.ts'
import { readNode } from './metadata.ts'
import { decideOverwrite } from './overwrite.ts'
import { isSafeOnWindows, NameKeeper } from './safe-names.ts'
import { ourTree } from './stock-restic.suite.ts'
import { openTarget, type RelativePath, Target, type TargetOptions } from './target.ts'
import { dataRuns } from './target-file.ts'
import { makeTrickyFolder } from './tricky-folder.suite.ts'
import { planWalk, walk } from './walk.ts'
import { listXattrs, setXattr } from './xattrs.ts'

const WORK = realpathSync(mkdtempSync(join(tmpdir(), 'couronne-files-target-')))
after(() => rmSync(WORK, { recursive: true, force: true }))

let count = 0
function newFolder(): string {
  const folder = join(WORK, String(++count))
  mkdirSync(folder)
  return folder
}

function names(path: string): RelativePath {
  return path.split('/').map((name) => Buffer.from(name))
}

function writeFile(target: Target, path: string, content: string, keep = false): void {
  using file = target.openFile(names(path), { sizeBytes: content.length, keep })
  file.write(Buffer.from(content), 0)
}

/** Restores `source` as a restore engine would, with hard links by inode. */
function restore(source: string, target: Target): void {
  const firsts = new Map<string, RelativePath>()
  const path: Uint8Array[] = []
  for (const step of walk(planWalk(['.'], { cwd: source }))) {
    assert.notEqual(step.kind, 'finding')
    if (step.kind === 'finding') continue
    const { node } = step.entry
    if (step.kind !== 'leave') path.push(node.name)
    if (step.kind === 'enter') target.ensureDirectory(path)
    else {
      if (step.kind === 'item') restoreItem(target, [...path], node, step.entry.path, firsts)
      else target.applyMetadata(path, node)
      path.pop()
    }
  }
}

function restoreItem(
  target: Target,
  path: RelativePath,
  node: TreeNode,
  source: Buffer,
  firsts: Map<string, RelativePath>,
): void {
  const key = `${node.inode}`
  const first = node.links > 1 ? firsts.get(key) : undefined
  if (first !== undefined) {
    target.hardlink(path, first)
    return
  }
  firsts.set(key, path)
  if (node.type === 'file') {
    using file = target.openFile(path, { sizeBytes: node.size, keep: false })
    file.write(readFileSync(source), 0)
    file.applyMetadata(node)
    return
  }
  if (node.type === 'symlink') target.symlink(path, node.linktarget as Uint8Array)
  else if (node.type === 'fifo') target.fifo(path)
  else target.device(path, node.type as 'dev', node.device)
  target.applyMetadata(path, node)
}

/** Everything that a restore brings back: all but inode, device and change time; which names are one file, by the first of them. */
function essence(folder: string): unknown[] {
  const { trees, id } = ourTree(['.'], { cwd: folder })
  const firsts = new Map<bigint, string>()
  const describe = (tree: string, path: string): unknown[] =>
    (trees.get(tree) ?? []).flatMap((node) => {
      const name = `${path}/${Buffer.from(node.name).toString('latin1')}`
      if (!firsts.has(node.inode)) firsts.set(node.inode, name)
      const { inode, deviceId, ctime, subtree, ...rest } = node
      const sorted = { ...rest, xattrs: rest.xattrs.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
      const own = { path: name, sameAs: firsts.get(inode), ...sorted }
      return [own, ...(subtree === undefined ? [] : describe(subtree, name))]
    })
  return describe(id, '')
}

test('a folder of every kind of entry comes back as it was', async () => {
  const source = newFolder()
  makeTrickyFolder(source, { isModern: true })
  const findings: Finding[] = []
  for (const sparse of [false, true]) {
    const folder = newFolder()
    await using target = await openTarget(folder, { sparse, onFinding: (finding) => findings.push(finding) })
    restore(source, target)
    assert.deepEqual(essence(folder), essence(source))
    restore(source, target)
    assert.deepEqual(essence(folder), essence(source), 'a second time over the first')
    assert.equal(target.sync(), true)
  }
  assert.deepEqual(findings, [])
  const restored = execFileSync(
    'getfattr',
    ['-d', '-m', '-', '-h', '--absolute-names', join(WORK, String(count), 'xattrs/file')],
    { encoding: 'utf8' },
  )
  assert.match(restored, /user\.zebra="z"/)
  assert.match(restored, /user\.alpha\n|user\.alpha=""/)
})

test('the same without held folders, as on systems without /proc', async () => {
  const source = newFolder()
  makeTrickyFolder(source, { isModern: true })
  const folder = newFolder()
  await using target = new Target(new Jail(folder, false), {})
  restore(source, target)
  assert.deepEqual(essence(folder), essence(source))
})

for (const holdsFolders of [true, false]) {
  const how = holdsFolders ? 'folders held open' : 'folders looked at before each call'
  const open = (folder: string, options: TargetOptions = {}) => new Target(new Jail(folder, holdsFolders), options)

  test(`names that lead elsewhere are refused (${how})`, async () => {
    const folder = newFolder()
    await using target = open(folder)
    for (const bad of ['..', '.', '', 'a/b', '/etc', 'x\0y', '../x']) {
      const path = [Buffer.from(bad)]
      assert.throws(() => target.openFile(path, { sizeBytes: 1, keep: false }), RefusedError, bad)
      assert.throws(() => target.ensureDirectory([...path, Buffer.from('x')]), RefusedError, bad)
      assert.throws(() => target.symlink(path, Buffer.from('x')), RefusedError, bad)
      assert.throws(() => target.hardlink([Buffer.from('fine')], path), RefusedError, bad)
      assert.throws(() => target.stat(path), RefusedError, bad)
    }
    assert.deepEqual(readdirSync(folder), [])
  })

  test(`a link in the target is replaced, never followed (${how})`, async () => {
    const [folder, outside] = [newFolder(), newFolder()]
    writeFileSync(join(outside, 'precious'), 'precious')
    symlinkSync(outside, join(folder, 'folder'))
    symlinkSync(join(outside, 'precious'), join(folder, 'file'))
    symlinkSync(join(outside, 'new'), join(folder, 'dangling'))
    symlinkSync(join(outside, 'precious'), join(folder, 'metadata'))
    await using target = open(folder)
    assert.throws(() => writeFile(target, 'folder/x', 'x'), /ELOOP|ENOTDIR/)
    assert.throws(() => target.symlink(names('folder/precious'), Buffer.from('x')), /ELOOP|ENOTDIR/)
    assert.equal(target.openForReading(names('file')), undefined)
    assert.equal(target.stat(names('folder/precious')), undefined)
    assert.deepEqual(target.unexpected(names('folder'), []), [])
    target.ensureDirectory(names('folder'))
    writeFile(target, 'folder/x', 'x')
    writeFile(target, 'file', 'y')
    writeFile(target, 'dangling', 'z', true)
    const precious = readNode(Buffer.from(join(outside, 'precious')))
    assert.throws(() => target.applyMetadata(names('metadata'), { ...precious, mode: 0o777 }), /ESTALE/)
    assert.deepEqual(readdirSync(outside), ['precious'])
    assert.equal(readFileSync(join(outside, 'precious'), 'utf8'), 'precious')
    assert.equal(readFileSync(join(folder, 'folder/x'), 'utf8'), 'x')
    assert.ok(lstatSync(join(folder, 'file')).isFile() && lstatSync(join(folder, 'dangling')).isFile())
  })

  test(`a link planted after the folder was made is not followed (${how})`, async () => {
    const [folder, outside] = [newFolder(), newFolder()]
    await using target = open(folder)
    target.ensureDirectory(names('a/b'))
    renameSync(join(folder, 'a/b'), join(folder, 'a/moved'))
    symlinkSync(outside, join(folder, 'a/b'))
    try {
      writeFile(target, 'a/b/file', 'x')
      target.symlink(names('a/b/link'), Buffer.from('x'))
    } catch (error) {
      assert.match(String(error), /ELOOP|ENOTDIR/)
    }
    assert.deepEqual(readdirSync(outside), [])
  })

  test(`a file with other names is not written through (${how})`, async () => {
    const [folder, outside] = [newFolder(), newFolder()]
    writeFileSync(join(outside, 'precious'), 'precious')
    linkSync(join(outside, 'precious'), join(folder, 'file'))
    linkSync(join(outside, 'precious'), join(folder, 'other'))
    await using target = open(folder)
    writeFile(target, 'file', 'changed!', true)
    assert.throws(
      () => target.applyMetadata(names('other'), { ...readNode(Buffer.from(join(folder, 'file'))), mode: 0o4777 }),
      /ESTALE/,
    )
    assert.equal(readFileSync(join(outside, 'precious'), 'utf8'), 'precious')
    assert.equal(statSync(join(outside, 'precious')).mode & 0o7777, 0o644)
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'changed!')
  })

  test(`what is in the way is replaced, a folder with content only when asked (${how})`, async () => {
    const folder = newFolder()
    execFileSync('mkfifo', [join(folder, 'fifo')])
    mkdirSync(join(folder, 'empty'))
    mkdirSync(join(folder, 'full/deep'), { recursive: true })
    writeFileSync(join(folder, 'file'), 'x')
    await using target = open(folder)
    writeFile(target, 'fifo', 'content')
    writeFile(target, 'empty', 'content', true)
    target.ensureDirectory(names('file/below'))
    assert.throws(() => writeFile(target, 'full', 'content'), RefusedError)
    assert.throws(() => target.symlink(names('full'), Buffer.from('x')), RefusedError)
    await using strong = open(folder, { replacesFolders: true })
    strong.symlink(names('full'), Buffer.from('x'))
    assert.equal(readFileSync(join(folder, 'fifo'), 'utf8'), 'content')
    assert.equal(readFileSync(join(folder, 'empty'), 'utf8'), 'content')
    assert.ok(lstatSync(join(folder, 'file/below')).isDirectory())
    assert.equal(readlinkSync(join(folder, 'full')), 'x')
  })

  test(`what the snapshot lacks is found and removed, links themselves and not where they lead (${how})`, async () => {
    const [folder, outside] = [newFolder(), newFolder()]
    writeFileSync(join(outside, 'precious'), '')
    for (const name of ['keep', 'a-extra', 'z-extra']) writeFileSync(join(folder, name), '')
    mkdirSync(join(folder, 'extra/deep'), { recursive: true })
    symlinkSync(outside, join(folder, 'extra/deep/link'))
    symlinkSync(outside, join(folder, 'link'))
    await using target = open(folder)
    const extra = target.unexpected([], names('keep'))
    assert.deepEqual(
      extra.map(({ path }) => Buffer.from(path).toString()),
      ['a-extra', 'extra', 'link', 'z-extra'].map((name) => join(folder, name)),
    )
    assert.deepEqual(
      extra.map((entry) => target.remove(entry)),
      [1, 3, 1, 1],
    )
    assert.deepEqual(readdirSync(folder), ['keep'])
    assert.deepEqual(readdirSync(outside), ['precious'])
  })
}

test('someone who swaps folders for links all the time gains nothing', async () => {
  const [folder, outside] = [newFolder(), newFolder()]
  mkdirSync(join(folder, 'd'))
  const attack = `
    const fs = require('node:fs')
    const attempt = (step) => { try { step() } catch {} }
    process.chdir(${JSON.stringify(folder)})
    process.stdout.write('ready')
    for (;;) {
      attempt(() => fs.renameSync('d', 'moved'))
      attempt(() => fs.symlinkSync(${JSON.stringify(outside)}, 'd'))
      attempt(() => fs.unlinkSync('d'))
      attempt(() => fs.renameSync('moved', 'd'))
    }`
  const attacker = spawn(process.execPath, ['--eval', attack], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(attacker.stdout, 'data')
  using own = new Jail(folder)
  const sameNames = new NameKeeper(
    own,
    () => {},
    () => false,
  )
  let written = 0
  for (let i = 0; i < 400; i++) {
    // A new jail each time, so that folders are opened again and again.
    await using target = new Target(new Jail(folder), {}, sameNames)
    try {
      target.ensureDirectory(names('d'))
      writeFile(target, `d/file-${i}`, 'x')
      target.symlink(names(`d/link-${i}`), Buffer.from('x'))
      target.applyMetadata(names(`d/link-${i}`), readNode(Buffer.from(join(folder, 'd', `link-${i}`))))
      written++
    } catch {}
  }
  attacker.kill('SIGKILL')
  await once(attacker, 'close')
  assert.deepEqual(readdirSync(outside), [])
  assert.ok(written > 0)
})

test('in place, only what is given is written and the rest is kept', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'file'), 'aaaabbbbccccdddd')
  await using target = await openTarget(folder)
  const reading = target.openForReading(names('file'))
  assert.ok(reading !== undefined)
  closeSync(reading)
  {
    using file = target.openFile(names('file'), { sizeBytes: 12, keep: true })
    assert.equal(file.isFresh, false)
    file.write(Buffer.from('BBBB'), 4)
    assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'aaaaBBBBccccdddd')
    file.trim()
  }
  assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'aaaaBBBBcccc')
  using again = target.openFile(names('file'), { sizeBytes: 4, keep: false })
  assert.equal(again.isFresh, true)
  assert.equal(readFileSync(join(folder, 'file'), 'utf8'), '')
})

test('what was there and everybody could read is private while it is written, and as it was when nothing was', async () => {
  const folder = newFolder()
  const path = join(folder, 'file')
  const modeOf = () => statSync(path).mode & 0o7777
  writeFileSync(path, 'aaaabbbb')
  chmodSync(path, 0o644)
  await using target = await openTarget(folder)
  for (const keep of [true, false]) {
    using file = target.openFile(names('file'), { sizeBytes: 4, keep })
    assert.equal(modeOf(), 0o600)
    file.leave()
    assert.equal(modeOf(), 0o644)
  }
})

test('who does not get an owner does not get setuid and setgid', async () => {
  const [source, folder] = [newFolder(), newFolder()]
  writeFileSync(join(source, 'file'), 'x')
  const node = readNode(Buffer.from(join(source, 'file')))
  const setuid = { ...node, mode: goMode(0o106755) }
  chmodSync(WORK, 0o755)
  chmodSync(folder, 0o777)
  const modeAfter = async (name: string, owner: Partial<TreeNode>, options: TargetOptions, euid: number) => {
    process.seteuid?.(euid)
    try {
      await using target = await openTarget(folder, options)
      writeFile(target, name, 'x')
      target.applyMetadata(names(name), { ...setuid, ...owner })
      return statSync(join(folder, name)).mode & 0o7777
    } finally {
      process.seteuid?.(0)
    }
  }
  assert.equal(await modeAfter('given', { uid: 4242, gid: 4242 }, {}, 0), 0o6755)
  assert.equal(await modeAfter('not asked for', { uid: 4242, gid: 4242 }, { ownership: 'none' }, 0), 0o755)
  assert.equal(await modeAfter('mine', {}, { ownership: 'none' }, 0), 0o6755)
  assert.equal(await modeAfter('not allowed', {}, {}, 65534), 0o755)
})

test('a half-written file is not taken for a finished one', async () => {
  const [folder, source] = [newFolder(), newFolder()]
  writeFileSync(join(source, 'file'), 'content')
  utimesSync(join(source, 'file'), 1e9, 1e9)
  const node = readNode(Buffer.from(join(source, 'file')))
  await using target = await openTarget(folder, { sparse: true })
  {
    using file = target.openFile(names('file'), { sizeBytes: 7, keep: false })
    file.write(Buffer.from('con'), 0)
  }
  assert.equal(statSync(join(folder, 'file')).size, 7)
  assert.equal(decideOverwrite(node, target.stat(names('file')), 'if-changed'), 'compare')
  {
    using file = target.openFile(names('file'), { sizeBytes: 7, keep: true })
    file.write(Buffer.from('tent'), 3)
    file.applyMetadata(node)
  }
  assert.equal(decideOverwrite(node, target.stat(names('file')), 'if-changed'), 'unchanged')
})

test('each policy decides about what is there', () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'file'), 'x')
  const stat = lstatSync(join(folder, 'file'), { bigint: true })
  const node = readNode(Buffer.from(join(folder, 'file')))
  const newer = { ...node, mtime: '2100-01-01T00:00:00Z' }
  const folderStat = lstatSync(folder, { bigint: true })
  for (const policy of ['always', 'if-changed', 'if-newer', 'never'] as const)
    assert.equal(decideOverwrite(node, undefined, policy), 'create')
  assert.deepEqual(
    [node, newer].map((one) => decideOverwrite(one, stat, 'always')),
    ['compare', 'compare'],
  )
  assert.deepEqual(
    [node, newer].map((one) => decideOverwrite(one, stat, 'if-changed')),
    ['unchanged', 'compare'],
  )
  assert.deepEqual(
    [node, newer].map((one) => decideOverwrite(one, stat, 'if-newer')),
    ['keep', 'compare'],
  )
  assert.deepEqual(
    [node, newer].map((one) => decideOverwrite(one, stat, 'never')),
    ['keep', 'keep'],
  )
  assert.deepEqual(
    [node, newer].map((one) => decideOverwrite(one, folderStat, 'always')),
    ['create', 'create'],
  )
  assert.equal(decideOverwrite({ ...node, size: 2 }, stat, 'if-changed'), 'compare')
})

test('runs of zeros are left as holes, and written over what was there', async () => {
  const folder = newFolder()
  const content = Buffer.alloc(3_000_001)
  content.write('start', 0)
  content.write('middle', 1_500_000)
  writeFileSync(join(folder, 'old'), Buffer.alloc(1_000_000, 'x'))
  await using target = await openTarget(folder, { sparse: true })
  for (const name of ['new', 'old']) {
    using file = target.openFile(names(name), { sizeBytes: content.length, keep: true })
    for (let at = 0; at < content.length; at += 700_001) file.write(content.subarray(at, at + 700_001), at)
    file.trim()
  }
  assert.ok(readFileSync(join(folder, 'new')).equals(content) && readFileSync(join(folder, 'old')).equals(content))
  assert.ok(statSync(join(folder, 'new')).blocks * 512 <= 65_536)
})

test('what must be written is everything but whole blocks of zeros', () => {
  const runs = (bytes: Uint8Array, offset: number, holesFrom: number) =>
    [...dataRuns(bytes, offset, holesFrom)].map(({ start, end }) => [start, end])
  const bytes = Buffer.alloc(16_384)
  assert.deepEqual(runs(bytes, 0, 0), [])
  assert.deepEqual(runs(bytes, 1, 0), [])
  assert.deepEqual(runs(bytes, 0, 8192), [[0, 8192]])
  assert.deepEqual(runs(bytes, 0, 8193), [[0, 12_288]])
  bytes[5000] = 1
  assert.deepEqual(runs(bytes, 0, 0), [[4096, 8192]])
  assert.deepEqual(runs(bytes, 4000, 0), [[4192, 8288]])
  bytes[16_383] = 1
  assert.deepEqual(runs(bytes, 0, 0), [
    [4096, 8192],
    [12_288, 16_384],
  ])
})

test('names that a file system takes for one are kept apart and told', async () => {
  const folder = newFolder()
  const findings: Finding[] = []
  const jail = new Jail(folder)
  const keeper = new NameKeeper(
    jail,
    (finding) => findings.push(finding),
    () => true,
  )
  await using target = new Target(jail, {}, keeper)
  target.ensureDirectory(names('Dir'))
  target.ensureDirectory(names('dir'))
  writeFile(target, 'Dir/readme', '1')
  writeFile(target, 'Dir/README', '2')
  writeFile(target, 'dir/readme', '3')
  writeFile(target, 'Dir/e\u0301', '4')
  writeFile(target, 'Dir/é', '5')
  writeFile(target, 'Dir/README', 'again')
  assert.deepEqual(readdirSync(folder), ['Dir', 'dir~2'])
  assert.deepEqual(readdirSync(join(folder, 'Dir')).sort(), ['README~2', 'e\u0301', 'readme', 'é~2'])
  assert.equal(readFileSync(join(folder, 'Dir/README~2'), 'utf8'), 'again')
  assert.deepEqual(readdirSync(join(folder, 'dir~2')), ['readme'])
  assert.deepEqual(
    findings.map(({ code, path }) => [code, Buffer.from(path).toString().slice(folder.length)]),
    [
      ['ECASEFOLD', '/dir'],
      ['ECASEFOLD', '/Dir/README'],
      ['ECASEFOLD', '/Dir/é'],
    ],
  )
  assert.deepEqual(
    target.unexpected(
      names('Dir'),
      ['README', 'readme', 'é', 'e\u0301'].map((name) => Buffer.from(name)),
    ),
    [],
  )
})

test('without FFI content, folders, links, modes, owners and times come back all the same', async () => {
  const [source, folder] = [newFolder(), newFolder()]
  mkdirSync(join(source, 'd'))
  writeFileSync(join(source, 'd/file'), 'content', { mode: 0o4750 })
  chownSync(join(source, 'd/file'), 12, 34)
  symlinkSync('d', join(source, 'link'))
  utimesSync(join(source, 'd/file'), 1e9, 1.5e9)
  const program = `
    const { openTarget, planWalk, walk } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))})
    await using target = await openTarget(${JSON.stringify(folder)})
    const path = []
    for (const { kind, entry } of walk(planWalk(['.'], { cwd: ${JSON.stringify(source)} }))) {
      if (kind !== 'leave') path.push(entry.node.name)
      if (kind === 'enter') { target.ensureDirectory(path); continue }
      if (entry.node.type === 'file') {
        using file = target.openFile(path, { sizeBytes: 7, keep: false })
        file.write(Buffer.from('content'), 0)
        file.applyMetadata(entry.node)
      } else {
        if (entry.node.type === 'symlink') target.symlink(path, entry.node.linktarget)
        target.applyMetadata(path, entry.node)
      }
      path.pop()
    }`
  const env = { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined }
  execFileSync(process.execPath, ['--no-experimental-ffi', '--input-type=module', '--eval', program], { env, stdio: 'pipe' })
  const facts = (path: string) => {
    const { mode, uid, gid, mtimeMs, size } = lstatSync(path)
    return { mode, uid, gid, mtime: Math.floor(mtimeMs), size }
  }
  for (const name of ['d/file', 'd', 'link']) assert.deepEqual(facts(join(folder, name)), facts(join(source, name)))
})

test('an ordinary target tells upper from lower case', async () => {
  const folder = newFolder()
  await using target = await openTarget(folder)
  assert.equal(target.foldsCase, false)
  assert.deepEqual(readdirSync(folder), [])
})

test('Windows is given plain names only', () => {
  for (const name of ['a:b', 'C:', 'a\\b', 'nul', 'COM1.txt', 'aux.', 'trailing ', 'dot.', 'a?', 'a\x01', 'LPT¹'])
    assert.equal(isSafeOnWindows(name), false, name)
  for (const name of ['été.txt', 'null', 'com', '.hidden', 'a b', 'COM10']) assert.equal(isSafeOnWindows(name), true, name)
})

test('who is not root gets everything back but owners, and is told', async () => {
  const [source, folder] = [newFolder(), newFolder()]
  writeFileSync(join(source, 'file'), 'x')
  setXattr(Buffer.from(join(source, 'file')), 'user.a', Buffer.from('b'))
  chmodSync(join(source, 'file'), 0o444)
  const node = readNode(Buffer.from(join(source, 'file')))
  chmodSync(WORK, 0o755)
  chmodSync(folder, 0o777)
  const findings: Finding[] = []
  process.seteuid?.(65534)
  try {
    await using target = await openTarget(folder, { onFinding: (finding) => findings.push(finding) })
    using file = target.openFile(names('file'), { sizeBytes: 1, keep: false })
    file.write(Buffer.from('x'), 0)
    file.applyMetadata(node)
  } finally {
    process.seteuid?.(0)
  }
  assert.deepEqual(
    findings.map(({ operation, code }) => [operation, code]),
    [['chown', 'EPERM']],
  )
  const restored = readNode(Buffer.from(join(folder, 'file')))
  assert.deepEqual([restored.mode, restored.mtime, restored.xattrs, restored.uid], [node.mode, node.mtime, node.xattrs, 65534])
})

test('owners go by name when asked, by number where the name is unknown', async () => {
  const folder = newFolder()
  await using target = await openTarget(folder, { ownership: 'names' })
  writeFile(target, 'file', 'x')
  const node = readNode(Buffer.from(join(folder, 'file')))
  target.applyMetadata(names('file'), { ...node, uid: 4242, gid: 4242, user: 'daemon', group: 'no-such-group' })
  const { uid, gid } = statSync(join(folder, 'file'))
  assert.deepEqual([uid, gid], [1, 4242])
})

test('attributes that the snapshot lacks are taken away, those left out by choice are left alone', async () => {
  const folder = newFolder()
  await using target = await openTarget(folder, { keepsXattr: (name) => name !== 'user.mine' })
  writeFile(target, 'file', 'x')
  const path = Buffer.from(join(folder, 'file'))
  const node = {
    ...readNode(path),
    xattrs: [
      { name: 'user.new', value: Buffer.from('n') },
      { name: 'user.mine', value: Buffer.from('theirs') },
    ],
  }
  setXattr(path, 'user.old', Buffer.from('o'))
  setXattr(path, 'user.mine', Buffer.from('ours'))
  target.applyMetadata(names('file'), node)
  assert.deepEqual(
    readNode(path)
      .xattrs.map(({ name, value }) => `${name}=${Buffer.from(value ?? []).toString()}`)
      .sort(),
    ['user.mine=ours', 'user.new=n'],
  )
})

test('an access list that a folder hands down does not stay on what is restored', async () => {
  const [source, folder] = [newFolder(), newFolder()]
  writeFileSync(join(source, 'file'), 'x')
  const node = readNode(Buffer.from(join(source, 'file')))
  // Version 2, then tag, permissions and id of: owner, user 1, group, mask, others.
  const entries = [
    [1, 7, -1],
    [2, 7, 1],
    [4, 5, -1],
    [16, 7, -1],
    [32, 5, -1],
  ] as const
  const list = Buffer.alloc(4 + entries.length * 8)
  list.writeUInt32LE(2)
  entries.forEach(([tag, permissions, id], i) => {
    list.writeUInt16LE(tag, 4 + i * 8)
    list.writeUInt16LE(permissions, 6 + i * 8)
    list.writeInt32LE(id, 8 + i * 8)
  })
  setXattr(Buffer.from(folder), 'system.posix_acl_default', list)
  await using target = await openTarget(folder)
  using file = target.openFile(names('file'), { sizeBytes: 1, keep: false })
  assert.deepEqual(listXattrs(Buffer.from(join(folder, 'file'))), ['system.posix_acl_access'])
  file.applyMetadata(node)
  const restored = readNode(Buffer.from(join(folder, 'file')))
  assert.deepEqual([restored.xattrs, restored.mode], [[], node.mode])
})

test('more folders than may be open at once', async () => {
  const folder = newFolder()
  await using target = await openTarget(folder)
  for (let i = 0; i < 600; i++) {
    target.ensureDirectory(names(`d${i % 300}/sub${i}`))
    writeFile(target, `d${i % 300}/sub${i}/file`, String(i))
  }
  assert.ok(readdirSync('/proc/self/fd').length < 400)
  for (const i of [0, 299, 300, 599]) assert.equal(readFileSync(join(folder, `d${i % 300}/sub${i}/file`), 'utf8'), String(i))
  assert.ok(!existsSync(join(folder, 'd300')))
})
