/** What strangers send to the REST destination before anybody knows who they are. */
import assert from 'node:assert/strict'
import { fuzzTexts } from '../../../tests/fuzz.ts'
import { parseHash } from './password.ts'
import { addressGroup, parseBasic, parseLength, parseRange, parseTarget, wantsSizes } from './request.ts'

const NAME = '0123456789abcdef'.repeat(4)
const HASH = `scrypt$16384$8$1$${'A'.repeat(22)}==$${'A'.repeat(43)}=`

function requireInside(text: string, sizeBytes: number): void {
  const part = parseRange(text, sizeBytes)
  if (part.what === 'part') assert.ok(part.first >= 0 && part.first <= part.last && part.last < sizeBytes)
}

/** Whatever is asked for, nothing but names of our own making is looked for on the disk. */
function requirePlain(text: string): void {
  const target = parseTarget(text)
  if (target === undefined) return
  assert.match(target.account, /^[a-z0-9_-]+$/)
  if (target.what === 'object') assert.match(target.name, target.kind === 'config' ? /^$/ : /^[0-9a-f]{64}$/)
}

fuzzTexts([
  ['the path of a request', `/cabinet/data/${NAME}`, requirePlain],
  ['the path that makes a repository', '/cabinet/?create=true', requirePlain],
  ['Range', 'bytes=10-99', (text) => [0, 1, 50, 1000].map((sizeBytes) => requireInside(text, sizeBytes))],
  ['Authorization', 'Basic Y2FiaW5ldDpzZWNyZXQ=', (text) => void parseBasic(text)],
  ['Content-Length', '123456', (text) => void parseLength(text)],
  ['Accept', 'application/vnd.x.restic.rest.v2, */*;q=0.1', (text) => void wantsSizes(text)],
  ['the address of a client', '2001:db8::1:2%eth0', (text) => void addressGroup(text)],
  ['the hash of a password', HASH, (text) => void parseHash(text)],
])
