/** Documents lead where they say, and each dependency has its page. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const documents = globSync(['*.md', 'docs/**/*.md', 'samples/**/*.md', 'benchmarks/*.md', 'vault/*.md', 'tests/**/*.md'], {
  cwd: root,
})

test('each link of a document leads to a file that is there', () => {
  assert.ok(documents.includes('README.md'))
  const broken = documents.flatMap((document) => {
    const text = readFileSync(join(root, document), 'utf8')
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '')
    const local = targets.filter((target) => !/^[a-z]+:/.test(target))
    return local.filter((target) => !existsSync(join(root, dirname(document), target))).map((target) => `${document}: ${target}`)
  })
  assert.deepEqual(broken, [])
})

test('each dependency has a page among the decisions', () => {
  const pages = globSync('docs/decisions/0*.md', { cwd: root }).map((page) => readFileSync(join(root, page), 'utf8'))
  const decisions = pages.join('\n')
  const names = ['package.json', 'vault/package.json', 'practice/package.json', 'web/package.json', 'cli/package.json'].flatMap(
    dependencies,
  )
  assert.ok(names.length > 5)
  assert.deepEqual(
    names.filter((name) => !decisions.toLowerCase().includes(bareName(name))),
    [],
  )
})

function dependencies(manifest: string): string[] {
  const content = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as Readonly<Record<string, object | undefined>>
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies']
  const names = kinds.flatMap((kind) => Object.keys(content[kind] ?? {}))
  return names.filter((name) => !name.startsWith('@couronne/') && !name.startsWith('@types/')) // types go with what they describe
}

function bareName(name: string): string {
  return name.startsWith('@') ? (name.split('/')[1] ?? name) : name
}
