/** `couronne journal verify` when somebody with the key and a database program has been at the journal. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openPracticeBeside } from '@couronne/practice'
import { runSqlcipher } from '../peers/peers.ts'
import { Desk, jsonLines } from './desk.ts'
import { makePracticeOn } from './practices.ts'

test('an entry that was changed behind the program’s back is named, in either language, and the exit code is 1', async () => {
  await using desk = new Desk()
  const made = await makePracticeOn(desk)
  for (const label of ['one', 'two']) await desk.couronne(['key', 'add', 'recovery-kit', '--label', label], { env: made.env })
  await changeEntry(desk, 2)
  const verify = (args: readonly string[], env: Record<string, string> = {}) =>
    desk.couronne(['journal', 'verify', ...args], { env: { ...made.env, ...env }, allow: [1] })
  const english = await verify([])
  assert.deepEqual([english.status, english.stdout], [1, 'entry 2: this entry was changed\n'])
  const french = await verify([], { COURONNE_LANG: 'fr' })
  assert.deepEqual([french.status, french.stdout], [1, 'entrée 2 : cette entrée a été modifiée\n'])
  const [told] = jsonLines((await verify(['--json'])).stdout)
  assert.deepEqual([told?.whole, told?.breaks], [false, [{ kind: 'changed', seq: 2 }]])
})

/** Whoever has the key can take away what keeps an entry as it was written. */
async function changeEntry(desk: Desk, seq: number): Promise<void> {
  const offer = async () => undefined
  await using opened = await openPracticeBeside({ folder: desk.path('data'), offer, env: {} })
  const { folder, master } = opened.practice
  await runSqlcipher(
    join(folder, 'records.db'),
    master.derive('records'),
    `drop trigger journal_entry_no_update;
    update journal_entry set subject = 'key-slot:of-somebody-else' where seq = ${seq};`,
  )
}
