import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { RefusedError, UsageError } from '#errors'
import { addAccount, listAccounts, removeAccount, setOwnerMayDelete, setPassword, setQuota, WatchedAccounts } from './accounts.ts'
import { hashPassword, isPassword, newPassword, parseHash } from './password.ts'
import { aFolder, aServer, ask, OWNER, writeAccounts } from './testing.ts'

const NOW = Temporal.Instant.from('2026-11-23T08:00:00Z')
const anAccount = (name = 'cabinet') => ({
  name,
  quotaBytes: 1000,
  writerPassword: `writer of ${name}`,
  now: () => NOW,
})

test('an account added is listed, without its hashes', async () => {
  const file = join(aFolder(), 'deeper', 'accounts.json')
  await addAccount(file, anAccount())
  assert.deepEqual(await listAccounts(file), [
    { name: 'cabinet', quotaBytes: 1000, ownerMayDelete: false, hasOwner: false, addedAt: NOW },
  ])
})

test('the file can be read by its owner only, and holds no password', async () => {
  const file = join(aFolder(), 'accounts.json')
  await addAccount(file, anAccount())
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.doesNotMatch(readFileSync(file, 'utf8'), /writer of|owner of/)
})

test('a file that others can read is refused', async () => {
  const file = join(aFolder(), 'accounts.json')
  writeAccounts(file, [{}])
  chmodSync(file, 0o640)
  await assert.rejects(listAccounts(file), UsageError)
})

test('quota, right to delete and passwords can be changed', async () => {
  const file = join(aFolder(), 'accounts.json')
  writeAccounts(file, [{}])
  await setQuota(file, 'cabinet', 5)
  await setOwnerMayDelete(file, 'cabinet', true)
  await setPassword(file, 'cabinet', 'writer', 'quite another one')
  const [account] = await listAccounts(file)
  assert.equal(account?.quotaBytes, 5)
  assert.equal(account?.ownerMayDelete, true)
  const kept = JSON.parse(readFileSync(file, 'utf8')).accounts[0]
  assert.equal(await isPassword('quite another one', kept.writer), true)
  assert.equal(await isPassword('the-writer-password', kept.writer), false)
})

test('writer and owner never have the same password', async () => {
  const file = join(aFolder(), 'accounts.json')
  await assert.rejects(addAccount(file, { ...anAccount(), ownerPassword: 'writer of cabinet' }), UsageError)
  writeAccounts(file, [{}])
  await assert.rejects(setPassword(file, 'cabinet', 'writer', 'the-owner-password'), UsageError)
})

test('the name of a removed account is kept from strangers', async () => {
  const file = join(aFolder(), 'accounts.json')
  writeAccounts(file, [{}])
  await removeAccount(file, 'cabinet')
  assert.deepEqual(await listAccounts(file), [])
  await assert.rejects(addAccount(file, anAccount()), RefusedError)
  await addAccount(file, { ...anAccount(), reuseName: true })
  assert.equal((await listAccounts(file)).length, 1)
})

test('names that are no names, weak passwords and odd quotas are refused, and nothing is written', async () => {
  const file = join(aFolder(), 'accounts.json')
  for (const name of [
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    'A',
    'é',
    'a b',
    '.couronne',
    '-a',
    'a-',
    'nul',
    'com1',
    'a'.repeat(64),
    'a%2fb',
    'a\0',
  ]) {
    await assert.rejects(addAccount(file, { ...anAccount(), name }), UsageError, name)
  }
  for (const writerPassword of ['', 'short', 'x'.repeat(1025), 'with\na line break']) {
    await assert.rejects(addAccount(file, { ...anAccount(), writerPassword }), UsageError)
  }
  for (const quotaBytes of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(addAccount(file, { ...anAccount(), quotaBytes }), UsageError)
  }
  assert.equal(existsSync(file), false)
})

test('an account that is not there cannot be changed', async () => {
  const file = join(aFolder(), 'accounts.json')
  await assert.rejects(removeAccount(file, 'nobody'), UsageError)
  await assert.rejects(setQuota(file, 'nobody', 5), UsageError)
  await assert.rejects(setPassword(file, 'nobody', 'owner', 'long enough it is'), UsageError)
})

test('edits from several sides at once are all kept', async () => {
  const file = join(aFolder(), 'accounts.json')
  await Promise.all(['aa', 'bb', 'cc', 'dd', 'ee'].map((name) => addAccount(file, anAccount(name))))
  assert.deepEqual(
    (await listAccounts(file)).map(({ name }) => name),
    ['aa', 'bb', 'cc', 'dd', 'ee'],
  )
})

test('each field of the file is checked', async () => {
  const file = join(aFolder(), 'accounts.json')
  writeAccounts(file, [{}])
  const sound = JSON.parse(readFileSync(file, 'utf8'))
  const account = sound.accounts[0]
  const bad = [
    'not json',
    '[]',
    { ...sound, version: 2 },
    { ...sound, accounts: {} },
    { ...sound, accounts: [account, account] },
    ...Object.entries({
      name: '../x',
      quotaBytes: '5',
      ownerMayDelete: 1,
      addedAt: 'yesterday',
      writer: 'scrypt$3$1$1$AA$AA',
      owner: null,
    }).map(([field, value]) => ({ ...sound, accounts: [{ ...account, [field]: value }] })),
  ]
  for (const content of bad) {
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
    await assert.rejects(listAccounts(file), UsageError, JSON.stringify(content))
  }
})

test('a hash that would take more memory than allowed is refused before it is tried', () => {
  const salt = Buffer.alloc(16).toString('base64')
  const hash = Buffer.alloc(32).toString('base64')
  assert.throws(() => parseHash(`scrypt$1048576$8$1$${salt}$${hash}`), UsageError)
  assert.throws(() => parseHash(`scrypt$3$8$1$${salt}$${hash}`), UsageError)
  assert.throws(() => parseHash(`scrypt$2$1$1$${salt}$AAAA`), UsageError)
})

test('a password made for people passes, and no two are equal', async () => {
  assert.notEqual(newPassword(), newPassword())
  const hash = await hashPassword(newPassword())
  assert.equal(await isPassword(newPassword(), hash), false)
})

test('a watching server sees a change at once, keeps what it knew when the file breaks, and says so', async () => {
  const file = join(aFolder(), 'accounts.json')
  const troubles: unknown[] = []
  const watched = await WatchedAccounts.open(file, (error) => troubles.push(error))
  assert.equal((await watched.all()).size, 0)
  writeAccounts(file, [{}, { name: 'other' }])
  assert.deepEqual([...(await watched.all()).keys()], ['cabinet', 'other'])
  writeFileSync(file, 'broken')
  for (let i = 0; i < 3; i++) assert.equal((await watched.all()).size, 2)
  assert.equal(troubles.length, 1)
  writeAccounts(file, [{}])
  assert.equal((await watched.all()).size, 1)
})

test('however many look while the file changes, the last one is what all know in the end', async () => {
  const file = join(aFolder(), 'accounts.json')
  const watched = await WatchedAccounts.open(file, () => {})
  for (let i = 1; i < 50; i++) {
    writeAccounts(
      file,
      Array.from({ length: i * 20 }, (_, n) => ({ name: `a${n}` })),
    )
    const before = watched.all()
    writeAccounts(file, [{ name: `only-${i}` }])
    const after = await watched.all()
    assert.deepEqual([...after.keys()], [`only-${i}`])
    await before
    assert.deepEqual([...(await watched.all()).keys()], [`only-${i}`])
  }
})

test('a running server lets a new account in, and a removed one and an old password no more', async () => {
  await using test = await aServer()
  const file = join(test.folder, '.couronne', 'accounts.json')
  await test.create()
  assert.equal((await test.ask('GET', '/cabinet/locks/')).status, 200)
  await addAccount(file, { ...anAccount('second'), ownerPassword: 'owner of second!' })
  assert.equal((await ask(test.port, 'POST', '/second/?create=true', { as: 'second:owner of second!' })).status, 200)
  await setPassword(file, 'cabinet', 'writer', 'the newer password')
  assert.equal((await test.ask('GET', '/cabinet/locks/')).status, 401)
  assert.equal((await test.ask('GET', '/cabinet/locks/', { as: 'cabinet:the newer password' })).status, 200)
  assert.equal((await test.ask('GET', '/cabinet/locks/', { as: OWNER })).status, 200)
  await removeAccount(file, 'cabinet')
  assert.equal((await test.ask('GET', '/cabinet/locks/', { as: OWNER })).status, 401)
})
