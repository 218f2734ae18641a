/** For `import-entries.test.ts`: a process that sets up a practice in a folder and imports batches, telling each, until it is killed. */
import { Installation } from '#installation'
import { importEntries, parseBody } from './index.ts'

const [folder = '', keyFolder = ''] = process.argv.slice(2)
const installation = await Installation.start({ folder, keyFolder, now: () => Temporal.Now.instant(), env: {} })
const { practice } = await installation.createPractice({
  name: 'Cabinet d’essai',
  facts: {},
  owner: { login: 'camille', displayName: 'Dr Camille Exemple', password: 'gencive-arc-en-ciel-27', language: 'fr' },
})
const { id: accountId } = await practice.db.selectFrom('account').select('id').executeTakeFirstOrThrow()

function* endless() {
  for (let batch = 0; ; batch++)
    yield {
      source: 'endless',
      patients: Array.from({ length: 20 }, (_, i) => ({
        id: `patient-${batch}-${i}`,
        identity: parseBody('identity', { fileNumber: `${batch}-${i}`, birthName: 'Exemple', sex: 'unknown' }),
      })),
      entries: Array.from({ length: 200 }, (_, i) => ({
        patientId: `patient-${batch}-${i % 20}`,
        kind: 'alert' as const,
        body: parseBody('alert', { category: 'allergy', state: 'absent' }),
      })),
    }
}

await importEntries(practice, { accountId, role: 'owner', address: 'console' }, endless(), {
  onProgress: ({ batches }) => process.stdout.write(`${batches}\n`),
})
