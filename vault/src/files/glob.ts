/**
 * A pattern for one name: `*` any run, `?` one character, `[abc]`, `[a-z]`, `[^…]`, `\x` the character itself (Go's filepath.Match, which
 * restic uses). Matching takes at most pattern × name steps, whatever the pattern.
 */

type Token = number | 'star' | 'any' | CharacterSet

interface CharacterSet {
  readonly isNegated: boolean
  /** Pairs of first and last code point; a pair that runs backwards holds nothing. */
  readonly ranges: readonly (readonly [first: number, last: number])[]
}

/** Matches whole names. */
export class Glob {
  readonly #tokens: readonly Token[]
  /** The rest of a pattern that is `*` and then plain text, by far the most common one. */
  readonly #ending: string | undefined

  private constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    const rest = tokens.slice(1)
    const isEnding = tokens[0] === 'star' && rest.every((token) => typeof token === 'number')
    this.#ending = isEnding ? String.fromCodePoint(...(rest as number[])) : undefined
  }

  /** @returns `undefined` when the pattern is malformed: an open bracket, an empty range, a lone backslash at the end */
  static parse(pattern: string): Glob | undefined {
    const tokens = parseTokens(codePoints(pattern))
    return tokens === undefined ? undefined : new Glob(tokens)
  }

  test(name: string): boolean {
    return this.#ending === undefined ? matchTokens(this.#tokens, codePoints(name)) : name.endsWith(this.#ending)
  }
}

const [STAR, QUESTION, OPEN, CLOSE, BACKSLASH, CARET, MINUS] = codePoints('*?[]\\^-') as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) as number)
}

function parseTokens(pattern: readonly number[]): Token[] | undefined {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as number
    if (character === STAR) {
      if (tokens.at(-1) !== 'star') tokens.push('star')
    } else if (character === QUESTION) tokens.push('any')
    else if (character === OPEN) {
      const set = parseSet(pattern, at + 1)
      if (set === undefined) return undefined
      tokens.push(set.token)
      at = set.end
    } else {
      if (character === BACKSLASH) at += 1
      const literal = pattern[at]
      if (literal === undefined) return undefined
      tokens.push(literal)
    }
  }
  return tokens
}

/** What stands in brackets, from the character after `[`; `end` is where its `]` is. */
function parseSet(pattern: readonly number[], start: number): { token: CharacterSet; end: number } | undefined {
  const isNegated = pattern[start] === CARET
  const ranges: [number, number][] = []
  let at = isNegated ? start + 1 : start
  while (!(pattern[at] === CLOSE && ranges.length > 0)) {
    const first = parseSetCharacter(pattern, at)
    if (first === undefined) return undefined
    const last = pattern[first.next] === MINUS ? parseSetCharacter(pattern, first.next + 1) : first
    if (last === undefined) return undefined
    ranges.push([first.code, last.code])
    at = last.next
  }
  return { token: { isNegated, ranges }, end: at }
}

/** One character in brackets; something must follow it, if only the closing one. */
function parseSetCharacter(pattern: readonly number[], start: number): { code: number; next: number } | undefined {
  if (pattern[start] === MINUS || pattern[start] === CLOSE) return undefined
  const at = pattern[start] === BACKSLASH ? start + 1 : start
  const code = pattern[at]
  return code === undefined || at + 1 >= pattern.length ? undefined : { code, next: at + 1 }
}

/** Goes along both; on a mismatch the last star takes one character more. */
function matchTokens(tokens: readonly Token[], name: readonly number[]): boolean {
  let token = 0
  let at = 0
  let star = -1
  let starEnd = 0
  while (at < name.length) {
    if (tokens[token] === 'star') {
      star = token++
      starEnd = at
    } else if (token < tokens.length && matchesOne(tokens[token] as Token, name[at] as number)) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++starEnd
    } else return false
  }
  while (tokens[token] === 'star') token++
  return token === tokens.length
}

function matchesOne(token: Token, character: number): boolean {
  if (typeof token === 'number') return token === character
  if (typeof token === 'string') return token === 'any'
  return token.isNegated !== token.ranges.some(([first, last]) => first <= character && character <= last)
}
