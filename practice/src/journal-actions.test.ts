/** The list of what is written down says nothing that never happens. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { JOURNAL_ACTIONS } from '#endpoint'

/** An event's `action`, a contract's `journal`, or a name for one. A list that only reads or sorts the journal is none of these. */
const WRITTEN = /(?:\b(?:action|journal): '([a-z.-]+)')|(?:= '([a-z.-]+)' satisfies JournalAction\b)/g

test('each action of the journal is written by an endpoint or by a piece of work', () => {
  const root = join(import.meta.dirname, '..', '..')
  const sources = globSync(['practice/src/**/*.ts', 'cli/src/**/*.ts'], {
    cwd: root,
    exclude: ['**/*.test.ts', '**/endpoint.ts'],
  })
  const written = new Set(
    sources.flatMap((name) => [...readFileSync(join(root, name), 'utf8').matchAll(WRITTEN)].map((found) => found[1] ?? found[2])),
  )
  assert.deepEqual(
    JOURNAL_ACTIONS.filter((action) => !written.has(action)),
    [],
    'nobody writes these: take them from JOURNAL_ACTIONS and from the pages’ words',
  )
})
