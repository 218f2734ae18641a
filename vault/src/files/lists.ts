/**
 * Files that list what to back up or to leave out, in restic's three forms for targets (`--files-from`, `-verbatim`, `-raw`) and one for
 * patterns (`--exclude-file` and its kin). Bytes in, values out; who calls reads the file or the standard input.
 */
import { lstatSync, readdirSync } from 'node:fs'
import { UsageError } from '#errors'
import { Glob } from './glob.ts'
import { pathText } from './patterns.ts'

/**
 * The patterns of an exclude or include file: one a line, without white space around, without empty lines and comments (`#`). `$NAME` and
 * `${NAME}` are replaced by the environment's (by nothing when it has none), `$$` is a dollar sign.
 */
export function parsePatternList(bytes: Uint8Array, environment: Readonly<Record<string, string | undefined>>): string[] {
  return linesOf(bytes)
    .map((line) => line.toString().trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => expandVariables(line, environment))
}

/** What `$…` stands for: `{NAME}`, one special character, or a name; `{` and `{}` alone are dropped as malformed. */
const VARIABLE = /\$(?:\{([*#$@!?0-9-])\}|\{([^}]*)\}|(\{)|([*#$@!?0-9-])|([A-Za-z_][A-Za-z0-9_]*))/g

function expandVariables(line: string, environment: Readonly<Record<string, string | undefined>>): string {
  return line.replace(VARIABLE, (_, special?: string, braced?: string, open?: string, single?: string, plain?: string) => {
    if (open !== undefined) return ''
    const name = special ?? braced ?? single ?? plain ?? ''
    return name === '$' ? '$' : (environment[name] ?? '')
  })
}

/**
 * The targets of a `--files-from` file: one pattern a line, white space around it and comments (`#`) passed over, each replaced by the
 * entries that it matches, in the order of their names.
 *
 * @param onUnmatched is told of patterns that match nothing
 * @throws {UsageError} for a malformed pattern
 */
export function expandTargetList(bytes: Uint8Array, cwd: string, onUnmatched: (pattern: string) => void): Buffer[] {
  return linesOf(bytes).flatMap((line) => {
    const pattern = pathText(line).trim()
    if (pattern === '' || pattern.startsWith('#')) return []
    const found = expandGlob(Buffer.from(line.toString('latin1').trim(), 'latin1'), cwd)
    if (found.length === 0) onUnmatched(pattern)
    return found
  })
}

/** The targets of a `--files-from-verbatim` file: each line as it is, white space, `#` and all; empty ones are passed over. */
export function parseTargetLines(bytes: Uint8Array): Buffer[] {
  return linesOf(bytes).filter((line) => line.length > 0)
}

/**
 * The targets of a `--files-from-raw` file: any bytes, each ended by a zero byte.
 * @throws {UsageError} when the last one is not ended, or one is empty
 */
export function parseRawTargets(bytes: Uint8Array): Buffer[] {
  const targets = splitAt(asBuffer(bytes), 0)
  if (targets.pop()?.length !== 0) throw new UsageError('files-from-raw: the last name is not ended by a zero byte')
  if (targets.some((target) => target.length === 0)) throw new UsageError('files-from-raw: found an empty name')
  return targets
}

/** Entries that a pattern matches, component by component; hidden ones too. What cannot be read matches nothing. */
function expandGlob(pattern: Buffer, cwd: string): Buffer[] {
  const components = pattern.toString('latin1').split('/')
  const isAbsolute = components[0] === ''
  let found = [isAbsolute ? '/' : '']
  for (const component of isAbsolute ? components.slice(1) : components) {
    if (component === '') continue
    const step = hasWildcard(component) ? matchingNames(component) : () => [component]
    found = found.flatMap((folder) => step(onDisk(folder)).map((name) => below(folder, name)))
  }
  return found.filter((path) => isThere(onDisk(path))).map((path) => Buffer.from(path, 'latin1'))

  function onDisk(path: string): Buffer {
    const base = Buffer.from(path.startsWith('/') ? '' : `${cwd}/`)
    return Buffer.concat([base, Buffer.from(path, 'latin1')])
  }
}

function hasWildcard(component: string): boolean {
  return /[*?[\\]/.test(component)
}

function matchingNames(component: string): (folder: Buffer) => string[] {
  const text = pathText(Buffer.from(component, 'latin1'))
  const glob = Glob.parse(text)
  if (glob === undefined) throw new UsageError(`malformed pattern: ${text}`)
  return (folder) => namesOf(folder).filter((name) => glob.test(pathText(Buffer.from(name, 'latin1'))))
}

function namesOf(folder: Buffer): string[] {
  try {
    return readdirSync(folder, { encoding: 'latin1' }).sort()
  } catch {
    return []
  }
}

function below(folder: string, name: string): string {
  return folder === '' || folder.endsWith('/') ? folder + name : `${folder}/${name}`
}

function isThere(path: Buffer): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/** Lines without their ends; a byte order mark says which Unicode the file is in, UTF-8 (or any bytes) otherwise. */
function linesOf(bytes: Uint8Array): Buffer[] {
  const lines = splitAt(decodeText(asBuffer(bytes)), 0x0a)
  if (lines.at(-1)?.length === 0) lines.pop()
  return lines.map((line) => (line.at(-1) === 0x0d ? line.subarray(0, -1) : line))
}

function decodeText(bytes: Buffer): Buffer {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3)
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(new TextDecoder('utf-16le').decode(bytes))
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return Buffer.from(new TextDecoder('utf-16be').decode(bytes))
  return bytes
}

function splitAt(bytes: Buffer, separator: number): Buffer[] {
  const parts: Buffer[] = []
  let start = 0
  for (let end = bytes.indexOf(separator); end >= 0; end = bytes.indexOf(separator, start)) {
    parts.push(bytes.subarray(start, end))
    start = end + 1
  }
  parts.push(bytes.subarray(start))
  return parts
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
