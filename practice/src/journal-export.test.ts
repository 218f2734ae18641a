/** The journal as a practice's own log collector takes it, over HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ROLES, type Role } from '#rights'
import { startSignedInApp } from '#testing'
import { startApp } from './app.ts'

const MAY_EXPORT: readonly Role[] = ['owner', 'data-protection-officer']
/** RFC 5424: priority, version, instant, host, program, process, message id, no structured data; then CEF's seven header fields. */
const LINE =
  /^<(\d+)>1 (\S+) - couronne - (\S+) - CEF:0\|Couronne\|Couronne\|0\|([^|]+)\|([^|]+)\|([36])\|(rt=\d+ externalId=\d+ .*cs2=[0-9a-f]{64} msg=.*)$/

test('the owner takes the journal away as CEF, each entry in a line of its own, in order; that is in it too', async () => {
  await using signedIn = await startSignedInApp(startApp)
  const reply = await exportAs('owner', '?format=cef')
  assert.equal(reply.status, 200)
  assert.equal(reply.headers.get('content-type'), 'text/plain; charset=utf-8')
  assert.equal(reply.headers.get('content-disposition'), 'attachment; filename="couronne-journal.log"')
  const text = await reply.text()
  assert.ok(text.endsWith('\n'))
  const entries = text.slice(0, -1).split('\n').map(parseLine)
  const { db } = signedIn.app.installation.practice()
  const stored = await db
    .selectFrom('journal_entry')
    .select(['seq', 'at', 'action', 'hash', 'account_id', 'details'])
    .orderBy('seq')
    .limit(entries.length)
    .execute()
  const expected = stored.map(({ seq, at, action, hash, account_id, details }) => ({
    seq: String(seq),
    at,
    action,
    hash,
    account: account_id ?? undefined,
    details,
  }))
  assert.deepEqual(entries, expected)
  assert.equal(entries.at(-1)?.action, 'journal.exported')
  assert.deepEqual(JSON.parse(String(entries.at(-1)?.details)), { format: 'cef' })

  for (const role of ROLES) {
    const { status } = await exportAs(role, '?format=cef&from=2100-01-01T00:00:00Z')
    assert.equal(status, MAY_EXPORT.includes(role) ? 200 : 403, role)
  }
  const refused = await exportAs('it-provider', '?format=cef')
  assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [403, 'not-allowed'])
  assert.equal((await exportAs('owner', '?format=csv')).status, 400)

  function exportAs(role: Role, query: string): Promise<Response> {
    return fetch(`${signedIn.app.address}/api/journal/export${query}`, {
      headers: { cookie: signedIn.cookies.get(role) ?? '', 'sec-fetch-site': 'same-origin' },
    })
  }
})

function parseLine(line: string) {
  const [, priority, at, action, signature, name, severity, extension = ''] = LINE.exec(line) ?? []
  assert.ok(action !== undefined, line)
  assert.deepEqual([signature, name], [action, action])
  assert.equal(priority, severity === '6' ? '108' : '110')
  const fields = parseExtension(extension)
  assert.equal(Number(fields.rt), Date.parse(String(at)))
  return {
    seq: fields.externalId,
    at,
    action,
    hash: fields.cs2,
    account: fields.suid,
    details: fields.msg,
  }
}

/** As CEF has it: a field ends where the next name and an equals sign that is not escaped begin. */
function parseExtension(text: string): Record<string, string> {
  const fields = text.split(/ (?=\w+=)/).map((field) => /^(\w+)=(.*)$/s.exec(field) ?? [])
  return Object.fromEntries(fields.map(([, name, value = '']) => [name, value.replaceAll(/\\([\\=])/g, '$1')]))
}
