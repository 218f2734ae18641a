import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashEntry } from './entry.ts'
import { printCefLine, printJsonLine } from './export-lines.ts'

const STORED = {
  practice_id: 'p',
  seq: 7,
  at: '2026-03-02T08:00:00.000Z',
  account_id: 'a',
  role: 'owner',
  session_id: null,
  address: '192.168.1.20',
  action: 'glass.broken',
  patient_id: 'x',
  subject: null,
  reason: 'urgence = hémorragie | \\ \n suite',
  details: '{"n":1}',
  salt: 'ab'.repeat(16),
  previous_hash: '0'.repeat(64),
}
const ENTRY = { ...STORED, hash: hashEntry(STORED), display_name: 'Dr Camille=Exemple' }

test('a JSON line holds what is stored, so that anybody can recompute the hash', () => {
  const line = printJsonLine(ENTRY)
  assert.ok(line.endsWith('}\n') && line.indexOf('\n') === line.length - 1)
  const { account_name, ...stored } = JSON.parse(line) as typeof ENTRY & { account_name: string }
  assert.equal(account_name, 'Dr Camille=Exemple')
  assert.equal(hashEntry(stored), stored.hash)
})

test('a CEF line escapes what would end a field or the line', () => {
  const line = printCefLine(ENTRY, '0.1|0')
  assert.match(
    line,
    /^<108>1 2026-03-02T08:00:00\.000Z - couronne - glass\.broken - CEF:0\|Couronne\|Couronne\|0\.1\\\|0\|glass\.broken\|/,
  )
  assert.ok(line.includes('suser=Dr Camille\\=Exemple'))
  assert.ok(line.includes('reason=urgence \\= hémorragie | \\\\ \\n suite'))
  assert.equal(line.split('\n').length, 2)
})

test('no reader splits a line where some see the end of one', () => {
  const hostile = { ...STORED, reason: 'a\u2028b\u2029c\u0085d\u000be\u000cf\r\n|=\\' }
  const entry = { ...hostile, hash: hashEntry(hostile), display_name: 'x\u2028=|' }
  for (const line of [printJsonLine(entry), printCefLine(entry, '0')]) {
    assert.equal(line.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/).length, 2)
    assert.ok(line.endsWith('\n'))
  }
  assert.equal(JSON.parse(printJsonLine(entry)).reason, hostile.reason)
})

test('the hash is that of the documented array, as another program would write it', async () => {
  const text =
    '[1,"p",7,"2026-03-02T08:00:00.000Z","a","owner",null,"192.168.1.20","glass.broken","x",null,' +
    `${JSON.stringify(STORED.reason)},"{\\"n\\":1}","${'ab'.repeat(16)}","${'0'.repeat(64)}"]`
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  assert.equal(ENTRY.hash, bytes.toHex())
})
