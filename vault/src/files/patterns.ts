/**
 * Patterns for choosing files, with restic's meaning (restic manual, "Excluding Files"; Go's filepath.Match for one component):
 *
 * - a pattern is a path of components; `*`, `?` and `[…]` stay inside one component, `**` spans any number of them;
 * - one that begins with `/` is anchored at the root, any other may begin anywhere in the path;
 * - it covers everything below what it names;
 * - `!` in front takes back what earlier patterns chose.
 *
 * Names are bytes: components are compared as {@link pathText} writes them, where each byte that is no UTF-8 is one character.
 */
import { UsageError } from '#errors'
import { Glob } from './glob.ts'

/** A path cut into components; an absolute one begins with the component `/`. */
export type PathParts = readonly string[]

export interface Selection {
  /** The patterns choose this path. */
  readonly matched: boolean
  /** They may choose something below it. */
  readonly childMayMatch: boolean
}

export interface PatternOptions {
  readonly ignoreCase?: boolean
}

interface Part {
  readonly text: string
  /** Absent for a component without wildcards. */
  readonly glob?: Glob
}

interface Pattern {
  readonly parts: readonly Part[]
  readonly isNegated: boolean
}

/** `**`, and the empty component that `/` alone has. */
const ANY_DEPTH: Part = { text: '' }
const ANY_NAME: Part = { text: '*', glob: Glob.parse('*') as Glob }

/** A list of patterns, in order. Immutable; cheap to ask, made once. */
export class Patterns {
  readonly #patterns: readonly Pattern[]
  readonly #hasNegated: boolean
  readonly #ignoreCase: boolean

  /**
   * @param patterns as a user writes them; empty ones are passed over
   * @throws {UsageError} naming every pattern that is malformed: an open bracket, an empty range, a lone backslash at the end
   */
  constructor(patterns: readonly string[], options: PatternOptions = {}) {
    this.#ignoreCase = options.ignoreCase === true
    const given = patterns.filter((pattern) => pattern !== '')
    const malformed: string[] = []
    this.#patterns = given.flatMap((pattern) => {
      const parsed = parsePattern(this.#ignoreCase ? foldCase(pattern) : pattern)
      if (parsed === undefined) malformed.push(pattern)
      return parsed ?? []
    })
    if (malformed.length > 0) throw new UsageError(`malformed pattern: ${malformed.join(', ')}`)
    this.#hasNegated = this.#patterns.some((pattern) => pattern.isNegated)
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0
  }

  /** Whether the last pattern that says something about this path chooses it. */
  matches(path: PathParts): boolean {
    const parts = this.#fold(path)
    let matched = false
    for (const pattern of this.#patterns) {
      if (matched !== pattern.isNegated) continue
      if (matchParts(pattern.parts, parts)) matched = !pattern.isNegated
    }
    return matched
  }

  /**
   * The same, quicker, for a path whose folder the patterns are known not to choose: whatever chooses it must then end at its last
   * component. Where `!` or `**` make that untrue, everything is looked at.
   */
  matchesEntry(path: PathParts): boolean {
    if (this.#hasNegated) return this.matches(path)
    const parts = this.#fold(path)
    return this.#patterns.some(({ parts: pattern }) =>
      pattern.includes(ANY_DEPTH) ? matchParts(pattern, parts) : matchEnd(pattern, parts),
    )
  }

  /** The same, and whether it is worth looking below. */
  select(path: PathParts): Selection {
    const parts = this.#fold(path)
    let matched = false
    let childMayMatch = false
    for (const pattern of this.#patterns) {
      const chosen = matchParts(pattern.parts, parts)
      if (pattern.isNegated) {
        matched &&= !chosen
        childMayMatch &&= !chosen
      } else {
        matched ||= chosen
        childMayMatch ||= mayMatchBelow(pattern.parts, parts)
        if (matched && childMayMatch && !this.#hasNegated) break
      }
    }
    return { matched, childMayMatch }
  }

  #fold(path: PathParts): PathParts {
    return this.#ignoreCase ? path.map(foldCase) : path
  }
}

/** A path as text for patterns: UTF-8, each byte that is not part of it as one character of U+DC80…U+DCFF. */
export function pathText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString()
  return text.includes('\ufffd') ? carefulText(buffer) : text
}

/** Components of a path that is clean already: no `.`, no `..`, no doubled or trailing slash. */
export function pathParts(path: string): PathParts {
  const parts = path.split('/')
  if (parts[0] === '') parts[0] = '/'
  return parts
}

/** A path without `.`, doubled slashes and, where a name stands before it, `..`: by its text alone, as Go's filepath.Clean. */
export function cleanPath(path: string): string {
  const isAbsolute = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    const last = kept.at(-1)
    if (part !== '..') kept.push(part)
    else if (last !== undefined && last !== '..') kept.pop()
    else if (!isAbsolute) kept.push(part)
  }
  if (isAbsolute) return `/${kept.join('/')}`
  return kept.length === 0 ? '.' : kept.join('/')
}

function parsePattern(pattern: string): Pattern | undefined {
  const isNegated = pattern.startsWith('!')
  const path = isNegated ? pattern.slice(1) : pattern
  const parts: Part[] = []
  // On Windows a backslash separates, as in restic; it does not quote.
  for (const text of pathParts(cleanPath(process.platform === 'win32' ? path.replaceAll('\\', '/') : path))) {
    if (text === '**' || text === '') {
      parts.push(ANY_DEPTH)
    } else if (/[\\[\]*?]/.test(text)) {
      const glob = Glob.parse(text)
      if (glob === undefined) return undefined
      parts.push({ text, glob })
    } else {
      parts.push({ text })
    }
  }
  return { parts, isNegated }
}

/** Whether the pattern names this path or something above it. */
function matchParts(pattern: readonly Part[], path: PathParts): boolean {
  const depth = pattern.indexOf(ANY_DEPTH)
  return depth < 0 ? matchPlain(pattern, path) : matchAnyDepth(pattern, depth, path)
}

/**
 * Tries the first `**` as none, one, two… components. The limit counts every later `**` as one component, as restic does: a pattern
 * with two of them may choose a folder's content and not the folder.
 */
function matchAnyDepth(pattern: readonly Part[], depth: number, path: PathParts): boolean {
  const before = pattern.slice(0, depth)
  const after = pattern.slice(depth + 1)
  for (let count = 0; count <= path.length - pattern.length + 1; count++) {
    if (matchParts([...before, ...Array<Part>(count).fill(ANY_NAME), ...after], path)) return true
  }
  return false
}

function matchPlain(pattern: readonly Part[], path: PathParts): boolean {
  if (pattern.length === 0) return path.length === 0
  const isAnchored = pattern[0]?.text === '/'
  const first = !isAnchored && path[0] === '/' ? 1 : 0
  const last = isAnchored ? Math.min(0, path.length - pattern.length) : path.length - pattern.length
  for (let offset = last; offset >= first; offset--) if (matchAt(pattern, path, offset)) return true
  return false
}

function matchEnd(pattern: readonly Part[], path: PathParts): boolean {
  const offset = path.length - pattern.length
  const isAnchored = pattern[0]?.text === '/'
  return (isAnchored ? offset === 0 : offset >= (path[0] === '/' ? 1 : 0)) && matchAt(pattern, path, offset)
}

function matchAt(pattern: readonly Part[], path: PathParts, offset: number): boolean {
  for (let i = pattern.length - 1; i >= 0; i--) {
    const part = pattern[i] as Part
    const name = path[offset + i] as string
    if (part.glob === undefined ? part.text !== name : !part.glob.test(name)) return false
  }
  return true
}

/** Whether something below `path` could be chosen: always, unless the pattern is anchored and leads elsewhere. */
function mayMatchBelow(pattern: readonly Part[], path: PathParts): boolean {
  if (pattern[0]?.text !== '/') return true
  const depth = pattern.indexOf(ANY_DEPTH)
  const above = depth >= 0 && path.length >= depth ? path.slice(0, depth) : path
  return matchParts(pattern.slice(0, Math.min(above.length, pattern.length)), above)
}

/** Lower case, character by character as restic does: no context (final sigma), no character that becomes two. */
function foldCase(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is what is meant
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase()
  return Array.from(text, (character) => String.fromCodePoint(character.toLowerCase().codePointAt(0) as number)).join('')
}

function carefulText(bytes: Buffer): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    text += length === 0 ? String.fromCharCode(0xdc00 + (bytes[at] as number)) : bytes.toString('utf8', at, at + length)
    at += Math.max(1, length)
  }
  return text
}

/** Bytes of the UTF-8 character at `at`, 0 when there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] as number
  const length =
    lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
  if (length === 0 || at + length > bytes.length) return 0
  const text = bytes.toString('utf8', at, at + length)
  const isGenuine = length === 3 && lead === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd
  return text.includes('\ufffd') && !isGenuine ? 0 : length
}
