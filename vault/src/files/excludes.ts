/**
 * What a backup leaves out: patterns, folders marked by a tag file, files that are too large, other file systems. Rules by name are asked
 * before an entry is looked at, the others after.
 */
import { closeSync, constants as fs, lstatSync, openSync, readSync } from 'node:fs'
import { UsageError } from '#errors'
import { type Finding, findingOf } from './finding.ts'
import { type PathParts, Patterns } from './patterns.ts'

export interface ExcludeOptions {
  /** `--exclude` and the lines of `--exclude-file`. */
  readonly exclude?: readonly string[]
  /** `--iexclude` and the lines of `--iexclude-file`: the same without regard to case. */
  readonly iexclude?: readonly string[]
  /** `--exclude-if-present`: `name` or `name:header`; what lies beside such a file is left out, the file itself is kept. */
  readonly excludeIfPresent?: readonly string[]
  /** `--exclude-caches`: folders with a valid CACHEDIR.TAG. */
  readonly excludeCaches?: boolean
  /** `--exclude-larger-than`, in bytes: everything but folders above that size. */
  readonly excludeLargerThanBytes?: number
  /** `--one-file-system`: folders where another file system is mounted are kept, empty. */
  readonly oneFileSystem?: boolean
}

interface TagRule {
  readonly name: Buffer
  readonly header: Buffer
}

const CACHE_TAG = 'CACHEDIR.TAG:Signature: 8a477f597d28d172789f06886806bc55'

/** The rules of one walk, compiled. */
export class Excludes {
  readonly #patterns: readonly Patterns[]
  readonly #tags: readonly TagRule[]
  readonly #bytesMax: number
  readonly oneFileSystem: boolean

  /** @throws {UsageError} for malformed patterns and tag rules without a file name */
  constructor(options: ExcludeOptions = {}) {
    this.#patterns = [new Patterns(options.iexclude ?? [], { ignoreCase: true }), new Patterns(options.exclude ?? [])].filter(
      (patterns) => !patterns.isEmpty,
    )
    const tags = [...(options.excludeIfPresent ?? []), ...(options.excludeCaches === true ? [CACHE_TAG] : [])]
    this.#tags = tags.map(parseTagRule)
    this.#bytesMax = options.excludeLargerThanBytes ?? Number.POSITIVE_INFINITY
    this.oneFileSystem = options.oneFileSystem === true
  }

  /** Whether names need to be known as text at all. */
  get needsNames(): boolean {
    return this.#patterns.length > 0
  }

  /** @param isTarget nothing is known yet about the folders above; otherwise they were asked about and are not left out */
  excludesName(path: PathParts, isTarget: boolean): boolean {
    for (const patterns of this.#patterns) if (isTarget ? patterns.matches(path) : patterns.matchesEntry(path)) return true
    return false
  }

  excludesSize(sizeBytes: bigint): boolean {
    return this.#bytesMax !== Number.POSITIVE_INFINITY && Number(sizeBytes) > this.#bytesMax
  }

  /**
   * Names of the tag files that apply in a folder. An entry is left out when the list holds a name other than its own.
   * @param onFinding gets tag files that cannot be read, or carry another header
   */
  tagsIn(folder: Buffer, onFinding: (finding: Finding) => void): readonly Buffer[] {
    if (this.#tags.length === 0) return NO_TAGS
    return this.#tags.filter((tag) => isTagged(folder, tag, onFinding)).map((tag) => tag.name)
  }
}

const NO_TAGS: readonly Buffer[] = []

function parseTagRule(rule: string): TagRule {
  const colon = rule.indexOf(':')
  const name = colon < 0 ? rule : rule.slice(0, colon)
  if (name === '') throw new UsageError('exclude-if-present: expected the name of a file, found none')
  return { name: Buffer.from(name), header: Buffer.from(colon < 0 ? '' : rule.slice(colon + 1)) }
}

function isTagged(folder: Buffer, tag: TagRule, onFinding: (finding: Finding) => void): boolean {
  const path = Buffer.concat([folder, SLASH, tag.name])
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false
    if (tag.header.length === 0 || readHead(path, tag.header.length).equals(tag.header)) return true
    onFinding({ path, operation: 'tag', code: 'EBADTAG', message: 'the tag file has another header: its folder is not left out' })
  } catch (error) {
    onFinding(findingOf(path, 'tag', error))
  }
  return false
}

const SLASH = Buffer.from('/')

function readHead(path: Buffer, length: number): Buffer {
  const file = openSync(path, fs.O_RDONLY | (fs.O_NONBLOCK ?? 0))
  try {
    const head = Buffer.alloc(length)
    return head.subarray(0, readSync(file, head, 0, length, 0))
  } finally {
    closeSync(file)
  }
}

/**
 * A size as users write it: a number with, if need be, one of k, m, g, t (or K…) for powers of 1024 and a `b` at the end.
 * @throws {UsageError} for anything else
 */
export function parseSize(text: string): number {
  const match = /^(\d+)([kmgt]?)b?$/i.exec(text.trim())
  if (match === null) throw new UsageError(`expected a size such as 512, 100k or 2G, found "${text}"`)
  const bytes = Number(match[1]) * 1024 ** ' kmgt'.indexOf(match[2] === '' ? ' ' : (match[2] as string).toLowerCase())
  if (!Number.isSafeInteger(bytes)) throw new UsageError(`expected a size below 8 PiB, found "${text}"`)
  return bytes
}
