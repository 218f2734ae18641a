import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildKernels, KERNELS_FILE, printKernels } from '../scripts/build-kernels.ts'

test('the committed kernels are what their sources compile to', () => {
  const committed = readFileSync(join(import.meta.dirname, '..', KERNELS_FILE), 'utf8')
  assert.equal(committed, printKernels(buildKernels()))
})
