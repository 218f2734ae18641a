/** The command line has French for every refusal of the vault, and for none that is gone. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CATALOGUE, inFrench } from './french.ts'

const root = join(import.meta.dirname, '../..')

/** What the sources refuse with: the texts between the brackets of each refusal that they make, `{}` for what they put in. */
const refusals = globSync('vault/src/**/*.ts', { cwd: root })
  .filter((file) => !/\.(test|suite)\.ts$|testing/.test(file))
  .flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8')
    const made = source.matchAll(/new (?:UsageError|RefusedError)\(|new VaultError\(\s*'(?:usage|refused)',/g)
    return [...made].flatMap(({ index, 0: opening }) => textsIn(source, index + opening.length))
  })

test('each refusal has its French, which names as much', () => {
  assert.ok(refusals.length > 90, `only ${refusals.length} refusals were found in the sources`)
  assert.deepEqual(
    refusals.filter((refusal) => inFrench(refusal) === undefined),
    [],
    'refusals without French',
  )
  for (const [english, words] of CATALOGUE) assert.equal(holes(words), holes(english), `${english} / ${words}`)
})

test('no French is left for a refusal that is gone', () => {
  const made = new Set(refusals)
  assert.deepEqual(
    CATALOGUE.map(([english]) => english).filter((english) => !made.has(english)),
    [],
  )
})

test('what a refusal names is put in, whatever it holds', () => {
  for (const [english, words] of CATALOGUE) {
    const named = Array.from({ length: holes(english) }, (_, i) => `/a$&\n${i}`)
    assert.equal(inFrench(fill(english, named)), fill(words, named))
  }
  assert.equal(inFrench('something else'), undefined)
})

function holes(text: string): number {
  return text.split('{}').length - 1
}

function fill(text: string, named: readonly string[]): string {
  return text.split('{}').reduce((filled, rest, i) => `${filled}${named[i - 1]}${rest}`)
}

/** The texts among the arguments that begin here, up to the bracket that closes them. What stands between `${` and `}` is no text. */
function textsIn(source: string, from: number): string[] {
  const texts: string[] = []
  let depth = 1
  for (let at = from; depth > 0; at++) {
    const character = source[at]!
    if (character === '(' || character === '{') depth++
    else if (character === ')' || character === '}') depth--
    else if (character === "'" || character === '`') {
      const { text, end } = textAt(source, at)
      texts.push(text)
      at = end
    }
  }
  return texts
}

function textAt(source: string, from: number): { readonly text: string; readonly end: number } {
  const quote = source[from]!
  let text = ''
  for (let at = from + 1; ; at++) {
    if (source[at] === quote) return { text, end: at }
    if (source[at] === '\\') text += source[++at]
    else if (quote === '`' && source.startsWith('${', at)) {
      text += '{}'
      at = endOfHole(source, at + 2)
    } else text += source[at]
  }
}

function endOfHole(source: string, from: number): number {
  let at = from
  for (; source[at] !== '}'; at++) {
    if (source[at] === '{') at = endOfHole(source, at + 1)
    else if (source[at] === "'" || source[at] === '`') at = textAt(source, at).end
  }
  return at
}
