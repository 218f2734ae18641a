import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as contract from '@couronne/practice/contract'

/** What only programs ask. */
const WITHOUT_PAGE: Readonly<Record<string, string>> = {
  getReadiness: 'a supervisor asks it before it sends people here',
}

const SOURCES = join(import.meta.dirname, '..')
const pages = globSync('**/*.{ts,tsx}', { cwd: SOURCES, exclude: (name) => name.endsWith('.test.ts') })
  .map((name) => readFileSync(join(SOURCES, name), 'utf8').replaceAll(/^import [^;]*? from '[^']*'$/gm, ''))
  .join('\n')

test('whatever the server does for people, a page does it', () => {
  const endpoints = Object.entries(contract).filter(([, each]) => typeof each === 'object' && 'path' in each && 'method' in each)
  assert.ok(endpoints.length > 80, `${endpoints.length}`)
  const uncalled = endpoints.map(([name]) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(pages))
  assert.deepEqual(uncalled, Object.keys(WITHOUT_PAGE))
})
