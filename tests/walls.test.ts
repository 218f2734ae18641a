/**
 * Each wall of ARCHITECTURE.md is broken once on purpose: a rule that Biome no longer knows, or an override that no longer matches, would
 * let everything through without a word. Beside each offender stands the allowed way of saying the same.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { copyFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')

interface Wall {
  readonly says: string
  readonly rule: string
  readonly file: string
  readonly broken: string
  readonly kept: string
}

const WALLS: readonly Wall[] = [
  {
    says: 'a room of vault is entered by #room, not up and over',
    rule: 'lint/style/noRestrictedImports',
    file: 'vault/src/verbs/up-and-over.ts',
    broken: "export { a } from '../storage/local.ts'\n",
    kept: "export { a } from '#storage'\n",
  },
  {
    says: 'up and over is as closed to types',
    rule: 'lint/style/noRestrictedImports',
    file: 'vault/src/verbs/up-and-over-type.ts',
    broken: "import type { A } from '../storage/local.ts'\nexport type B = A\n",
    kept: "import type { A } from '#storage'\nexport type B = A\n",
  },
  {
    says: 'a folder inside a room reaches its room and nothing beyond',
    rule: 'lint/style/noRestrictedImports',
    file: 'vault/src/repository/engine/nested.ts',
    broken: "export { a } from '../../storage/local.ts'\n",
    kept: "export { a } from '../objects.ts'\n",
  },
  {
    says: 'a test enters a room by its door too',
    rule: 'lint/style/noRestrictedImports',
    file: 'vault/src/verbs/beside.test.ts',
    broken: "export { a } from '../storage/local.ts'\n",
    kept: "export { a } from '../../../tests/peers/peers.ts'\nexport { b } from '#storage'\n",
  },
  {
    says: 'the command line enters a room by its door',
    rule: 'lint/style/noRestrictedImports',
    file: 'cli/src/vault/over.ts',
    broken: "export { a } from '../../../vault/src/storage/local.ts'\n",
    kept: "export { a } from '@couronne/vault'\n",
  },
  {
    says: 'a room of the web is entered by #room, not up and over',
    rule: 'lint/style/noRestrictedImports',
    file: 'web/src/journal/up-and-over.ts',
    broken: "export { a } from '../people/queries.ts'\n",
    kept: "export { a } from '#people'\n",
  },
  {
    says: 'a catalogue reaches its room and nothing beyond',
    rule: 'lint/style/noRestrictedImports',
    file: 'web/src/messages/fr/nested.ts',
    broken: "export { a } from '../../forms/drafts.ts'\n",
    kept: "export { a } from '../plural.ts'\n",
  },
  {
    says: 'the web sees of the server its contract alone',
    rule: 'lint/style/noRestrictedImports',
    file: 'web/src/journal/server.ts',
    broken: "export { a } from '@couronne/practice'\n",
    kept: "export { a } from '@couronne/practice/contract'\n",
  },
  {
    says: 'the tests of the whole know packages by their doors',
    rule: 'lint/style/noRestrictedImports',
    file: 'tests/promises/private.test.ts',
    broken: "export { a } from '../../vault/src/errors.ts'\n",
    kept: "export { a } from '../peers/peers.ts'\nexport { b } from '@couronne/vault'\n",
  },
  {
    says: 'vault imports nothing of ours',
    rule: 'lint/style/noRestrictedImports',
    file: 'vault/src/verbs/ours.ts',
    broken: "export { a } from '@couronne/cli'\n",
    kept: "export { a } from '#errors'\n",
  },
  {
    says: 'format knows no other room',
    rule: 'lint/style/noRestrictedImports',
    file: 'vault/src/format/other-room.ts',
    broken: "export { a } from '#storage'\n",
    kept: "export { a } from '#errors'\n",
  },
  {
    says: 'format knows no Node module',
    rule: 'lint/correctness/noNodejsModules',
    file: 'vault/src/format/node-module.ts',
    broken: "export { createHash } from 'node:crypto'\n",
    kept: "export type { Primitives } from './primitives.ts'\n",
  },
  {
    says: 'format knows no Buffer',
    rule: 'lint/style/noRestrictedGlobals',
    file: 'vault/src/format/node-global.ts',
    broken: 'export const a = Buffer.alloc(1)\n',
    kept: 'export const a = new Uint8Array(1)\n',
  },
  {
    says: 'formats imports nothing of ours',
    rule: 'lint/style/noRestrictedImports',
    file: 'formats/src/fhir/ours.ts',
    broken: "export { a } from '@couronne/vault'\n",
    kept: "export { a } from './r4-tables.ts'\n",
  },
  {
    says: 'formats knows no Node module',
    rule: 'lint/correctness/noNodejsModules',
    file: 'formats/src/fhir/node-module.ts',
    broken: "export { readFileSync } from 'node:fs'\n",
    kept: "export { a } from './r4-tables.ts'\n",
  },
  {
    says: 'formats knows no process',
    rule: 'lint/style/noRestrictedGlobals',
    file: 'formats/src/fhir/node-global.ts',
    broken: 'export const a = process.pid\n',
    kept: 'export const a = (pid: number) => pid\n',
  },
  {
    says: 'a package imports what its manifest declares',
    rule: 'lint/correctness/noUndeclaredDependencies',
    file: 'vault/src/verbs/undeclared.ts',
    broken: "export { Command } from 'commander'\n",
    kept: "export { AwsClient } from 'aws4fetch'\n",
  },
  {
    says: 'what only tests may use stays in tests',
    rule: 'lint/correctness/noUndeclaredDependencies',
    file: 'vault/src/verbs/development.ts',
    broken: "export { property } from 'fast-check'\n",
    kept: "export { Client } from 'ssh2'\n",
  },
  {
    says: 'benchmarks know the samples by their door',
    rule: 'lint/style/noRestrictedImports',
    file: 'benchmarks/samples.ts',
    broken: "export { a } from '../samples/random.ts'\n",
    kept: "export { a } from '@couronne/samples'\n",
  },
  {
    says: 'two files do not go in a circle',
    rule: 'lint/suspicious/noImportCycles',
    file: 'vault/src/files/circle-one.ts',
    broken: "import { two } from './circle-two.ts'\nexport const one = () => two\n",
    kept: 'export const one = 1\n',
  },
  {
    says: 'two rooms do not go in a circle through their doors',
    rule: 'lint/suspicious/noImportCycles',
    file: 'vault/src/storage/index.ts',
    broken: "import { served } from '#server'\nexport const a = () => served\n",
    kept: 'export const a = 1\n',
  },
  {
    says: 'types do not go in a circle either',
    rule: 'lint/suspicious/noImportCycles',
    file: 'vault/src/files/circle-type-one.ts',
    broken: "import type { Two } from './circle-type-two.ts'\nexport type One = Two | 1\n",
    kept: 'export type One = 1\n',
  },
  {
    says: 'no promise is left floating',
    rule: 'lint/nursery/noFloatingPromises',
    file: 'vault/src/verbs/floating.ts',
    broken: 'async function save(): Promise<void> {}\nexport function go() {\n  save()\n}\n',
    kept: 'async function save(): Promise<void> {}\nexport async function go() {\n  await save()\n}\n',
  },
  {
    says: 'no promise is taken for a claim',
    rule: 'lint/nursery/noMisusedPromises',
    file: 'vault/src/verbs/misused.ts',
    broken:
      'async function isHeld(): Promise<boolean> {\n  return false\n}\nexport const go = () => {\n  if (isHeld()) return 1\n  return 2\n}\n',
    kept: 'async function isHeld(): Promise<boolean> {\n  return false\n}\nexport const go = async () => {\n  if (await isHeld()) return 1\n  return 2\n}\n',
  },
]

/** The other halves of the circles, there in both trees. */
const NEIGHBOURS: Readonly<Record<string, string>> = {
  'vault/src/files/circle-two.ts': "import { one } from './circle-one.ts'\nexport const two = () => one\n",
  'vault/src/files/circle-type-two.ts': "import type { One } from './circle-type-one.ts'\nexport type Two = One | 2\n",
  'vault/src/server/index.ts': "import { a } from '#storage'\nexport const served = () => a\n",
}

let folder: string
let broken: ReadonlyMap<string, readonly string[]>
let kept: ReadonlyMap<string, readonly string[]>

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'couronne-walls-'))
  const files = (choose: (wall: Wall) => string) => ({
    ...NEIGHBOURS,
    ...Object.fromEntries(WALLS.map((wall) => [wall.file, choose(wall)])),
  })
  broken = await lint(
    join(folder, 'broken'),
    files((wall) => wall.broken),
  )
  kept = await lint(
    join(folder, 'kept'),
    files((wall) => wall.kept),
  )
})

after(() => rmSync(folder, { recursive: true, force: true }))

for (const wall of WALLS) {
  test(`${wall.says}`, () => {
    assert.deepEqual(kept.get(wall.file) ?? [], [], 'the allowed way is allowed')
    assert.ok(broken.get(wall.file)?.includes(wall.rule), `${wall.file} should raise ${wall.rule}, not ${broken.get(wall.file)}`)
  })
}

test('Node refuses the private path of a package and of a room', async () => {
  const privatePaths = ['@couronne/vault/src/errors.ts', '@couronne/vault/src/storage/index.ts', '@couronne/cli/src/main.ts']
  for (const path of privatePaths) await assert.rejects(import(path), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' })
  await assert.rejects(import(`#${'storage'}`), { code: 'ERR_PACKAGE_IMPORT_NOT_DEFINED' })
})

test('the manifests of vault and formats name nothing of ours', () => {
  for (const workspace of ['vault', 'formats']) {
    const manifest = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as Readonly<
      Record<string, object | undefined>
    >
    const names = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    )
    assert.deepEqual(
      names.filter((name) => name.startsWith('@couronne/')),
      [],
      workspace,
    )
  }
})

test('no test is skipped, left to do or run alone', () => {
  const files = globSync('{vault,formats,practice,cli,samples,scripts,benchmarks,tests}/**/*.{test,suite}.ts', { cwd: root })
  assert.ok(files.length > 20)
  const wayOut = /\b(?:test|it|describe|suite|t|context)\.(?:skip|todo|only)\b|[{,]\s*(?:skip|todo|only):/
  const found = files.filter((file) => wayOut.test(readFileSync(join(root, file), 'utf8')))
  assert.deepEqual(found, [])
})

test('passwords cost less in tests only: nothing that ships knows the way, nor the room of tests', () => {
  const files = globSync('{practice,cli,samples}/src/**/*.ts', { cwd: root }).filter(
    (file) => !/\.test\.ts$|practice\/src\/testing\/|\/tests\//.test(file),
  )
  const naming = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')))
  assert.deepEqual(naming(/usePasswordWork/).toSorted(), ['practice/src/people/index.ts', 'practice/src/people/passwords.ts'])
  assert.deepEqual(
    naming(/'(#|@couronne\/practice\/)testing'/).filter(
      (file) => !/-until-killed\.ts$|-for-tests\.ts$|store-practice\.ts$/.test(file),
    ),
    [],
  )
})

/** The diagnostics of each file under our own configuration: rule names by path. */
async function lint(tree: string, files: Readonly<Record<string, string>>): Promise<Map<string, string[]>> {
  const copies = ['biome.json', 'package.json', 'vault/package.json', 'formats/package.json', 'cli/package.json']
  for (const path of [...copies, ...Object.keys(files)]) mkdirSync(dirname(join(tree, path)), { recursive: true })
  for (const path of copies) copyFileSync(join(root, path), join(tree, path))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(tree, path), text)
  const args = ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none']
  const { stdout } = await promisify(execFile)(join(root, 'node_modules/.bin/biome'), args, { cwd: tree }).catch(
    (error: { readonly stdout: string }) => error, // ends with 1 when it finds something
  )
  const report = JSON.parse(stdout) as Report
  const found = new Map<string, string[]>()
  for (const { category, location } of report.diagnostics)
    found.set(location.path, [...(found.get(location.path) ?? []), category])
  return found
}

interface Report {
  readonly diagnostics: readonly { readonly category: string; readonly location: { readonly path: string } }[]
}
