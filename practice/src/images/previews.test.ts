import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeTestPractice } from '#testing'
import { previewOf } from './previews.ts'
import { SAMPLES } from './receive-for-tests.ts'

const FILE = readFileSync(join(SAMPLES, 'dental/p1_IO_36.dcm'))

async function* bytesOf(file: Buffer) {
  yield file
}

test('a preview that took too long is grey once, and drawn when it is asked for again; what cannot be drawn is not tried again', async () => {
  await using made = await makeTestPractice()
  let opened = 0
  const ask = (instanceId: string, file: Buffer, timeoutMs?: number) =>
    previewOf(made.practice, {
      ...{ instanceId, sizeBytes: file.length, frame: 1, size: 64 },
      open: async () => {
        opened++
        return bytesOf(file)
      },
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
  const late = await ask('slow', FILE, 1)
  assert.deepEqual([late.isDrawn, late.isLate], [false, true])
  const drawn = await ask('slow', FILE)
  assert.deepEqual([drawn.isDrawn, drawn.isLate, opened], [true, false, 2])
  await ask('slow', FILE)
  assert.equal(opened, 2)
  const none = await ask('none', Buffer.from('no image'))
  assert.deepEqual([none.isDrawn, none.isLate], [false, false])
  await ask('none', Buffer.from('no image'))
  assert.equal(opened, 3)
})
