import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressGroup, parseBasic, parseLength, parseRange, parseTarget, wantsSizes } from './request.ts'

const ID = 'ab'.repeat(32)

test('an address names a repository, a list or an object', () => {
  assert.deepEqual(parseTarget('/cabinet/?create=true'), { what: 'repository', account: 'cabinet', create: true })
  assert.deepEqual(parseTarget('/cabinet/'), { what: 'repository', account: 'cabinet', create: false })
  assert.deepEqual(parseTarget('/cabinet/data/'), { what: 'list', account: 'cabinet', kind: 'data' })
  assert.deepEqual(parseTarget(`/cabinet/data/${ID}`), { what: 'object', account: 'cabinet', kind: 'data', name: ID })
  assert.deepEqual(parseTarget('/cabinet/config'), { what: 'object', account: 'cabinet', kind: 'config', name: '' })
  assert.deepEqual(parseTarget(`/keys/keys/${ID}`), { what: 'object', account: 'keys', kind: 'keys', name: ID })
})

const HOSTILE = [
  '/',
  '//',
  '/cabinet',
  '//cabinet/',
  '/cabinet//data/',
  '/cabinet/data',
  '/cabinet/data/ab/',
  `/cabinet/data/ab/${ID}`,
  `/cabinet/data/${ID}/`,
  `/cabinet/data/${ID.toUpperCase()}`,
  `/cabinet/data/${ID.slice(1)}`,
  `/cabinet/data/${ID}0`,
  `/cabinet/data/${ID}\n`,
  `/cabinet/data/${ID}%00`,
  `/cabinet/data/${ID}?create=true`,
  '/cabinet/?create=false',
  '/cabinet/?create=true&x=1',
  '/cabinet/config/',
  '/cabinet/config?x',
  '/cabinet/tmp/',
  '/cabinet/../other/config',
  '/cabinet/data/../config',
  '/cabinet/data/..%2fconfig',
  '/cabinet/data/%2e%2e/config',
  '/cabinet/data/%252e%252e%252fconfig',
  '/cabinet/data/..\\config',
  '/%63abinet/config',
  '/../cabinet/config',
  '/.couronne/accounts.json',
  '/./config',
  '/../config',
  '/con/config',
  '/-cabinet/config',
  '/Cabinet/config',
  `/${'a'.repeat(64)}/config`,
  'http://elsewhere/cabinet/config',
  'cabinet/config',
  '*',
  '',
]

for (const address of HOSTILE) {
  test(`the address ${JSON.stringify(address)} means nothing`, () => assert.equal(parseTarget(address), undefined))
}

test('a range is cut to the object; beyond it there is nothing', () => {
  assert.deepEqual(parseRange(undefined, 10), { what: 'whole' })
  assert.deepEqual(parseRange('bytes=0-', 10), { what: 'part', first: 0, last: 9 })
  assert.deepEqual(parseRange('bytes=2-4', 10), { what: 'part', first: 2, last: 4 })
  assert.deepEqual(parseRange('bytes=9-99', 10), { what: 'part', first: 9, last: 9 })
  assert.deepEqual(parseRange('bytes=-3', 10), { what: 'part', first: 7, last: 9 })
  assert.deepEqual(parseRange('bytes=-99', 10), { what: 'part', first: 0, last: 9 })
  assert.deepEqual(parseRange('bytes=10-', 10), { what: 'outside' })
  assert.deepEqual(parseRange('bytes=-0', 10), { what: 'outside' })
})

test('a range that is malformed, of several parts or of another unit asks for the whole', () => {
  for (const header of [
    'bytes=',
    'bytes=-',
    'bytes=4-2',
    'bytes=a-b',
    'bytes=0-1,3-4',
    'lines=0-1',
    'bytes=0-99999999999999999999',
  ]) {
    assert.deepEqual(parseRange(header, 10), { what: 'whole' }, header)
  }
})

test('any range of an empty object is the whole of it', () => {
  assert.deepEqual(parseRange('bytes=0-', 0), { what: 'whole' })
})

test('version 2 of lists is given to those who name it', () => {
  assert.equal(wantsSizes('application/vnd.x.restic.rest.v2'), true)
  assert.equal(wantsSizes('text/plain, application/vnd.x.restic.rest.v2;q=0.9'), true)
  assert.equal(wantsSizes('application/vnd.x.restic.rest.v1'), false)
  assert.equal(wantsSizes('*/*'), false)
  assert.equal(wantsSizes(undefined), false)
})

test('a password may hold colons; what is no basic credential is none', () => {
  const header = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  assert.deepEqual(parseBasic(header('a:b:ç')), { name: 'a', password: 'b:ç' })
  assert.deepEqual(parseBasic(header('a:').replace('Basic', 'bAsIc')), { name: 'a', password: '' })
  for (const bad of [undefined, '', 'Basic', 'Basic !!!', 'Bearer abc', header('nocolon')])
    assert.equal(parseBasic(bad), undefined)
})

test('a length is digits or nonsense', () => {
  assert.equal(parseLength(undefined), undefined)
  assert.equal(parseLength('12'), 12)
  for (const bad of ['', '-1', '1e3', '0x10', '9'.repeat(16)]) assert.ok(Number.isNaN(parseLength(bad)), bad)
})

test('failures are counted by IPv4 address and by IPv6 network', () => {
  assert.equal(addressGroup('192.0.2.1'), '192.0.2.1')
  assert.equal(addressGroup('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(addressGroup('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  assert.equal(addressGroup('2001:db8:1:2::9'), '2001:db8:1:2::/64')
  assert.equal(addressGroup('2001:db8::9'), '2001:db8:0:0::/64')
  assert.equal(addressGroup('::1'), '0:0:0:0::/64')
  assert.equal(addressGroup('fe80::1%eth0'), 'fe80:0:0:0::/64')
})
