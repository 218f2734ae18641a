/**
 * Cards (vCard 2.1, 3.0, 4.0) and calendars (iCalendar) as their components: each is read by itself, so that a broken one spoils no other.
 *
 * @see RFC 6350, RFC 2426, vCard 2.1 (versit); RFC 5545
 */
import ICAL from 'ical.js'

export interface FoundComponent {
  /** as it stands in its file */
  readonly text: string
  /** undefined: it cannot be read */
  readonly component: ICAL.Component | undefined
}

/** Longer ones are no cards and no appointments: a picture of a megabyte fits. */
const COMPONENT_CHARACTERS_MAX = 4 * 1024 ** 2

/** Those of some names, in their order; what is around them is passed over. A component within another belongs to that one. */
export function* componentsOf(text: string, name: 'VCARD' | 'VEVENT'): Generator<FoundComponent> {
  let lines: string[] | undefined
  let characters = 0
  for (const line of linesOf(text)) {
    const word = line.trim().toUpperCase()
    if (word === `BEGIN:${name}`) {
      if (lines !== undefined) yield read(lines, name)
      lines = []
      characters = 0
    }
    if (lines === undefined) continue
    characters += line.length + 1
    if (characters <= COMPONENT_CHARACTERS_MAX) lines.push(line)
    if (word !== `END:${name}`) continue
    if (characters > COMPONENT_CHARACTERS_MAX) yield { text: lines.slice(0, 100).join('\n'), component: undefined }
    else yield read(lines, name)
    lines = undefined
  }
  if (lines !== undefined) yield { text: lines.join('\n'), component: undefined }
}

/** One by one: of a file of nothing but line breaks a list would be larger than memory. */
function* linesOf(text: string): Generator<string> {
  const end = /\r\n|\n|\r/g
  let start = 0
  for (let found = end.exec(text); found !== null; found = end.exec(text)) {
    yield text.slice(start, found.index)
    start = end.lastIndex
  }
  yield text.slice(start)
}

function read(lines: readonly string[], name: string): FoundComponent {
  const text = lines.join('\n')
  try {
    const parsed = ICAL.parse(name === 'VCARD' ? modern(lines).join('\r\n') : lines.join('\r\n')) as unknown[]
    return { text, component: new ICAL.Component((Array.isArray(parsed[0]) ? parsed[0] : parsed) as never) }
  } catch {
    return { text, component: undefined }
  }
}

/** vCard 2.1 in the form of 3.0: quoted-printable decoded, parameters that are only words named. */
function modern(lines: readonly string[]): string[] {
  const joined: string[] = []
  for (const line of lines) {
    const last = joined.at(-1)
    if (last !== undefined && /^[^:]*QUOTED-PRINTABLE/i.test(last) && last.endsWith('='))
      joined[joined.length - 1] = last.slice(0, -1) + line
    else joined.push(line)
  }
  return joined.map(modernLine)
}

function modernLine(line: string): string {
  const [, head, value] = /^([^:\s][^:]*):(.*)$/s.exec(line) ?? []
  if (head === undefined || value === undefined || !head.includes(';')) return line
  const [name = '', ...parameters] = head.split(';')
  const isQuoted = parameters.some((parameter) => /quoted-printable/i.test(parameter))
  const charset = parameters.map((parameter) => /^CHARSET=["']?([\w-]+)/i.exec(parameter)?.[1]).find((each) => each !== undefined)
  const kept = parameters
    .filter((parameter) => !/quoted-printable/i.test(parameter) && !/^(CHARSET|ENCODING=8BIT|8BIT)/i.test(parameter))
    .map((parameter) => (parameter.includes('=') ? parameter : `TYPE=${parameter}`))
  const text = isQuoted
    ? unquoted(value, charset).replaceAll('\\', '\\\\').replaceAll(/\r?\n/g, '\\n').replaceAll(',', '\\,')
    : value
  return `${[name, ...kept].join(';')}:${text}`
}

function unquoted(value: string, charset: string | undefined): string {
  const bytes = value.replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  const isBytes = [...bytes].every((character) => character.charCodeAt(0) < 0x100)
  if (!isBytes) return bytes
  const raw = Uint8Array.from(bytes, (character) => character.charCodeAt(0))
  if (charset !== undefined && /^(iso-8859-1|iso-8859-15|windows-1252)$/i.test(charset))
    return new TextDecoder(charset).decode(raw)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    return new TextDecoder('windows-1252').decode(raw)
  }
}
