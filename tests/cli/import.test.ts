/** A practice program's export taken over from the command line, beside a server that runs. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { Desk, jsonLines } from './desk.ts'
import { OWNER, serving } from './practices.ts'

const EXPORT = join(import.meta.dirname, '../vectors/legacy-export')

test('an old export is looked at, taken over, and found again; each row that was refused is told', async () => {
  await using desk = new Desk()
  await using running = await serving(desk)
  const made = await fetch(`${running.url}/api/installation/practice`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ name: 'Cabinet d’essai', facts: {}, owner: OWNER }),
  })
  assert.equal(made.status, 201)
  const run = async (...more: string[]) => {
    const { stdout } = await desk.couronne(['import', 'csv', EXPORT, '--data', desk.path('data'), '--json', ...more], {
      allow: [3],
    })
    return jsonLines(stdout)
  }
  const counts = (lines: readonly Record<string, unknown>[]) => {
    const { tables } = lines.at(-1) as unknown as { tables: { added: number; same: number; refused: number }[] }
    return tables.map(({ added, same, refused }) => [added, same, refused])
  }
  const dry = await run('--dry-run', '--rows')
  assert.deepEqual(
    dry.filter(({ fate }) => fate === 'refused').map(({ table, line }) => `${table}:${line}`),
    ['patients.csv:7', 'actes.csv:6', 'documents.csv:4'],
  )
  const took = [
    [4, 0, 1],
    [6, 0, 1],
    [2, 0, 1],
  ]
  assert.deepEqual(counts(dry), took)
  assert.deepEqual(counts(await run()), took)
  assert.deepEqual(
    counts(await run()),
    took.map(([added, , refused]) => [0, added, refused]),
  )
  const list = jsonLines((await desk.couronne(['import', '--list', '--data', desk.path('data'), '--json'])).stdout)
  assert.deepEqual(
    list.map(({ source, state, is_dry }) => [source, state, is_dry]),
    [
      ['csv', 'done', false],
      ['csv', 'done', false],
      ['csv', 'done', true],
    ],
  )
  const told = await desk.couronne(['import', '--list', '--data', desk.path('data')], { env: { COURONNE_LANG: 'fr' } })
  assert.match(told.stdout, / {2}csv {2}terminée {2}16 lignes, 3 refusées\n/)
  const again = ['import', 'csv', EXPORT, '--data', desk.path('data'), '--dry-run']
  const { stdout: words } = await desk.couronne(again, { allow: [3], env: { COURONNE_LANG: 'fr' } })
  assert.match(words, / 6 {2}lignes lues\n/)
  const refused = await desk.couronne(['import', '--report', String(list[0]?.id), '--data', desk.path('data')])
  assert.match(refused.stdout, /"procedure";"6";"5";"patient-unknown/)
  assert.match((await desk.couronne(['journal', 'verify', '--data', desk.path('data')])).stdout, /^The journal is whole/)
})

test('what cannot be imported is refused in words that help', async () => {
  await using desk = new Desk()
  const none = await desk.couronne(['import', 'csv', EXPORT, '--data', desk.path('nothing')], { allow: [1] })
  assert.match(none.stderr, /no practice is set up here.*\[not-found\]/s)
  const words = await desk.couronne(['import', 'csv'], { allow: [2] })
  assert.match(words.stderr, /couronne import/)
})

test('a profile is drafted from the files, and imports them', async () => {
  await using desk = new Desk()
  const draft = await desk.couronne(['import', '--propose', EXPORT])
  assert.match(draft.stdout, /^couronne: import-profile$/m)
  assert.match(draft.stdout, /entity: procedure/)
  const none = await desk.couronne(['import', '--propose', desk.path()], { allow: [1] })
  assert.match(none.stderr, /\[not-found\]/)
})
