/** Stories of mirrors in which data was lost once, told as steps of the model: in the end nothing is. */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { MirrorModel, type Step, type StepName } from './mirror-model.suite.ts'

const MIRRORS = ['A', 'B'] as const
const [A, B] = [0, 1]

interface Details {
  /** Who gets a stock backup; the first that is plugged in when absent. */
  readonly on?: (typeof MIRRORS)[number]
  /** What is backed up: up to three of the files 0 to 5. */
  readonly files?: readonly number[]
}

/** The mirrors that are plugged in, `A`, `B` or `AB`, and what is done. Forgotten is always the oldest snapshot. */
type Line = readonly [plugged: 'A' | 'B' | 'AB', name: StepName, details?: Details]

function stepOf([plugged, name, { on, files = [0] }]: readonly [Line[0], StepName, Details]): Step {
  const [first = 0, second = first, third = second] = files
  return {
    ...{ name, mishap: { at: 0, kind: 'none' }, content: first + 6 * second + 36 * third },
    plugged: MIRRORS.reduce((bits, mirror, at) => bits + (plugged.includes(mirror) ? 1 << at : 0), 0),
    which: name.startsWith('forget') ? 0 : MIRRORS.indexOf(on ?? (plugged[0] as 'A' | 'B')),
  }
}

async function tell(...lines: readonly Line[]): Promise<MirrorModel> {
  const model = await MirrorModel.create(2, mkdtempSync(join(tmpdir(), 'couronne-story-')))
  await goOn(model, ...lines)
  return model
}

async function goOn(model: MirrorModel, ...lines: readonly Line[]): Promise<void> {
  for (const [plugged, name, details = {}] of lines) await model.take(stepOf([plugged, name, details]))
}

async function requireHappyEnd(model: MirrorModel): Promise<void> {
  await model.requireAll().catch((error: unknown) => {
    assert.fail(`${error instanceof Error ? error.message : error}\n${model.log.join('\n')}`)
  })
}

describe('stories of mirrors by turns', { concurrency: 3 }, () => {
  test('what one disk got in its week is needed, though the other pruned it in its own: both have it in the end', async () => {
    await using model = await tell(
      ['AB', 'backup', { files: [0, 2] }],
      ['A', 'backup', { files: [0, 4] }],
      ['B', 'backup', { files: [2] }],
      ['B', 'forget and prune'],
      ['AB', 'backup', { files: [2, 1] }],
      ['AB', 'sync'],
    )
    assert.deepEqual(model.notCurrent(), [])
    for (const at of [A, B]) await model.requireAllOn(at)
    await requireHappyEnd(model)
  })

  test('what stock restic backed up to a disk alone, counting on what the other has pruned, comes to both', async () => {
    await using model = await tell(
      ['AB', 'backup', { files: [0] }],
      ['AB', 'backup', { files: [1] }],
      ['B', 'forget and prune'],
      ['A', 'stock backup', { files: [0] }],
      ['AB', 'sync'],
    )
    assert.deepEqual(model.notCurrent(), [])
    for (const at of [A, B]) await model.requireAllOn(at)
    await goOn(model, ['AB', 'sync'])
    for (const at of [A, B]) await model.requireAllOn(at)
    await requireHappyEnd(model)
  })

  /** The new pack of a prune, which A made while B was away, rots; B still has what it was made from. */
  async function rottenReplacement(): Promise<MirrorModel> {
    const model = await tell(['AB', 'backup', { files: [0, 2] }], ['AB', 'backup', { files: [0] }], ['A', 'forget and prune'])
    await model.rot(A, 0)
    return model
  }

  test('a mirror keeps what it owes when what stands in its place elsewhere turns out to be damaged; one heal mends both', async () => {
    await using model = await rottenReplacement()
    await goOn(model, ['AB', 'sync'])
    await model.requireAllOn(B)
    assert.deepEqual(model.notCurrent(), ['memory:b: damaged'])
    await goOn(model, ['AB', 'heal'])
    assert.deepEqual(model.notCurrent(), [])
    for (const at of [A, B]) await model.requireAllOn(at)
    await requireHappyEnd(model)
  })

  test('heal alone does it, too', async () => {
    await using model = await rottenReplacement()
    await goOn(model, ['AB', 'heal'])
    assert.deepEqual(model.notCurrent(), [])
    for (const at of [A, B]) await model.requireAllOn(at)
  })

  test('a mirror that is known to lack a pack is gone on with, but nothing new counts on that pack, nor is it called current', async () => {
    await using model = await tell(['AB', 'backup', { files: [0] }], ['A', 'backup', { files: [2] }])
    await model.rot(A, 2)
    await goOn(model, ['AB', 'sync'])
    assert.deepEqual(model.notCurrent(), ['memory:b: damaged'])
    await goOn(model, ['B', 'backup', { files: [2, 4] }])
    assert.ok(model.notCurrent().includes('memory:b: damaged'), model.notCurrent().join())
    await goOn(model, ['AB', 'backup', { files: [2, 4] }], ['AB', 'heal'], ['AB', 'sync'])
    assert.deepEqual(model.notCurrent(), [])
    for (const at of [A, B]) await model.requireAllOn(at)
  })

  test('somebody at work on a mirror keeps there what was removed elsewhere, however old the lock is', async () => {
    await using model = await tell(
      ['AB', 'backup', { files: [0] }],
      ['AB', 'backup', { files: [1] }],
      ['A', 'forget and prune'],
      ['B', 'stock backup begins', { files: [0] }],
    )
    await goOn(model, ['AB', 'sync'], ['AB', 'stock backup ends'])
    await model.requireAllOn(B)
    await requireHappyEnd(model)
  })

  /** Two backups at the same time have each stored the file 0. */
  function heldTwice(): Promise<MirrorModel> {
    return tell(
      ['A', 'stock backup begins', { files: [0] }],
      ['AB', 'backup', { files: [0] }],
      ['AB', 'stock backup ends'],
      ['AB', 'sync'],
    )
  }

  const prunes = {
    'at once': [['AB', 'instant prune']],
    'in two phases': [
      ['AB', 'prune'],
      ['AB', 'a day passes'],
      ['AB', 'prune'],
    ],
  } satisfies Record<string, Line[]>
  for (const [mode, lines] of Object.entries(prunes)) {
    for (const how of ['whole', 'half'] as const) {
      test(`of two copies prune, ${mode}, keeps the one that both disks hold, whichever pack one of them has lost (${how})`, async () => {
        for (const nth of [0, 1]) {
          await using model = await heldTwice()
          await model.lose(B, 0, nth, how)
          await goOn(model, ...lines)
          for (const at of [A, B]) await model.requireAllOn(at)
          await requireHappyEnd(model)
        }
      })
    }

    test(`where each disk has lost another copy prune, ${mode}, leaves to each the one that it has`, async () => {
      await using model = await heldTwice()
      await model.lose(A, 0, 0)
      await model.lose(B, 0, 1)
      await goOn(model, ...lines)
      for (const at of [A, B]) await model.requireAllOn(at)
      await goOn(model, ['AB', 'heal'], ...lines)
      await requireHappyEnd(model)
    })

    test(`the right bytes in a pack of another length are kept by prune, ${mode}, where a disk has nothing else`, async () => {
      for (const nth of [0, 1]) {
        for (const [on, how] of [
          [[A], 'none, it grows'],
          [[A, B], 'end'],
        ] as const) {
          await using model = await heldTwice()
          for (const at of on) await model.lose(at, 0, nth, how)
          await model.lose(B, 0, 1 - nth)
          await goOn(model, ...lines)
          for (const at of [A, B]) await model.requireAllOn(at)
        }
      }
    })

    test(`what only one disk still holds prune, ${mode}, carries over to both`, async () => {
      await using model = await tell(['AB', 'backup', { files: [0, 2] }], ['AB', 'backup', { files: [0] }])
      await model.lose(B, 0, 0)
      await goOn(model, ['AB', 'forget'], ...lines)
      for (const at of [A, B]) await model.requireAllOn(at)
      await requireHappyEnd(model)
    })
  }

  test('a marked pack goes back into the index when a disk has lost the copy that was to stand for it', async () => {
    await using model = await heldTwice()
    await goOn(model, ['AB', 'prune'])
    await model.lose(B, 0, 0)
    await model.requireAllOn(B)
    await goOn(model, ['AB', 'a day passes'], ['AB', 'prune'])
    for (const at of [A, B]) await model.requireAllOn(at)
    await requireHappyEnd(model)
  })
})
