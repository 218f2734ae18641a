/** Random sequences of everything that happens to records that are joined and parted, against a model that only knows where each entry was written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyJournal } from '#journal'
import {
  addEntry,
  correctEntry,
  loadAccess,
  readEntries,
  readIdentity,
  restoreEntry,
  verifyRecord,
  withdrawEntry,
} from '#patients'
import { aPatient, change, makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { compareDue } from './compare-due.ts'
import { joinDuplicates, separateDuplicates } from './decide.ts'

const isCampaign = process.env.COURONNE_CAMPAIGN === '1'
const SEQUENCES = isCampaign ? 60 : 2
const STEPS = 30

interface Written {
  readonly patientId: string
  text: string
  version: number
  isWithdrawn: boolean
}

/** Where each entry was written, and which record is shown as which. */
interface Model {
  readonly patients: string[]
  readonly entries: Map<string, Written>
  readonly links: Map<string, { readonly linkId: string; readonly keptId: string }>
}

type Random = (below: number) => number
type Step = (made: TestPractice, model: Model, random: Random) => Promise<void>

const REASON = 'a sequence of the test'
const ZOE = { birthName: 'Dupont', givenNames: ['Zoé'], bornOn: '1972-06-18' }

const STEPS_OF_ALL_SORTS: Readonly<Record<string, Step>> = {
  create: async (made, model) => {
    if (model.patients.length < 6) model.patients.push(await aPatient(made, { ...ZOE }))
  },
  // By the record itself or by the one as which it is shown: a page that was open before the joining writes too.
  write: async (made, model, random) => {
    const patientId = pick(model.patients, random)
    const text = `note ${model.entries.size}`
    const written = await change(made, (writing) => addEntry(writing, { patientId, kind: 'observation', body: noteOf(text) }))
    model.entries.set(written.id, { patientId, text, version: 1, isWithdrawn: false })
  },
  correct: (made, model, random) =>
    changing(model, random, false, async (entryId, entry, asked) => {
      entry.text += ', corrected'
      const body = noteOf(entry.text)
      const correction = { patientId: asked, entryId, kind: 'observation', body, reason: REASON } as const
      await change(made, (writing) => correctEntry(writing, { ...correction, expectedVersion: entry.version }))
    }),
  withdraw: (made, model, random) =>
    changing(model, random, false, async (entryId, entry, patientId) => {
      entry.isWithdrawn = true
      const withdrawal = { patientId, entryId, expectedVersion: entry.version, reason: REASON }
      await change(made, (writing) => withdrawEntry(writing, withdrawal))
    }),
  restore: (made, model, random) =>
    changing(model, random, true, async (entryId, entry, patientId) => {
      entry.isWithdrawn = false
      const restoration = { patientId, entryId, expectedVersion: entry.version, reason: REASON }
      await change(made, (writing) => restoreEntry(writing, restoration))
    }),
  rename: async (made, model, random) => {
    const patientId = rootOf(model, pick(model.patients, random))
    await change(made, async (writing) => {
      const { tx: db, practiceId, actor, now } = writing
      const access = await loadAccess({ db, practiceId, actor, now }, patientId)
      const { id: entryId, version, body } = await readIdentity({ db, practiceId, access })
      const renamed = { ...body, usedName: `Lemaire ${random(100)}` }
      await correctEntry(writing, {
        patientId,
        entryId,
        kind: 'identity',
        body: renamed,
        expectedVersion: version,
        reason: REASON,
      })
    })
  },
  join: async (made, model, random) => {
    const [keptId, joinedId] = [pick(model.patients, random), pick(model.patients, random)]
    const isAllowed = keptId !== joinedId && !model.links.has(keptId) && !model.links.has(joinedId)
    const tried = change(made, (writing) => joinDuplicates(writing, { keptId, joinedId, reason: REASON }))
    if (isAllowed) model.links.set(joinedId, { linkId: await tried, keptId })
    else await assert.rejects(tried, { code: 'conflict' })
  },
  part: async (made, model, random) => {
    if (model.links.size === 0) return
    const [joinedId, { linkId }] = pick([...model.links], random)
    await part(made, model, joinedId, linkId)
  },
  compare: async (made) => void (await compareDue(made.practice)),
}

onBothEngines('records that are joined and parted', (engine) => {
  test(`nothing is lost, nothing shows twice, all verifies (seed ${FUZZ_SEED})`, async () => {
    for (let sequence = 0; sequence < SEQUENCES; sequence++) {
      const next = generator(FUZZ_SEED + sequence)
      const random: Random = (below) => Math.abs(next(below)) % below
      await using made = await makeTestPractice(engine)
      const model: Model = {
        patients: [await aPatient(made, { ...ZOE }), await aPatient(made, { ...ZOE })],
        entries: new Map(),
        links: new Map(),
      }
      const steps: string[] = []
      try {
        for (let i = 0; i < STEPS; i++) {
          const name = pick(Object.keys(STEPS_OF_ALL_SORTS), random)
          steps.push(name)
          made.pass({ seconds: 1 })
          await STEPS_OF_ALL_SORTS[name]?.(made, model, random)
          await checkShown(made, model)
        }
        for (const [joinedId, { linkId }] of [...model.links].toReversed()) await part(made, model, joinedId, linkId)
        await checkShown(made, model)
        for (const id of model.patients) assert.deepEqual((await verifyRecord(made.practice.db, made.practice.id, id)).breaks, [])
        assert.deepEqual((await verifyJournal(made.practice.db, made.practice.id)).breaks, [])
      } catch (cause) {
        throw new Error(`seed ${FUZZ_SEED + sequence}: ${steps.join(' ')}`, { cause })
      }
    }
  })
})

/** Each record, by whichever of its parts it is opened, shows what was written in all of them, each once, and says where. */
async function checkShown(made: TestPractice, model: Model): Promise<void> {
  const { db, id: practiceId } = made.practice
  for (const patientId of model.patients) {
    const root = rootOf(model, patientId)
    const access = await loadAccess({ db, practiceId, actor: made.owner, now: made.practice.now() }, patientId)
    const { entries } = await readEntries({ db, practiceId, access }, { kinds: ['observation'], withWithdrawn: true })
    const shown = entries.map(({ id, body, state, version, writtenIn = root }) => {
      const text = body !== null && 'text' in body ? body.text : undefined
      return [id, writtenIn, text, version, state === 'withdrawn'] as const
    })
    const expected = [...model.entries]
      .filter(([, entry]) => rootOf(model, entry.patientId) === root)
      .map(([id, entry]) => [id, entry.patientId, entry.text, entry.version, entry.isWithdrawn] as const)
    assert.deepEqual(shown.toSorted(byId), expected.toSorted(byId))
    const identity = await readIdentity({ db, practiceId, access })
    assert.equal(identity.writtenIn, undefined)
  }
}

async function changing(
  model: Model,
  random: Random,
  isWithdrawn: boolean,
  run: (entryId: string, entry: Written, asked: string) => Promise<void>,
): Promise<void> {
  const found = [...model.entries].filter(([, entry]) => entry.isWithdrawn === isWithdrawn)
  if (found.length === 0) return
  const [entryId, entry] = pick(found, random)
  await run(entryId, entry, random(2) === 0 ? entry.patientId : rootOf(model, entry.patientId))
  entry.version++
}

async function part(made: TestPractice, model: Model, joinedId: string, linkId: string): Promise<void> {
  const patientId = rootOf(model, joinedId)
  await change(made, (writing) => separateDuplicates(writing, { patientId, linkId, reason: REASON }))
  model.links.delete(joinedId)
}

function rootOf(model: Model, patientId: string): string {
  const link = model.links.get(patientId)
  return link === undefined ? patientId : rootOf(model, link.keptId)
}

function noteOf(text: string) {
  return { category: 'note' as const, on: '2026-03-01', text, teeth: [] }
}

function pick<T>(values: readonly T[], random: Random): T {
  return values[random(values.length)] as T
}

function byId([one]: readonly [string, ...unknown[]], [other]: readonly [string, ...unknown[]]): number {
  return one < other ? -1 : 1
}
