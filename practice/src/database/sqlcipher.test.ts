/** Nobody is locked in: SQLCipher's own program, which knows nothing of us, opens both files with their keys. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { aPatient, makeTestPractice } from '#testing'
import { runSqlcipher } from '../../../tests/peers/peers.ts'
import { KEYRING_FILE, RECORDS_FILE } from './sqlite.ts'

test('SQLCipher’s own program reads and writes a practice’s database, open or closed, and nothing without the key', async () => {
  await using made = await makeTestPractice()
  const { db, folder, master } = made.practice
  for (const birthName of ['Beaulac', 'Œuvré-L’Héritier', 'Montvent']) await aPatient(made, { birthName })
  const records = (script: string) => runSqlcipher(join(folder, RECORDS_FILE), master.derive('records'), script)
  const names = 'select birth_name from patient order by birth_name;'
  const whileOpen = await records(names)
  assert.equal(whileOpen.stdout, 'Beaulac\nMontvent\nŒuvré-L’Héritier\n')
  await records(`update practice set name = 'Cabinet d’à côté';`)
  const practice = await db.selectFrom('practice').select('name').executeTakeFirstOrThrow()
  assert.equal(practice.name, 'Cabinet d’à côté')
  await made.installation.close()
  // Each page's seal is compared, then the pages with each other. The first says nothing when all is well.
  const whole = await records(`pragma cipher_integrity_check; pragma integrity_check; select count(*) from patient;`)
  assert.equal(whole.stdout, 'ok\n3\n')
  const keyring = join(folder, KEYRING_FILE)
  assert.equal((await runSqlcipher(keyring, master.derive('keyring'), 'select count(*) from document_key;')).stdout, '0\n')
  const refused = await runSqlcipher(keyring, master.derive('records'), 'select count(*) from document_key;', { allow: 'any' })
  assert.notEqual(refused.status, 0)
  assert.match(refused.stderr, /file is not a database/)
})
