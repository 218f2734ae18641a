/**
 * Whatever happens to mirrors by turns (backups to some of them, to one alone by stock restic, forgetting, pruning, damage, disks that come
 * and go, processes that are killed): in the end nothing that was acknowledged and not forgotten is lost. A few sequences here; hundreds
 * with COURONNE_CAMPAIGN=1, more with COURONNE_RUNS; COURONNE_SEED repeats one.
 */

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { MISHAPS, MirrorModel, STEPS, type Step } from './mirror-model.suite.ts'

const CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'
const RUNS = Number(process.env.COURONNE_RUNS ?? (CAMPAIGN ? 400 : 8))
const SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 1_000_000_000)

const mishap = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ at: 0, kind: 'none' } as const) },
  {
    weight: 1,
    arbitrary: fc.record({
      at: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 20, max: 300 })),
      kind: fc.constantFrom(...MISHAPS),
    }),
  },
)
const step: fc.Arbitrary<Step> = fc.record({
  name: fc.constantFrom(...STEPS),
  plugged: fc.oneof(fc.constant(0), fc.nat({ max: 7 })),
  which: fc.nat({ max: 59 }),
  content: fc.nat({ max: 1023 }),
  mishap,
})

test('mirrors by turns: what was acknowledged and never forgotten restores from each of them in the end', async (context) => {
  context.diagnostic(`seed ${SEED}, ${RUNS} sequences`)
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 3 }), fc.array(step, { minLength: 4, maxLength: 24 }), async (mirrors, steps) => {
      await using model = await MirrorModel.create(mirrors, mkdtempSync(join(tmpdir(), 'couronne-model-')))
      try {
        for (const each of steps) await model.take(each)
        await model.requireAll()
      } catch (error) {
        throw new Error(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n${model.log.join('\n')}`)
      }
    }),
    { numRuns: RUNS, seed: SEED },
  )
})
