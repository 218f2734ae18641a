import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makePractice } from '@couronne/samples'
import { run } from './peers/peers.ts'

const readme = readFileSync(new URL('../vault/README.md', import.meta.url), 'utf8')

test('the worked example of the vault runs as it stands', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'couronne-example-'))
  const [, example] = /```ts\n([\s\S]*?)```/.exec(readme) ?? []
  assert.ok(example)
  // In the tests' own folder, so that `@couronne/vault` is found; outside of it nothing else changes.
  const program = join(import.meta.dirname, `.example-${process.pid}.ts`)
  try {
    makePractice(join(folder, 'practice'), { patients: 2 })
    writeFileSync(program, example.replaceAll('/tmp/couronne-example', folder))
    const { stdout } = await run(process.execPath, [program])
    assert.match(stdout, /^snapshot [0-9a-f]{64}$/m)
    assert.match(stdout, /^sound true$/m)
    assert.match(stdout, /^restored \d+ files$/m)
    await run('diff', ['-r', '--no-dereference', join(folder, 'practice'), join(folder, 'restored', folder, 'practice')])
  } finally {
    rmSync(program, { force: true })
    rmSync(folder, { recursive: true })
  }
})
