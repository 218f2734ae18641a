/** What was found out about a source, in words; a code that this version does not know is shown as it is. Pure. */
import type { ImportRun } from '@couronne/practice/contract'
import type { Messages } from '#messages'

type Note = ImportRun['tables'][number]['notes'][number]

export function noteInWords({ code, about }: Note, m: Messages): string {
  const words = m.imports.notes as Readonly<Record<string, (about: Note['about']) => string>>
  return words[code]?.({ ...about, ...named(about, m) }) ?? code
}

/** Encodings and ways to write days by the names that people use. */
function named(about: Note['about'], m: Messages): Record<string, string> {
  const encodings = m.imports.encodings as Readonly<Record<string, string>>
  const formats = m.imports.dayFormats as Readonly<Record<string, string>>
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(about)) {
    const words = encodings[String(value)] ?? formats[String(value)]
    if (words !== undefined) found[name] = words
  }
  return found
}
