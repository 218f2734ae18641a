/** The dossiers of the sample data, imported as anybody's, lack exactly what they were made to lack. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { importFolder } from '#imports'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { refreshAll } from './refresh.ts'

const DOSSIERS = join(import.meta.dirname, '../../../tests/vectors/fhir')
const read = (name: string) => JSON.parse(readFileSync(join(DOSSIERS, name), 'utf8')) as unknown
/** As it came with the dossiers (CC0). */
const expected = JSON.parse(readFileSync(join(import.meta.dirname, 'dossiers.expected.json'), 'utf8')) as {
  readonly dossier: string
  readonly defects: readonly string[]
}[]

onBothEngines('the dossiers of the sample data', (engine) => {
  test('raise exactly their expected defects, no more', async () => {
    await using made = await makeTestPractice(engine)
    await practitioner(made, 'MARTIN', 'Claire')
    await practitioner(made, 'DURAND', 'Paul')
    await importFolder(made.practice, made.owner, 'fhir', DOSSIERS, { isDry: false })
    made.pass({ hours: 24 * 120 })
    await refreshAll(made.practice)
    assert.equal(expected.length, 4)
    for (const { dossier, defects } of expected)
      assert.deepEqual(await findingsOf(made, fileNumberOf(dossier)), defects.toSorted(), dossier)
  })

  test('and who did an act is missing where the practice does not know the practitioner', async () => {
    await using made = await makeTestPractice(engine)
    await practitioner(made, 'MARTIN', 'Claire')
    await importFolder(made.practice, made.owner, 'fhir', DOSSIERS, { isDry: false })
    made.pass({ hours: 24 * 120 })
    await refreshAll(made.practice)
    assert.ok((await findingsOf(made, fileNumberOf('dossier-p4.json'))).includes('act-practitioner-missing'))
  })
})

/** What is missing, by the rules' names, each once. */
async function findingsOf({ practice }: TestPractice, fileNumber: string): Promise<string[]> {
  const rows = await practice.db
    .selectFrom('completeness_finding')
    .innerJoin('patient', 'patient.id', 'completeness_finding.patient_id')
    .select('completeness_finding.rule')
    .distinct()
    .where('patient.file_number', '=', fileNumber)
    .orderBy('completeness_finding.rule')
    .execute()
  return rows.map(({ rule }) => rule)
}

function fileNumberOf(dossier: string): string {
  const { entry } = read(dossier) as {
    readonly entry: readonly { readonly resource: { readonly identifier?: readonly { use: string; value: string }[] } }[]
  }
  return entry[0]?.resource.identifier?.find(({ use }) => use === 'secondary')?.value ?? ''
}

async function practitioner({ practice }: TestPractice, family: string, given: string): Promise<void> {
  await practice.db
    .insertInto('practitioner')
    .values({
      id: family.toLowerCase(),
      practice_id: practice.id,
      family_name: family,
      given_name: given,
      rpps: null,
      created_at: '2026-03-02T08:00:00.000Z',
    })
    .execute()
}
