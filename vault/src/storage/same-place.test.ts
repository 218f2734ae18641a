import assert from 'node:assert/strict'
import fs, { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { findSamePlace, isSameAddress } from './same-place.ts'

test('one address has many ways to be written', () => {
  assert.ok(isSameAddress('/media/a', '/media/./b/../a/'))
  assert.ok(isSameAddress('local:/media/a', '/media/a'))
  assert.ok(isSameAddress('rest:http://nas/x', 'rest:http://nas:80/x/'))
  assert.ok(!isSameAddress('/media/a', '/media/b'))
  assert.ok(!isSameAddress('memory:', 'memory:'), 'what is no address is only itself')
})

describe('the same place', () => {
  let folder: string
  /** What the system is asked, in order; it says nothing of what is below `hung`, and nothing useful of what is below `windows`. */
  const asked: string[] = []
  const silence = Promise.withResolvers<never>()

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'couronne-same-'))
    for (const name of ['a', 'b', 'windows']) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'config'), name)
    }
    await symlink(join(folder, 'a'), join(folder, 'link'))
    const stat = fs.stat
    const about = async (path: string, options: { bigint: true }) => {
      asked.push(path)
      if (path.includes('hung')) return silence.promise
      const there = await stat(path, options)
      return path.includes('windows') ? Object.assign(there, { ino: 0n, dev: 0n }) : there
    }
    mock.method(fs, 'stat', about as unknown as typeof fs.stat)
    syncBuiltinESMExports()
  })
  after(async () => {
    mock.restoreAll()
    syncBuiltinESMExports()
    await rm(folder, { recursive: true })
  })
  beforeEach(() => asked.splice(0))
  const at = (name: string) => join(folder, name)

  test('a folder by another path', async () => {
    assert.equal(await findSamePlace(at('link'), [at('b'), at('a')]), at('a'))
    assert.equal(await findSamePlace(at('link'), [at('b'), 'rest:http://nas/a/', 'memory:']), undefined)
  })

  test('nobody is asked what can be read off the addresses', async () => {
    assert.equal(await findSamePlace(at('hung'), []), undefined)
    assert.equal(await findSamePlace(at('a'), [at('hung'), `${at('a')}/`]), `${at('a')}/`)
    assert.equal(await findSamePlace('rest:http://nas/a', [at('hung'), at('a')]), undefined)
    assert.equal(await findSamePlace(at('a'), ['rest:http://nas/a', 'memory:']), undefined)
    assert.deepEqual(asked, [])
  })

  test('where files have no numbers nobody can tell', async () => {
    await symlink(at('windows'), at('windows-link'))
    assert.equal(await findSamePlace(at('windows-link'), [at('windows')]), undefined)
  })

  test('a path that has not answered is not asked again', async () => {
    const questions = [at('hung-1'), at('a'), at('b'), at('hung-1')].map((place) => findSamePlace(place, [at('hung-2')]))
    while (!asked.includes(at('hung-2'))) await new Promise((resolve) => setImmediate(resolve))
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(asked.filter((path) => path.includes('hung')).sort(), [at('hung-1'), at('hung-2')])
    silence.reject(new Error('gone'))
    assert.deepEqual(await Promise.all(questions), [undefined, undefined, undefined, undefined])
    asked.splice(0)
    await findSamePlace(at('hung-1'), [at('a')])
    assert.deepEqual(asked, [at('hung-1')])
  })
})
