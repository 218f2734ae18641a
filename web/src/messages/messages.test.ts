/** The catalogue holds what the pages show, all of it and nothing else, in two languages, as each is printed. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DOCUMENT_TYPES } from '@couronne/practice/contract'
import { parseAst } from 'vite'
import { en } from './en.ts'
import { fr } from './fr.ts'
import { paper } from './paper.ts'
import { plural } from './plural.ts'
import { typesetAll, typesetFrench } from './typeset.ts'

const SOURCES = join(import.meta.dirname, '..')
const files = globSync('**/*.{ts,tsx}', { cwd: SOURCES, exclude: (name) => name.endsWith('.test.ts') }).map((name) => ({
  name,
  text: readFileSync(join(SOURCES, name), 'utf8'),
}))

test('English has exactly the keys of French', () => {
  assert.deepEqual(keysOf(en), keysOf(fr))
})

test('each text is shown somewhere', () => {
  const used = files.filter(({ name }) => !name.startsWith('messages')).map(({ text }) => text.replaceAll(/\s+/g, ' '))
  assert.deepEqual(
    keysOf(fr).filter((key) => !used.some((text) => isUsed(key, text))),
    [],
  )
  for (const key of ['shell.nothing', 'installation.thief.nowhere', 'incidents.none'])
    assert.equal(
      used.some((text) => isUsed(key, text)),
      false,
      key,
    )
})

test('each type of document has plain words', () => {
  const codes = DOCUMENT_TYPES.map(({ code }) => code)
  assert.deepEqual(Object.keys(fr.patients.documentTypes).toSorted(), codes.toSorted())
})

test('each text of printed sheets is on one', () => {
  const sheets = files.filter(({ name }) => name.startsWith(join('patients', 'paper-'))).map(({ text }) => text)
  const unused = Object.keys(paper).filter((key) => !sheets.some((text) => new RegExp(`\\bpaper\\.${key}\\b`).test(text)))
  assert.deepEqual(unused, [])
})

test('each code by which the server refuses has a sentence', () => {
  const source = readFileSync(join(SOURCES, '../../practice/src/http/problems.ts'), 'utf8')
  const [, table = ''] = /STATUSES[^{]*\{([^}]*)\}/.exec(source) ?? []
  const codes = [...table.matchAll(/'?([a-z-]+)'?: \d{3}/g)].map(([, code = '']) => code)
  assert.ok(codes.length > 15)
  assert.deepEqual(
    codes.filter((code) => !(code in fr.problems)),
    [],
  )
})

test('no text stands in a page itself', () => {
  const found = files
    .filter(({ name }) => name.endsWith('.tsx'))
    .flatMap(({ name, text }) => writtenIn(text).map((words) => `${name}: ${words}`))
  assert.deepEqual(found, [])
})

test('French has its own apostrophes, quotation marks and spaces', () => {
  for (const [key, text] of [...textsOf(typesetAll(fr, typesetFrench)), ...textsOf(paper)]) {
    assert.doesNotMatch(text, /['"“”]/, key)
    assert.doesNotMatch(text, /[^\s\d][;?!»](?!\/)|«\S|[\p{L}»]:/u, `${key}: ${text}`)
    assert.doesNotMatch(text, / [;:?!»%]|« /, `${key}: ${text}`)
  }
})

test('English has its own apostrophes and quotation marks', () => {
  for (const [key, text] of textsOf(en)) assert.doesNotMatch(text, /['"«»]| [;:?!]/, `${key}: ${text}`)
})

test('French counts nothing as one, English does not', () => {
  assert.equal(plural('fr', { one: '# ligne', other: '# lignes' })(0), '0 ligne')
  assert.equal(plural('en', { one: '# line', other: '# lines' })(0), '0 lines')
  assert.equal(plural('fr', { one: '# ligne', other: '# lignes' })(2), '2 lignes')
})

test('none is said as people say it, where there is a word for it', () => {
  const refused = plural('fr', { zero: 'aucune refusée', one: '# refusée', other: '# refusées' })
  assert.deepEqual([0, 1, 2].map(refused), ['aucune refusée', '1 refusée', '2 refusées'])
})

test('typesetting reaches what functions make, and leaves other values alone', () => {
  const set = typesetAll({ a: (name: string) => `${name} ?`, b: [{ is: false, c: '« oui »' }] }, typesetFrench)
  assert.equal(set.a('Vrai'), 'Vrai\u202f?')
  assert.deepEqual(set.b, [{ is: false, c: '«\u00a0oui\u00a0»' }])
})

/** `a.b.c`, for each text or function. */
function keysOf(catalogue: object, before = ''): string[] {
  return Object.entries(catalogue).flatMap(([name, each]) => {
    const key = before === '' ? name : `${before}.${name}`
    return typeof each === 'object' && !Array.isArray(each) ? keysOf(each, key) : [key]
  })
}

function textsOf(catalogue: object): [string, string][] {
  return Object.entries(catalogue).flatMap(([name, each]): [string, string][] => {
    if (typeof each === 'string') return [[name, each]]
    if (typeof each !== 'object') return []
    return textsOf(each).map(([key, text]) => [`${name}.${key}`, text])
  })
}

/** Named whole; or its table is, where keys are looked up: `m.journal.breaks[kind](seq)`, `m.problems as Words`, `Object.entries(m.shell.keyList)`. */
function isUsed(key: string, text: string): boolean {
  if (new RegExp(`\\bm\\.${escapeForRegExp(key)}\\b`).test(text)) return true
  const parts = key.split('.')
  const isTableUsed = parts.slice(0, -1).some((_, index) => {
    const table = escapeForRegExp(parts.slice(0, index + 1).join('.'))
    return new RegExp(`\\bm\\.${table}(\\[| as | }|[,)])`).test(text)
  })
  return isTableUsed || isNamedApart(parts, text)
}

/** `const words = m.incidents` … `words.title` */
function isNamedApart(parts: readonly string[], text: string): boolean {
  for (let length = 1; length < parts.length; length++) {
    const [, name] =
      new RegExp(`const (\\w+) = m\\.${escapeForRegExp(parts.slice(0, length).join('.'))}(?![.\\w])`).exec(text) ?? []
    if (name !== undefined && new RegExp(`\\b${name}(\\.${parts[length]}\\b|\\[)`).test(text)) return true
  }
  return false
}

const SPOKEN = new Set([
  'aria-label',
  'title',
  'label',
  'alt',
  'placeholder',
  'description',
  'lead',
  'hint',
  'action',
  'summary',
  'legend',
])

/** Words between tags, and in attributes that are read out. */
function writtenIn(source: string): string[] {
  const found: string[] = []
  walk(parseAst(source, { lang: 'tsx' }), (node) => {
    if (node.type === 'JSXText' && /\p{L}{2}/u.test(String(node.value))) found.push(String(node.value).trim())
    if (node.type !== 'JSXAttribute') return
    const { name, value } = node as unknown as { name: { name: unknown }; value: { type: string; value: unknown } | null }
    if (SPOKEN.has(String(name.name)) && value?.type === 'Literal' && /\p{L}{2}/u.test(String(value.value)))
      found.push(String(value.value))
  })
  return found
}

type Node = { readonly type: string; readonly [key: string]: unknown }

function walk(node: unknown, see: (node: Node) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, see)
  else if (typeof node === 'object' && node !== null) {
    if (typeof (node as Node).type === 'string') see(node as Node)
    for (const each of Object.values(node)) walk(each, see)
  }
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[.-]/g, '\\$&')
}
