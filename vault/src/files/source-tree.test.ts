import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { absolutePath, type SourceNode, sourceTree } from './source-tree.ts'

const WORK = mkdtempSync(join(tmpdir(), 'couronne-files-source-'))
after(() => rmSync(WORK, { recursive: true, force: true }))
for (const folder of ['a/b/c', 'a/d', 'x/a']) mkdirSync(join(WORK, folder), { recursive: true })
writeFileSync(join(WORK, 'a/file'), '')

/** Lines `shown ← read whole` and `shown : folder that only leads there`. */
function printTree(node: SourceNode, prefix = ''): string[] {
  return [...node.children]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, child]) => {
      const shown = `${prefix}/${name}`
      return [
        child.path === undefined ? `${shown} : ${child.metadataPath}` : `${shown} ← ${child.path}`,
        ...printTree(child, shown),
      ]
    })
}

function tree(targets: readonly string[], cwd = WORK, isWindows = false): string[] {
  return printTree(sourceTree(targets, { cwd, isWindows })).map((line) => line.replaceAll(WORK, '~'))
}

test('a relative target brings its own components only', () => {
  assert.deepEqual(tree(['a/b']), ['/a : ~/a', '/a/b ← ~/a/b'])
  assert.deepEqual(tree(['../a'], join(WORK, 'x')), ['/a ← ~/a'])
  assert.deepEqual(tree(['a/./b/../d/']), ['/a : ~/a', '/a/d ← ~/a/d'])
})

test('targets of one name and different origin are numbered', () => {
  assert.deepEqual(
    tree(['a', '../a', '../../nowhere/a'], join(WORK, 'x')).map((line) => line.replace(/~\/\.\.|\/tmp\/nowhere/, '…')),
    ['/a ← ~/x/a', '/a-1 ← ~/a', '/nowhere : …', '/nowhere/a ← …/a'],
  )
  assert.deepEqual(tree(['a/b', '../x/a/c', '../a/d'], join(WORK, 'x')), [
    '/a : ~/x/a',
    '/a/b ← ~/x/a/b',
    '/a-1 : ~/a',
    '/a-1/d ← ~/a/d',
    '/x : ~/x',
    '/x/a : ~/x/a',
    '/x/a/c ← ~/x/a/c',
  ])
})

test('a target inside another one makes the outer one a list of its entries', () => {
  const expected = ['/a : ~/a', '/a/b : ~/a/b', '/a/b/c ← ~/a/b/c', '/a/d ← ~/a/d', '/a/file ← ~/a/file']
  assert.deepEqual(tree(['a', 'a/b/c']), expected)
  assert.deepEqual(tree(['a/b/c', 'a', 'a']), expected)
})

test('the root and the working folder stand for what they contain', () => {
  assert.deepEqual(tree(['.']), ['/a ← ~/a', '/x ← ~/x'])
  assert.deepEqual(tree(['..'], join(WORK, 'a')), ['/a ← ~/a', '/x ← ~/x'])
  assert.ok(tree(['/']).includes('/etc ← /etc'))
})

test('on Windows a volume is a folder of its own', () => {
  assert.deepEqual(tree(['C:\\Users\\x', 'C:\\Data', 'D:\\'], 'C:/Work', true), [
    '/C : C:/',
    '/C/Data ← C:/Data',
    '/C/Users : C:/Users',
    '/C/Users/x ← C:/Users/x',
    '/D ← D:/',
  ])
  assert.deepEqual(tree(['\\\\srv\\share\\a'], 'C:/Work', true), [
    '/\\\\srv\\share : //srv/share/',
    '/\\\\srv\\share/a ← //srv/share/a',
  ])
  assert.deepEqual(tree(['sub\\y'], 'C:/Work', true), ['/sub : C:/Work/sub', '/sub/y ← C:/Work/sub/y'])
  assert.equal(absolutePath('..\\z', { cwd: 'C:/Work/a', isWindows: true }), 'C:/Work/z')
})
