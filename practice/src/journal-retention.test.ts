/** How long the journal keeps traces, as the owner chooses over HTTP. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Role } from '#rights'
import { startSignedInApp } from '#testing'
import { startApp } from './app.ts'

test('the owner chooses for how long, with a reason that the journal keeps; nobody else does', async () => {
  await using signedIn = await startSignedInApp(startApp)
  const ask = (role: Role, method: 'GET' | 'PUT', body?: object) =>
    fetch(`${signedIn.app.address}/api/journal/retention`, {
      method,
      headers: {
        cookie: signedIn.cookies.get(role) ?? '',
        'sec-fetch-site': 'same-origin',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  assert.deepEqual(await (await ask('auditor', 'GET')).json(), { years: 3 })
  const wanted = { years: 5, reason: 'Litige en cours avec un assureur' }
  assert.equal((await ask('auditor', 'PUT', wanted)).status, 403)
  assert.equal((await ask('owner', 'PUT', { years: 5 })).status, 400)
  assert.equal((await ask('owner', 'PUT', wanted)).status, 200)
  assert.deepEqual(await (await ask('owner', 'GET')).json(), wanted)
  const told = await signedIn.app.installation
    .practice()
    .db.selectFrom('journal_entry')
    .select(['subject', 'reason', 'details'])
    .where('action', '=', 'setting.changed')
    .execute()
  assert.deepEqual(told, [{ subject: 'setting:journal', reason: wanted.reason, details: '{"years":5}' }])
})
