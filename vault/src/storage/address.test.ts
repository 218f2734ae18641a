import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { type Address, parseAddress, printAddress } from './address.ts'

const examples: [string, Address][] = [
  ['/srv/backup', { kind: 'local', path: '/srv/backup' }],
  ['backup', { kind: 'local', path: 'backup' }],
  ['./a:b', { kind: 'local', path: './a:b' }],
  ['/a:b', { kind: 'local', path: '/a:b' }],
  ['local:a:b', { kind: 'local', path: 'a:b' }],
  ['local:/srv/rest:x', { kind: 'local', path: '/srv/rest:x' }],
  ['C:\\Sauvegarde', { kind: 'local', path: 'C:\\Sauvegarde' }],
  ['c:/Sauvegarde', { kind: 'local', path: 'c:/Sauvegarde' }],
  ['rest:http://host:8000/', { kind: 'rest', url: 'http://host:8000/', user: undefined, password: undefined }],
  ['rest:https://u%40x:p%3A%2F@host/a/b', { kind: 'rest', url: 'https://host/a/b/', user: 'u@x', password: 'p:/' }],
  ['s3:s3.amazonaws.com/b', { kind: 's3', endpoint: 'https://s3.amazonaws.com', bucket: 'b', prefix: '' }],
  ['s3://host/b/p/q/', { kind: 's3', endpoint: 'https://host', bucket: 'b', prefix: 'p/q' }],
  ['s3:http://127.0.0.1:7480/b/p//q/.', { kind: 's3', endpoint: 'http://127.0.0.1:7480', bucket: 'b', prefix: 'p/q' }],
  ['s3:https://host/b/d%C3%A9p%C3%B4t%20%2B', { kind: 's3', endpoint: 'https://host', bucket: 'b', prefix: 'dépôt +' }],
  ['sftp:host:/srv', { kind: 'sftp', user: undefined, host: 'host', port: undefined, path: '/srv' }],
  ['sftp:u@host:rel/dir/', { kind: 'sftp', user: 'u', host: 'host', port: undefined, path: 'rel/dir' }],
  ['sftp:u@domain@host:/a:b', { kind: 'sftp', user: 'u@domain', host: 'host', port: undefined, path: '/a:b' }],
  ['sftp:u@[::1]:/srv', { kind: 'sftp', user: 'u', host: '::1', port: undefined, path: '/srv' }],
  ['sftp://u@host:2222//srv/x', { kind: 'sftp', user: 'u', host: 'host', port: 2222, path: '/srv/x' }],
  ['sftp://u@host/rel', { kind: 'sftp', user: 'u', host: 'host', port: undefined, path: 'rel' }],
  ['sftp://u@[::1]:2222//srv', { kind: 'sftp', user: 'u', host: '::1', port: 2222, path: '/srv' }],
]

for (const [text, address] of examples) {
  it(`${text} is understood`, () => assert.deepEqual(parseAddress(text), address))
}

for (const text of [
  '',
  'local:',
  'rest:',
  'rest:host/path',
  'rest:ftp://host/',
  'rest:http://host/?x',
  's3:',
  's3:host',
  's3:https://host',
  's3:host/b/../../x',
  's3:https://key:secret@host/b',
  'sftp:host',
  'sftp:host/path',
  'sftp://host',
  'sftp:host:~/x',
  'sftp://u:secret@host//x',
  'b2:bucket',
  'rclone:remote:x',
  'nonsense:x',
  'https://u:secret@host/',
]) {
  it(`'${text}' is refused, without repeating it`, () => {
    assert.throws(
      () => parseAddress(text),
      (error: Error) => error.name === 'AddressError' && !error.message.includes('secret'),
    )
  })
}

it('what is printed is understood again, and holds no password', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'Z', '9', 'é', ' ', '%', '+', ':', '@', '-'), minLength: 1, maxLength: 8 })
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '9', '-'), minLength: 1, maxLength: 8 }).map((text) => `h${text}h`)
  const path = fc
    .array(
      word.filter((text) => text.trim() === text),
      { minLength: 1, maxLength: 3 },
    )
    .map((parts) => parts.join('/'))
  const host = fc.oneof(name, fc.constant('[::1]'))
  const port = fc.option(fc.integer({ min: 1024, max: 65535 }), { nil: undefined })
  const at = fc.tuple(host, port).map(([h, p]) => (p === undefined ? h : `${h}:${p}`))
  const user = fc.option(word, { nil: undefined })
  const address: fc.Arbitrary<Address> = fc.oneof(
    fc.record({ kind: fc.constant('local' as const), path }),
    fc.record({
      kind: fc.constant('rest' as const),
      url: fc.tuple(at, path).map(([h, p]) => `http://${h}/${encodeURI(p.replaceAll('%', ''))}/`),
      user,
      password: fc.constant(undefined),
    }),
    fc.record({ kind: fc.constant('s3' as const), endpoint: at.map((h) => `https://${h}`), bucket: name, prefix: path }),
    fc.record({
      kind: fc.constant('sftp' as const),
      user,
      host: fc.oneof(name, fc.constant('::1')),
      port,
      path: fc.tuple(fc.constantFrom('', '/'), path).map(([root, p]) => root + p),
    }),
  )
  fc.assert(fc.property(address, (a) => assert.deepEqual(parseAddress(printAddress(a)), { ...a })))
  assert.equal(printAddress(parseAddress('rest:https://u:p@host/a/')), 'rest:https://u@host/a/')
})
