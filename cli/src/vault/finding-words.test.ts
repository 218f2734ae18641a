import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sayBehind } from './behind-words.ts'
import { sayFinding } from './finding-words.ts'

const root = join(import.meta.dirname, '../../..')
const message = 'what the vault says'

test('each code of the vault for something that could not be done with an entry has its French', () => {
  const sources = globSync('vault/src/{files,verbs}/**/*.ts', { cwd: root }).filter((file) => !/\.(test|suite)\.ts$/.test(file))
  const codes = sources.flatMap((file) => {
    const made = readFileSync(join(root, file), 'utf8').matchAll(
      /\bcode: '([A-Z]+)'|#note\([^'\n]*'([A-Z]+)'|#fail\(\w+, '(\w+)'/g,
    )
    return [...made].map(([, ...groups]) => groups.find((group) => group !== undefined)!)
  })
  assert.ok(new Set(codes).size >= 10, `only ${codes} were found in the sources`)
  for (const code of codes.filter((each) => each !== 'ENOTDIR'))
    assert.ok(!sayFinding({ path: '/a', operation: 'read', code, message }).fr.includes(message), `no French for ${code}`)
})

test('a finding says where, what part of the entry, why, and what became of it', () => {
  const path = Buffer.from('/photos/a.jpg')
  assert.deepEqual(sayFinding({ path, operation: 'open', code: 'EACCES', message }), {
    fr: '/photos/a.jpg : accès refusé',
    en: '/photos/a.jpg: access denied',
  })
  assert.deepEqual(sayFinding({ path, operation: 'chown', code: 'EPERM', message }), {
    fr: '/photos/a.jpg : propriétaire : accès refusé',
    en: '/photos/a.jpg: owner: access denied',
  })
  assert.deepEqual(sayFinding({ path, operation: 'content', code: 'seal-broken', message, outcome: 'removed' }), {
    fr: '/photos/a.jpg : le contenu est altéré dans le dépôt [seal-broken] ; rien n’en est laissé dans la cible',
    en: `/photos/a.jpg: ${message}`,
  })
  assert.equal(sayFinding({ path, operation: 'read', code: 'EWHATEVER', message }).fr, `/photos/a.jpg : ${message}`)
})

test('why a mirror is behind is told in French, where the vault refused it too', () => {
  const said = sayBehind({ code: 'usage', reason: '/media/b: is the mirror /media/a by another address' })
  assert.equal(said.fr, '/media/b : c’est la copie /media/a, sous une autre adresse')
  assert.match(sayBehind({ code: 'storage-full', reason: 'no room' }).fr, /^pleine \[no room\]$/)
})
