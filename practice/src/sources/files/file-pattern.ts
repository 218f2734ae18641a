/**
 * What paths of files say, by a pattern: `{fileNumber}/{type}/{date:yyyyMMdd}_{title}.{ext}`. Pure.
 *
 * A name in braces stands for a piece of a path without `/`, and becomes a column; `{*}` for one that says nothing, `{**}` for any folders, none
 * too; all else for itself, whatever its capitals. `{date:…}` and `{bornOn:…}` name their format, and are columns of days as `2026-03-12`.
 */
import { DAY_FORMATS, type DayFormat, parseDay } from '@couronne/formats'
import { ImportSourceError } from '#errors'

export interface FilePattern {
  readonly columns: readonly string[]
  /** @returns undefined: the path is none of these; a day that is none of its format is the empty text */
  match(path: string): Readonly<Record<string, string>> | undefined
}

/** More would make some names long to compare: each may begin and end anywhere. */
const PIECES_A_NAME = 4
/** A `/` in braces is one of a format of days. */
const BETWEEN_NAMES = /\/(?![^{}]*\})/
const PIECE = /\{(?<name>\*|[a-z][A-Za-z0-9]{0,39})(?::(?<format>[^{}]{1,20}))?\}/g
/** What days look like in names, so that a pattern knows where one ends. */
const DAY_TEXTS: Readonly<Record<string, string>> = {
  yyyyMMdd: String.raw`\d{8}`,
  ddMMyyyy: String.raw`\d{8}`,
  'yyyy-MM-dd': String.raw`\d{4}[-. ]\d{1,2}[-. ]\d{1,2}`,
  'dd/MM/yyyy': String.raw`\d{1,2}[-. ]\d{1,2}[-. ]\d{4}`,
  'MM/dd/yyyy': String.raw`\d{1,2}[-. ]\d{1,2}[-. ]\d{4}`,
  'dd/MM/yy': String.raw`\d{1,2}[-. ]\d{1,2}[-. ]\d{2}`,
}

/**
 * @param thisYear decides the century of years of two digits
 * @throws {ImportSourceError} when the pattern names a piece twice, too many, or no format that is one
 */
export function parseFilePattern(pattern: string, thisYear: number): FilePattern {
  const formats = new Map<string, DayFormat | undefined>()
  const names = pattern.split(BETWEEN_NAMES).map((name) => (name === '{**}' ? undefined : toExpression(name, formats)))
  if (names.filter((name) => name === undefined).length > 1)
    throw new ImportSourceError(`${pattern.slice(0, 200)}: {**} stands there once at most`)
  return {
    columns: [...formats.keys()],
    match: (path) => {
      const found = matchNames(names, path.normalize('NFC').split('/'))
      return found && Object.fromEntries([...formats].map(([name, format]) => [name, read(found[name] ?? '', format, thisYear)]))
    },
  }
}

/** One name after the other: what fits one is not tried again for what does not fit another. */
function matchNames(
  expressions: readonly (RegExp | undefined)[],
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const any = expressions.indexOf(undefined)
  const more = names.length - expressions.length
  if (any < 0 ? more !== 0 : more < -1) return undefined
  const pieces: Record<string, string> = {}
  for (const [i, expression] of expressions.entries()) {
    if (expression === undefined) continue
    const found = expression.exec(names[any >= 0 && i > any ? i + more : i] ?? '')
    if (found === null) return undefined
    Object.assign(pieces, found.groups)
  }
  return pieces
}

/** @param formats gets the pieces of the name, in their order */
function toExpression(pattern: string, formats: Map<string, DayFormat | undefined>): RegExp {
  const pieces = [...pattern.matchAll(PIECE)]
  if (pieces.length > PIECES_A_NAME)
    throw new ImportSourceError(`${pattern.slice(0, 200)}: at most ${PIECES_A_NAME} pieces between two /`)
  let end = 0
  let expression = ''
  for (const { index, 0: written, groups } of pieces) {
    const { name = '', format } = groups ?? {}
    if (formats.has(name)) throw new ImportSourceError(`${name} stands twice in the pattern`)
    expression += literal(pattern.slice(end, index))
    end = index + written.length
    if (name === '*') expression += '.*?'
    else {
      formats.set(name, format === undefined ? undefined : dayFormat(format))
      expression += `(?<${name}>${format === undefined ? (name === 'ext' ? '[^.]+' : '.+?') : DAY_TEXTS[format]})`
    }
  }
  return new RegExp(`^${expression}${literal(pattern.slice(end))}$`, 'isu')
}

function literal(text: string): string {
  return RegExp.escape(text.normalize('NFC'))
}

function dayFormat(format: string): DayFormat {
  const known = DAY_FORMATS.find((each) => each === format)
  if (known !== undefined && DAY_TEXTS[known] !== undefined) return known
  throw new ImportSourceError(`${format} is no format of days in names; there are ${Object.keys(DAY_TEXTS).join(', ')}`)
}

function read(text: string, format: DayFormat | undefined, thisYear: number): string {
  if (format === undefined) return text
  const parsed = parseDay(text, format, thisYear)
  return parsed.kind === 'day' ? parsed.on : ''
}
