/** The application's commands as an IT provider types them, beside a server that runs. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Desk, jsonLines, until } from './desk.ts'
import { OWNER, serving } from './practices.ts'

const WANTED = { name: 'Cabinet d’essai', facts: {}, owner: OWNER }

test('a folder and a port that are taken are said plainly, in either language', async () => {
  await using desk = new Desk()
  await using running = await serving(desk)
  const listen = ['--listen', `127.0.0.1:${new URL(running.url).port}`]
  const again = await desk.couronne(['serve', '--data', desk.path('data'), '--listen', '127.0.0.1:0'], { allow: [1] })
  assert.match(again.stderr, /running.*\[folder-in-use\]/s)
  const port = await desk.couronne(['serve', '--data', desk.path('other'), ...listen], { allow: [1] })
  assert.match(port.stderr, /^couronne: That port is another program’s already.*\[EADDRINUSE\]/s)
  const french = await desk.couronne(['serve', '--data', desk.path('other'), ...listen], {
    allow: [1],
    env: { COURONNE_LANG: 'fr' },
  })
  assert.match(french.stderr, /^couronne : Ce port sert déjà/)
})

test('ways in that are added at once, beside the server, are all there; the journal is whole; the server stops when told', async () => {
  await using desk = new Desk()
  await using running = await serving(desk)
  const made = await fetch(`${running.url}/api/installation/practice`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify(WANTED),
  })
  assert.equal(made.status, 201)
  const data = ['--data', desk.path('data')]
  const added = await Promise.all(
    ['one', 'two'].map((label) => desk.couronne(['key', 'add', 'recovery-kit', '--label', label, '--json', ...data])),
  )
  for (const { stdout } of added) assert.equal(String(jsonLines(stdout)[0]?.recoveryWords).split(' ').length, 24)
  const listed = jsonLines((await desk.couronne(['key', 'list', '--json', ...data])).stdout)
  assert.deepEqual(listed.map(({ label }) => label).toSorted(), ['kit', 'one', 'this machine', 'two'])
  assert.match((await desk.couronne(['journal', 'verify', ...data])).stdout, /^The journal is whole/)
  running.child.kill('SIGTERM')
  const [code] = (await once(running.child, 'exit')) as [number]
  assert.equal(code, 0)
})

test('the only owner, who has forgotten the password, gets in again by whatever opens the data', async () => {
  await using desk = new Desk()
  await using running = await serving(desk)
  const post = (path: string, body: object) =>
    fetch(`${running.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify(body),
    })
  const passphrase = 'cheval pile agrafe lune'
  assert.equal((await post('/api/installation/practice', { ...WANTED, passphrase })).status, 201)
  const file = desk.path('passphrase')
  writeFileSync(file, passphrase)
  const flags = ['--data', desk.path('data'), '--passphrase-file', file, '--json']
  const [listed] = jsonLines((await desk.couronne(['account', 'list', ...flags])).stdout)
  assert.equal(listed?.login, 'camille')
  const [made] = jsonLines((await desk.couronne(['account', 'reset', 'Camille ', '--address', running.url, ...flags])).stdout)
  const secret = new URL(String(made?.link)).hash.slice(1)
  const password = 'un fauteuil bleu sous la lampe'
  assert.equal((await post('/api/invitations/accept', { secret, password })).status, 200)
  assert.equal((await post('/api/sign-in/password', { login: 'camille', password })).status, 200)
  assert.equal((await post('/api/sign-in/password', { login: 'camille', password: WANTED.owner.password })).status, 401)
  const unknown = await desk.couronne(['account', 'reset', 'nobody', ...flags], { allow: [1] })
  assert.match(unknown.stderr, /not-found/)
})

test('behind a proxy the code for setting up stands in the terminal', async () => {
  await using desk = new Desk()
  await using running = desk.start(['serve', '--data', desk.path('data'), '--listen', '127.0.0.1:0', '--name', 'cabinet.example'])
  await until(() => /the code is: [0-9A-F]{10}/.test(running.printed) || running.child.exitCode !== null)
  assert.match(running.printed, /the code is: [0-9A-F]{10}/)
})
