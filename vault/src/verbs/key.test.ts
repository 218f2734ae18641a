import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { StorageError } from '#errors'
import { localFolderStorage, type Storage } from '#storage'
import { restic014, restic018 } from '../../../tests/peers/peers.ts'
import { addPassword, changePassword, listAllKeys, removeKeyFile } from './key.ts'
import { StockBench } from './stock-bench.suite.ts'

const scrypt = { n: 2, r: 1, p: 1 }

describe('key', { concurrency: 4 }, () => {
  let bench: StockBench
  before(async () => {
    bench = await StockBench.create()
    await bench.write('a', 'a')
    await bench.backup()
  })
  after(() => bench[Symbol.asyncDispose]())

  const canOpen = async (place: string, password: string) =>
    (await bench.restic(['snapshots', '--no-lock'], { repository: place, env: { RESTIC_PASSWORD: password }, allow: 'any' }))
      .status === 0

  test('a second password opens too, with stock restic of both versions', async () => {
    const place = await bench.copyTo('add')
    await using repository = await bench.open(place)
    const [added] = await addPassword(repository, 'pässwörd', { scrypt, username: 'dr', hostname: 'cabinet' })
    for (const program of [restic014(), restic018()]) {
      await bench.restic(['snapshots'], { repository: place, program, env: { RESTIC_PASSWORD: 'pässwörd' } })
    }
    const keys = await listAllKeys(repository)
    assert.deepEqual(
      keys.map(({ id, isCurrent, file }) => [
        id === added!.id,
        isCurrent,
        file?.username === 'dr' && file.hostname === 'cabinet',
      ]),
      [
        [false, true, false],
        [true, false, true],
      ],
    )
    const listed = await bench.json<{ id: string; userName: string; hostName: string }[]>(['key', 'list'], { repository: place })
    assert.ok(listed.some(({ id, userName, hostName }) => id === added!.id && userName === 'dr' && hostName === 'cabinet'))
  })

  test('a key that stock restic added opens, and can be removed', async () => {
    const place = await bench.copyTo('stock')
    await writeFile(bench.path('password'), 'from stock')
    await bench.restic(['key', 'add', '--new-password-file', bench.path('password')], { repository: place })
    await using repository = await bench.open(place, { password: 'from stock' })
    const current = (await listAllKeys(repository)).find(({ isCurrent }) => isCurrent)!
    const other = (await listAllKeys(repository)).find(({ isCurrent }) => !isCurrent)!
    await assert.rejects(removeKeyFile(repository, current.id), { code: 'refused' })
    await assert.rejects(removeKeyFile(repository, 'zz'), { code: 'usage' })
    assert.equal(await removeKeyFile(repository, other.id.slice(0, 12)), other.id)
    assert.ok(!(await canOpen(place, 'a test')))
    assert.ok(await canOpen(place, 'from stock'))
  })

  test('another password: the old one opens nothing any more, on any mirror', async () => {
    const places = [await bench.copyTo('passwd-a'), await bench.copyTo('passwd-b')]
    await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
    const added = await changePassword(repository, { current: 'a test', next: 'next' }, { scrypt })
    assert.equal(added.length, 2)
    for (const place of places) {
      assert.ok(await canOpen(place, 'next'))
      assert.ok(!(await canOpen(place, 'a test')))
      assert.equal((await bench.names('keys', place)).length, 1)
    }
  })

  test('a change that was interrupted between two mirrors comes to its end when it is made again', async () => {
    const places = [await bench.copyTo('half-a'), await bench.copyTo('half-b')]
    const passwords = { current: 'a test', next: 'next' }
    {
      await using both = await bench.open(places.map((place) => localFolderStorage(place)))
      await addPassword(both, 'next', { scrypt })
      await using first = await bench.open(places[0], { password: 'next' })
      await removeKeyFile(first, both.keyId)
    }
    await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
    await changePassword(repository, passwords, { scrypt })
    for (const place of places) {
      assert.ok(await canOpen(place, 'next'))
      assert.ok(!(await canOpen(place, 'a test')))
      assert.equal((await bench.names('keys', place)).length, 1)
    }
    await assert.rejects(changePassword(repository, passwords, { scrypt }), { code: 'wrong-password' })
  })

  test('every key that the old password opens goes, and the same password again makes one new key', async () => {
    const place = await bench.copyTo('twice')
    await using repository = await bench.open(place)
    await addPassword(repository, 'a test', { scrypt })
    const before = await bench.names('keys', place)
    assert.equal(before.length, 2)
    await changePassword(repository, { current: 'a test', next: 'a test' }, { scrypt })
    const [key, ...others] = await bench.names('keys', place)
    assert.deepEqual([others, before.includes(key!)], [[], false])
    assert.ok(await canOpen(place, 'a test'))
  })

  test('a wrong current password changes nothing', async () => {
    const place = await bench.copyTo('wrong')
    await using repository = await bench.open(place)
    await assert.rejects(changePassword(repository, { current: 'wrong', next: 'next' }, { scrypt }), { code: 'wrong-password' })
    assert.equal((await bench.names('keys', place)).length, 1)
  })

  test('one mirror may have a password of its own', async () => {
    const places = [await bench.copyTo('own-a'), await bench.copyTo('own-b')]
    await using repository = await bench.open(places.map((place) => localFolderStorage(place)))
    await addPassword(repository, 'only b', { scrypt, mirror: places[1]! })
    assert.ok(!(await canOpen(places[0]!, 'only b')))
    assert.ok(await canOpen(places[1]!, 'only b'))
    await assert.rejects(addPassword(repository, 'x', { scrypt, mirror: '/nowhere' }), { code: 'usage' })
  })

  test('a key goes from the mirrors that have it; those that have not are not asked', async () => {
    const [own, other] = [await bench.copyTo('elsewhere-a'), await bench.copyTo('elsewhere-b')]
    const remove: Storage['remove'] = async (kind) => {
      if (kind === 'keys') throw new StorageError('refused', 'append-only')
    }
    const appendOnly = Object.assign(Object.create(localFolderStorage(own)) as Storage, { remove })
    await using repository = await bench.open([appendOnly, localFolderStorage(other)])
    await addPassword(repository, 'only there', { scrypt, mirror: other })
    const added = (await bench.names('keys', other)).find((name) => name !== repository.keyId)!
    await removeKeyFile(repository, added)
    assert.deepEqual(await bench.names('keys', other), [repository.keyId])
  })

  test('junk among the keys is listed as such and may be removed', async () => {
    const place = await bench.copyTo('junk')
    await writeFile(join(place, 'keys', 'e'.repeat(64)), 'junk')
    await using repository = await bench.open(place)
    assert.equal((await listAllKeys(repository)).at(-1)?.file, undefined)
    await removeKeyFile(repository, 'eeee')
    assert.equal((await bench.names('keys', place)).length, 1)
  })

  test('an empty password needs to be wanted', async () => {
    const place = await bench.copyTo('empty')
    await using repository = await bench.open(place)
    await assert.rejects(addPassword(repository, '', { scrypt }), { code: 'usage' })
    await addPassword(repository, '', { scrypt, allowEmptyPassword: true })
    await bench.restic(['--insecure-no-password', 'snapshots', '--no-lock'], {
      repository: place,
      env: { RESTIC_PASSWORD: undefined },
    })
  })
})
