import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { UsageError } from '#errors'
import { decodeTree, encodeTree, type TreeNode } from '#format'
import { restic014, restic018 } from '../../../tests/peers/peers.ts'
import { ourTree, StockRestic } from './stock-restic.suite.ts'
import { makeSocket, makeTrickyFolder, setRawXattr } from './tricky-folder.suite.ts'
import { planWalk, type WalkOptions, type WalkStep, walk } from './walk.ts'

const WORK = mkdtempSync(join(tmpdir(), 'couronne-files-walk-'))

const old = await StockRestic.create(restic014())
const recent = await StockRestic.create(restic018())
after(() => {
  old[Symbol.dispose]()
  recent[Symbol.dispose]()
  rmSync(WORK, { recursive: true, force: true })
})

function textOf(node: TreeNode | undefined): string {
  return Buffer.from(node?.name ?? []).toString()
}

function makeFiles(folder: string, files: readonly string[]): string {
  for (const file of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    writeFileSync(join(folder, file), file)
  }
  return folder
}

async function assertSameTree(
  targets: readonly string[],
  options: WalkOptions & { cwd: string },
  args: readonly string[] = [],
): Promise<void> {
  const ours = ourTree(targets, options)
  const theirs = await Promise.all([old, recent].map((restic) => restic.backup([...args, ...targets], options.cwd)))
  assert.deepEqual(theirs, [ours.id, ours.id], `${targets.join(' ')}: ${ours.paths.join(' ')}`)
}

test('a folder of every kind of entry has the tree that restic 0.14 gives it', async () => {
  const folder = join(WORK, 'tricky-014')
  makeTrickyFolder(folder, { isModern: false })
  const ours = ourTree(['.'], { cwd: folder })
  assert.equal(ours.id, await old.backup(['.'], folder))
  assert.deepEqual(ours.findings, [])
})

test('a folder of every kind of entry has the tree that restic 0.18 gives it', async () => {
  const folder = join(WORK, 'tricky-018')
  makeTrickyFolder(folder, { isModern: true })
  using _ = await makeSocket(join(folder, 'socket')).then((server) => ({ [Symbol.dispose]: () => server.close() }))
  assert.equal(ourTree(['.'], { cwd: folder }).id, await recent.backup(['.'], folder))
  assert.equal(ourTree(['.'], { cwd: folder, withAtime: true }).id, await recent.backup(['--with-atime', '.'], folder))
})

test('names of attributes that are no UTF-8 are in the tree as restic has them', async () => {
  const folder = makeFiles(join(WORK, 'raw-attributes'), ['one', 'two'])
  setRawXattr(Buffer.from(join(folder, 'one')), 'user.\\377')
  for (const name of ['user.\\303\\251\\303', 'user.\\357\\277\\275', 'user.<\\377&'])
    setRawXattr(Buffer.from(join(folder, 'two')), name)
  await assertSameTree(['.'], { cwd: folder })
  assert.deepEqual(ourTree(['.'], { cwd: folder }).findings, [])
})

test('times are written in the local zone of their own instant', async () => {
  const folder = join(WORK, 'tricky-018')
  const program = `
    const { ourTree } = await import(${JSON.stringify(import.meta.resolve('./stock-restic.suite.ts'))})
    console.log(ourTree(['times'], { cwd: ${JSON.stringify(folder)} }).id)`
  const compare = async (zone: string): Promise<void> => {
    const env = { ...process.env, TZ: zone, NODE_TEST_CONTEXT: undefined }
    const ours = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env })
    assert.equal(ours.stdout.trim(), await recent.backup(['times'], folder, { TZ: zone }), zone)
  }
  await Promise.all(['Europe/Paris', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC'].map(compare))
})

test('what a user names decides what the root shows', async () => {
  const cwd = makeFiles(join(WORK, 'targets'), ['a/x/1', 'a/x/2', 'a/y/3', 'b/a/x/4', 'b/c', 'b/a/q', 'd'])
  const cases = [
    ['a'],
    ['a/x', 'b'],
    ['a/x/1'],
    ['.'],
    ['./a/', 'a//x/..'],
    ['a', 'a/x'],
    ['a/x/1', 'a'],
    ['d', 'b/c'],
    ['b/a', 'a', 'd'],
    ['../targets/a', 'a'],
    ['..//targets/b/a', '../targets/d'],
    ['a/x', 'a/x/', 'a/y'],
  ]
  const casesBelow = [
    ['../a', '../b/a', 'c'],
    ['..'],
    ['c', '../b/c', '../../targets/b/c'],
    ['a', '../a', '../../targets/a', '../../targets/b/a/q'],
  ]
  await Promise.all([
    ...cases.map((targets) => assertSameTree(targets, { cwd })),
    ...casesBelow.map((targets) => assertSameTree(targets, { cwd: join(cwd, 'b') })),
  ])
})

test('an absolute target is shown below its folders, with their own metadata', async () => {
  const cwd = makeFiles(join(WORK, 'absolute'), ['a/x', 'b'])
  symlinkSync('a', join(cwd, 'link'))
  const targets = [join(cwd, 'link/x'), join(cwd, 'b')]
  const ours = ourTree(targets, { cwd: '/' })
  assert.deepEqual(ours.paths.slice(-4), [cwd, `${cwd}/b`, `${cwd}/link`, `${cwd}/link/x`])
  assert.equal(textOf(ours.nodes[0]), cwd.split('/')[1])
  // Others write into the folders for temporary files meanwhile, so only what is ours is compared.
  let tree = await recent.backup(targets, '/')
  for (const name of cwd.split('/').slice(1)) {
    const node = decodeTree(await recent.tree(tree)).find((one) => textOf(one) === name)
    tree = node?.subtree as string
  }
  assert.ok(ours.trees.has(tree))
})

test('targets that meet in one name from different folders are numbered', () => {
  const cwd = makeFiles(join(WORK, 'meeting'), ['x/d/1', 'd/2'])
  const ours = ourTree(['d', '../meeting/d', join(cwd, 'd').slice(1), join(cwd, 'x/d')], { cwd })
  assert.deepEqual(
    ours.nodes.map((node) => textOf(node)).filter((name) => name !== 'tmp'),
    ['d', 'meeting'],
  )
})

test('rules leave out what those of restic leave out', async () => {
  const cwd = makeFiles(join(WORK, 'rules'), [
    'src/cache/CACHEDIR.TAG',
    'src/cache/x',
    'src/cache/sub/y',
    'src/false/CACHEDIR.TAG',
    'src/false/x',
    'src/tagged/.nobackup',
    'src/tagged/x',
    'src/tagged/deep/y',
    'src/marked/tag',
    'src/marked/z',
    'src/unmarked/tag',
    'src/both/.nobackup',
    'src/both/tag',
    'src/large',
    'src/small',
  ])
  writeFileSync(join(cwd, 'src/cache/CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n# more')
  writeFileSync(join(cwd, 'src/marked/tag'), 'the mark and more')
  writeFileSync(join(cwd, 'src/both/tag'), 'the mark')
  writeFileSync(join(cwd, 'src/large'), 'x'.repeat(5000))
  symlinkSync('x'.repeat(3000), join(cwd, 'src/long-link'))
  const presence = (...rules: string[]) => rules.map((rule) => `--exclude-if-present=${rule}`)
  await Promise.all([
    assertSameTree(['src'], { cwd, excludeCaches: true }, ['--exclude-caches']),
    assertSameTree(['src'], { cwd, excludeIfPresent: ['.nobackup'] }, presence('.nobackup')),
    assertSameTree(['src'], { cwd, excludeIfPresent: ['tag:the mark', '.nobackup'] }, presence('tag:the mark', '.nobackup')),
    assertSameTree(['src'], { cwd, excludeLargerThanBytes: 2048 }, ['--exclude-larger-than=2k']),
    assertSameTree(['src/tagged/deep', 'src/large'], { cwd, excludeIfPresent: ['.nobackup'] }, presence('.nobackup')),
  ])
  const findings = ourTree(['src'], { cwd, excludeCaches: true }).findings
  assert.deepEqual(
    findings.map(({ operation, code }) => [operation, code]),
    [['tag', 'EBADTAG']],
  )
})

test('one file system keeps folders where another is mounted, and nothing of it', async () => {
  const cwd = makeFiles(join(WORK, 'mounts'), ['src/mounted/hidden', 'src/x'])
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(cwd, 'src/mounted')])
  try {
    makeFiles(join(cwd, 'src/mounted'), ['inside/deep', 'file'])
    await assertSameTree(['src'], { cwd, oneFileSystem: true }, ['--one-file-system'])
    await assertSameTree(['src', 'src/mounted/inside'], { cwd, oneFileSystem: true }, ['--one-file-system'])
    await assertSameTree(['src'], { cwd })
  } finally {
    execFileSync('umount', [join(cwd, 'src/mounted')])
  }
})

test('entries come in the order of their bytes, folders around their content', () => {
  const cwd = makeFiles(join(WORK, 'order'), ['b/2', 'b/10', 'B', 'a.txt', 'a/x', 'a-b', '\ue000', '\u{1f600}'])
  const steps = [...walk(planWalk(['.'], { cwd }))].map(
    (step) => `${step.kind} ${'entry' in step ? textOf(step.entry.node) : ''}`,
  )
  assert.deepEqual(steps, [
    'item B',
    'enter a',
    'item x',
    'leave a',
    'item a-b',
    'item a.txt',
    'enter b',
    'item 10',
    'item 2',
    'leave b',
    'item \ue000',
    'item \u{1f600}',
  ])
})

/** Steps of a walk during which something happens when `name` was given. */
function stepsDuring(cwd: string, name: string, event: () => void): string[] {
  const steps: string[] = []
  for (const step of walk(planWalk(['.'], { cwd }))) {
    steps.push(describeStep(step))
    if (step.kind !== 'finding' && textOf(step.entry.node) === name && step.kind !== 'leave') event()
  }
  return steps
}

function describeStep(step: WalkStep): string {
  if (step.kind !== 'finding') return `${step.kind} ${textOf(step.entry.node)}`
  const { operation, code, path } = step.finding
  return `${operation} ${code} ${Buffer.from(path).toString().split('/').at(-1)}`
}

test('a file that disappears is a finding and the rest goes on', () => {
  const cwd = makeFiles(join(WORK, 'vanishing'), ['1', '2', '3'])
  assert.deepEqual(
    stepsDuring(cwd, '1', () => unlinkSync(join(cwd, '2'))),
    ['item 1', 'lstat ENOENT 2', 'item 3'],
  )
})

test('a folder that becomes a link is not followed', () => {
  const cwd = makeFiles(join(WORK, 'swapped'), ['1', '2/inside', 'outside/secret'])
  const steps = stepsDuring(cwd, '1', () => {
    renameSync(join(cwd, '2'), join(cwd, '9'))
    symlinkSync('outside', join(cwd, '2'))
  })
  assert.deepEqual(steps, ['item 1', 'item 2', 'enter outside', 'item secret', 'leave outside'])
})

test('what may not be read is a finding and the rest goes on', () => {
  const cwd = makeFiles(join(WORK, 'forbidden'), ['a', 'locked/x', 'z'])
  execFileSync('chmod', ['0711', join(cwd, 'locked')])
  execFileSync('chmod', ['0755', WORK])
  process.seteuid?.(65534)
  try {
    assert.deepEqual([...walk(planWalk(['.'], { cwd }))].map(describeStep), ['item a', 'readdir EACCES locked', 'item z'])
  } finally {
    process.seteuid?.(0)
  }
})

test('targets that do not exist are findings; when none exists there is nothing to back up', () => {
  const cwd = makeFiles(join(WORK, 'some'), ['a'])
  const plan = planWalk(['none', 'a'], { cwd })
  assert.deepEqual(plan.paths, [join(cwd, 'a')])
  assert.deepEqual([...walk(plan)].map(describeStep), ['lstat ENOENT none', 'item a'])
  assert.throws(() => planWalk(['none'], { cwd }), UsageError)
  assert.throws(() => planWalk([], { cwd }), UsageError)
})

test('a walk may be done twice', () => {
  const cwd = makeFiles(join(WORK, 'twice'), ['a/b', 'c'])
  const plan = planWalk(['.'], { cwd })
  assert.deepEqual([...walk(plan)].map(describeStep), [...walk(plan)].map(describeStep))
})

test('trees that a walk gives can be encoded and come back', () => {
  for (const nodes of ourTree(['.'], { cwd: join(WORK, 'tricky-018') }).trees.values()) {
    assert.deepEqual(encodeTree(decodeTree(encodeTree(nodes))), encodeTree(nodes))
  }
})
