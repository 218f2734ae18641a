/** `couronne patients duplicates`: pairs without a name, likeliest first, and in the journal; nothing is joined. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startApp } from '@couronne/practice'
import { Desk, jsonLines } from './desk.ts'
import { makePracticeOn, OWNER } from './practices.ts'

test('pairs are told by file numbers, with what speaks for and against', async () => {
  await using desk = new Desk()
  const { env } = await makePracticeOn(desk)
  const ask = (...args: string[]) => desk.couronne(['patients', 'duplicates', ...args], { env })
  assert.match((await ask()).stdout, /No possible duplicate/)
  await addTwice(desk)
  const { stdout } = await ask()
  assert.match(stdout, /^ 95 almost certain +DOSSIER-1 +DOSSIER-2 +birth-date birth-name given-name sex\n$/)
  const [pair] = jsonLines((await ask('--json')).stdout)
  assert.deepEqual([pair?.certainty, pair?.score, pair?.against], ['sure', 95, []])
  assert.ok(!JSON.stringify(pair).includes('Exemple'), 'a name was printed')
})

test('anything else is wrong use', async () => {
  await using desk = new Desk()
  assert.equal((await desk.couronne(['patients'], { allow: [2] })).status, 2)
  assert.equal((await desk.couronne(['patients', 'join'], { allow: [2] })).status, 2)
})

async function addTwice(desk: Desk): Promise<void> {
  const { folder, keyFolder } = { folder: desk.path('data'), keyFolder: desk.path('keys') }
  await using app = await startApp({ folder, keyFolder, host: '127.0.0.1', port: 0, version: '0', env: {} })
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  const { login, password } = OWNER
  const signedIn = await fetch(`${app.address}/api/sign-in/password`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ login, password }),
  })
  const cookies = signedIn.headers.getSetCookie().map((each) => each.split(';')[0])
  for (const fileNumber of ['DOSSIER-1', 'DOSSIER-2']) {
    const identity = { fileNumber, birthName: 'Exemple', givenNames: ['Anne'], sex: 'female', bornOn: '1972-06-18' }
    const body = JSON.stringify({ identity })
    const made = await fetch(`${app.address}/api/patients`, {
      method: 'POST',
      headers: { ...headers, cookie: cookies.join('; ') },
      body,
    })
    assert.equal(made.status, 201)
  }
}
