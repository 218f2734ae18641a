import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RefusedError, UsageError } from '#errors'
import { type BlobId, type BlobType, encodeTree, type TreeNode } from '#format'
import type { Repository } from '#repository'
import type { Storage } from '#storage'
import { aNode, Handmade } from './handmade.suite.ts'
import { findEntry, TREE_DEPTH_MAX, type TreeWalkOptions, walkTree } from './tree-walk.ts'

async function walked(repository: Repository, tree: BlobId, options: TreeWalkOptions = {}): Promise<string[]> {
  const lines: string[] = []
  for await (const step of walkTree(repository, tree, options)) {
    if (step.kind === 'finding') lines.push(`! ${step.finding.code} ${Buffer.from(step.finding.path)}`)
    else if (step.kind === 'leave')
      lines.push(`< ${step.entry === undefined ? '' : Buffer.from(step.entry.path)} ${step.folder.isWhole}`)
    else lines.push(`${step.kind === 'enter' ? '>' : '-'} ${Buffer.from(step.entry.path)}`)
  }
  return lines
}

test('entries come in the order of trees, a folder before and after its content', async () => {
  await using made = await Handmade.create()
  const inner = await made.folder('inner', [aNode('x', 'file')])
  const tree = await made.storedTree([
    aNode('a', 'file'),
    await made.folder('b', [inner, aNode('z', 'symlink')]),
    aNode('c', 'fifo'),
  ])
  assert.deepEqual(await walked(made.repository, tree), [
    ...['- /a', '> /b', '> /b/inner', '- /b/inner/x', '< /b/inner true', '- /b/z', '< /b true', '- /c', '<  true'],
  ])
})

test('a folder that is not gone into is an item', async () => {
  await using made = await Handmade.create()
  const tree = await made.storedTree([await made.folder('a', [aNode('x', 'file')]), await made.folder('b', [aNode('y', 'file')])])
  const descends = ({ node }: { node: TreeNode }) => Buffer.from(node.name).toString() === 'b'
  assert.deepEqual(await walked(made.repository, tree, { descends }), ['- /a', '> /b', '- /b/y', '< /b true', '<  true'])
})

test('names that could lead elsewhere are left out and told; their folder is then not whole', async () => {
  await using made = await Handmade.create()
  const evil = ['..', '.', 'a/b', '/etc', 'nul\0byte'].map((name) => aNode(name, 'file'))
  const tree = await made.storedTree([await made.folder('in', [...evil, aNode('sound', 'file')]), aNode('other', 'file')])
  assert.deepEqual(await walked(made.repository, tree), [
    '> /in',
    ...Array(5).fill('! NAME /in'),
    '- /in/sound',
    '< /in false',
    '- /other',
    '<  true',
  ])
})

test('a tree that is missing is a finding; what lies beside it is walked', async () => {
  await using made = await Handmade.create()
  const lost = aNode('lost', 'dir', { subtree: 'ab'.repeat(32) as BlobId })
  const tree = await made.storedTree([aNode('a', 'file'), lost, aNode('nowhere', 'dir'), aNode('z', 'file')])
  assert.deepEqual(await walked(made.repository, tree), [
    '- /a',
    '> /lost',
    '! blob-missing /lost',
    '< /lost false',
    '> /nowhere',
    '! NOTREE /nowhere',
    '< /nowhere false',
    '- /z',
    '<  true',
  ])
})

test('a tree that is no tree is a finding', async () => {
  await using made = await Handmade.create()
  const { repository } = made
  const writer = repository.writer()
  const junk = await writer.save('tree', new TextEncoder().encode('{"nodes":[{"name":"x"}]}\n'))
  await writer.flush()
  const tree = await made.storedTree([aNode('junk', 'dir', { subtree: junk }), aNode('z', 'file')])
  assert.deepEqual(await walked(repository, tree), ['> /junk', '! object-damaged /junk', '< /junk false', '- /z', '<  true'])
})

// Hashes cannot be made to form a circle: the trees are given by hand, everything else is real.
test('a folder that holds itself, or one above it, is not gone into again', async () => {
  await using made = await Handmade.create()
  const [one, two] = ['11'.repeat(32), '22'.repeat(32)] as BlobId[]
  const trees = new Map([
    [one, [aNode('self', 'dir', { subtree: one }), aNode('two', 'dir', { subtree: two })]],
    [two, [aNode('up', 'dir', { subtree: one }), aNode('x', 'file')]],
  ])
  const repository: Repository = Object.create(made.repository, {
    loadBlob: { value: async (_: BlobType, id: BlobId) => encodeTree(trees.get(id)!) },
    index: { value: made.repository.index },
  })
  assert.deepEqual(await walked(repository, one!), [
    ...['> /self', '! CYCLE /self', '< /self false', '> /two', '> /two/up', '! CYCLE /two/up', '< /two/up false'],
    ...['- /two/x', '< /two true', '<  true'],
  ])
})

test('depth has a limit, and what lies beside the abyss is walked', async () => {
  await using made = await Handmade.create()
  let tree = await made.tree([aNode('bottom', 'file')])
  for (let depth = 0; depth < TREE_DEPTH_MAX + 5; depth++)
    tree = await made.tree([aNode('d', 'dir', { subtree: tree }), aNode('f', 'file')])
  await made.storedTree([])
  const lines = await walked(made.repository, tree)
  assert.equal(lines.filter((line) => line.startsWith('! DEPTH')).length, 1)
  assert.equal(lines.filter((line) => line.endsWith('/f')).length, TREE_DEPTH_MAX)
  assert.equal(lines.at(-2), '- /f')
})

test('a tree that names more than can be is refused, whatever its size', async () => {
  await using made = await Handmade.create()
  let tree = await made.tree([aNode('x', 'file')])
  for (let i = 0; i < 60; i++)
    tree = await made.tree([aNode('a', 'dir', { subtree: tree }), aNode('b', 'dir', { subtree: tree })])
  await made.storedTree([])
  await assert.rejects(walked(made.repository, tree, { entriesMax: 1000 }), RefusedError)
})

test('a long walk reads trees in large pieces, and each damaged one for itself', async () => {
  await using made = await Handmade.create()
  const folders: TreeNode[] = []
  for (let i = 0; i < 300; i++) folders.push(await made.folder(`d${i}`, [aNode(`f${i}`, 'file')]))
  const root = await made.storedTree(folders)
  const damaged = made.repository.index.find('tree', folders[200]!.subtree!)!
  const key = `data/${damaged.pack}`
  const bytes = Uint8Array.from(made.storage.objects.get(key)!)
  bytes[damaged.offset + 20]! ^= 1
  made.storage.objects.set(key, bytes)
  let loads = 0
  const { load } = made.storage
  const storage: Storage = Object.create(made.storage, {
    load: {
      value: (...args: Parameters<typeof load>) => {
        loads++
        return load.apply(made.storage, args)
      },
    },
  })
  await using repository = await made.open(storage)
  await repository.loadIndex()
  loads = 0
  const lines = await walked(repository, root)
  assert.equal(lines.filter((line) => line.startsWith('- ')).length, 299)
  assert.deepEqual(
    lines.filter((line) => line.startsWith('!')),
    ['! object-damaged /d200'],
  )
  assert.ok(loads < 30, `${loads} loads`)
})

test('leaving the walk early leaves nothing behind', async () => {
  await using made = await Handmade.create()
  const folders = await Promise.all(Array.from({ length: 20 }, (_, i) => made.folder(`d${i}`, [aNode(`f${i}`, 'file')])))
  const tree = await made.storedTree(folders)
  for await (const step of walkTree(made.repository, tree)) {
    if (step.kind === 'item') break
  }
  const signal = AbortSignal.abort(new Error('enough'))
  await assert.rejects(walked(made.repository, tree, { signal }), /enough/)
})

test('an entry is found by its path, cleaned first', async () => {
  await using made = await Handmade.create()
  const name = Buffer.from('lat\xe9n', 'latin1')
  const tree = await made.storedTree([
    await made.folder('a', [aNode('x', 'file'), await made.folder(name, [aNode('y', 'file')])]),
  ])
  const found = async (path: string | Uint8Array) => {
    const entry = await findEntry(made.repository, tree, path)
    return entry && Buffer.from(entry.path).toString('latin1')
  }
  assert.equal(await found('/a/x'), '/a/x')
  assert.equal(await found('a//./x/'), '/a/x')
  assert.equal(await found('/../a/b/../x'), '/a/x')
  assert.equal(await found(Buffer.from('/a/lat\xe9n/y', 'latin1')), '/a/lat\xe9n/y')
  assert.equal(await found('/'), undefined)
  assert.equal(await found(''), undefined)
  for (const path of ['/b', '/a/y', '/a/x/z']) await assert.rejects(found(path), UsageError)
})
