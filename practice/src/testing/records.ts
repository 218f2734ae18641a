/** Patients and entries for tests: the values that matter stand in the test, these fill in the rest. */
import type { Actor } from '#open-practice'
import { createPatient, type NewIdentity, parseBody, type Writing, writingIn } from '#patients'
import type { TestPractice } from './practices.ts'

/** An identity to make a patient with. */
export function anIdentity(over: Partial<NewIdentity> = {}): NewIdentity {
  const { fileNumber, ...identity } = parseBody('identity', {
    fileNumber: 'none',
    birthName: 'Exemple',
    givenNames: ['Anne'],
    sex: 'female',
  })
  return { ...identity, ...over }
}

/** Runs a change in a transaction of its own, by the owner where nobody else is named. */
export function change<T>(made: TestPractice, run: (writing: Writing) => Promise<T>, actor: Actor = made.owner): Promise<T> {
  return made.practice.db.transaction().execute((tx) => run(writingIn(made.practice, actor, tx)))
}

/** A patient who is there. @returns the id */
export async function aPatient(made: TestPractice, over: Partial<NewIdentity> = {}): Promise<string> {
  return (await change(made, (writing) => createPatient(writing, anIdentity(over)))).id
}

/** A practitioner of the practice. @returns the id */
export async function aPractitioner({ practice }: TestPractice, id = 'martin'): Promise<string> {
  const created_at = practice.now().toString({ smallestUnit: 'millisecond' })
  await practice.db
    .insertInto('practitioner')
    .values({ id, practice_id: practice.id, family_name: 'Martin', given_name: 'Claire', rpps: null, created_at })
    .execute()
  return id
}
