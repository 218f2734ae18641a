import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeInMapping, placeInYaml } from './profile-problem.ts'

const at = (...paths: string[]) => ({ fields: paths.map((path) => ({ path, problem: 'wrong', message: 'wrong' })) })

test('what is no YAML is told by its line and column', () => {
  assert.deepEqual(placeInYaml(at('yaml:3:7')), { kind: 'text', line: 3, column: 7 })
})

test('what a profile says wrongly is told by its place', () => {
  assert.deepEqual(placeInYaml(at('profile.tables.0.fields.bornOn')), { kind: 'profile', path: 'tables.0.fields.bornOn' })
  assert.equal(placeInYaml(at('title')), undefined)
})

test('of a mapping, the table and the field are found', () => {
  assert.deepEqual(placeInMapping(at('profile.tables.2.fields.bornOn')), { table: 2, part: 'fields', target: 'bornOn' })
  assert.deepEqual(placeInMapping(at('profile.tables.1.key.0')), { table: 1, part: 'key' })
  assert.deepEqual(placeInMapping(at('profile.tables.1')), { table: 1 })
  assert.equal(placeInMapping(at('profile.name')), undefined)
})
