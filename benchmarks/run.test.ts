/** The benchmark at its smallest: that it runs, compares right results and writes a report. No figure is judged here. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { run } from '../tests/peers/peers.ts'
import { parseOptions } from './options.ts'
import { TARGETS } from './targets.ts'

const temporary = mkdtempSync(join(tmpdir(), 'couronne-bench-test-'))
after(() => rmSync(temporary, { recursive: true, force: true }))

test('a quick run answers every question and reports each target with a figure', async () => {
  const report = join(temporary, 'report.md')
  const args = [
    '--quick',
    '--size',
    '64MiB',
    '--blobs',
    '20000',
    '--patients',
    '300',
    '--records',
    '200',
    '--seconds',
    '3',
    '--folder',
    temporary,
    '--report',
    report,
  ]
  await run(process.execPath, [join(import.meta.dirname, 'run.ts'), ...args], { timeoutMs: 10 * 60_000 })
  const text = readFileSync(report, 'utf8')
  for (const { what } of Object.values(TARGETS)) {
    const [row = ''] = text.split('\n').filter((line) => line.startsWith(`| ${what} |`))
    assert.match(row, /\| [≥≤] [\d.]+( \w+|×) \| [\d.]+( \w+|×) \| (yes|\*\*no\*\*) \|$/, what)
  }
  for (const title of ['First backup', 'Two mirrors', 'Nothing changed', '1 % changed', 'Restore', 'Forget and prune'])
    assert.match(text, new RegExp(`^## ${title}\n\n\\| +\\| median, s .*\n.*\n\\| (restic|couronne)`, 'm'))
  assert.doesNotMatch(text, /NaN|undefined|Infinity/)
  assert.deepEqual(readdirSync(temporary), ['report.md'], 'its folder is removed')
})

test('options are understood or refused', () => {
  const names = ['first', 'check']
  assert.equal(parseOptions([], names).totalBytes, 2 * 1024 ** 3)
  assert.equal(parseOptions(['--size', '0.5GiB', '--only', 'check'], names).totalBytes, 512 * 1024 ** 2)
  assert.equal(parseOptions(['--only', 'check'], names).isWhole, false)
  assert.equal(parseOptions(['--size', '64MiB'], names).isWhole, true)
  for (const wrong of [['--size', '2'], ['--size', '1MiB'], ['--rounds', '0'], ['--only', 'chek'], ['--fast']])
    assert.throws(() => parseOptions(wrong, names), Error, wrong.join(' '))
})
