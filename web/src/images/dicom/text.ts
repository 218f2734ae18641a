/** Texts of a header, in the repertoire that it names (PS3.3 C.12.1.1.2). */
import type { DataSet } from 'dicom-parser'

const ENCODINGS: Readonly<Record<string, string>> = {
  '': 'windows-1252',
  '6': 'windows-1252',
  '13': 'shift_jis',
  '100': 'windows-1252',
  '101': 'iso-8859-2',
  '109': 'iso-8859-3',
  '110': 'iso-8859-4',
  '126': 'iso-8859-7',
  '127': 'iso-8859-6',
  '138': 'iso-8859-8',
  '144': 'iso-8859-5',
  '148': 'windows-1254',
  '166': 'windows-874',
  '192': 'utf-8',
  '87': 'iso-2022-jp',
  '149': 'euc-kr',
  '58': 'gb18030',
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: ISO 2022 switches by them
const SWITCHES = /\x1b[-(][A-Z]|\x1b\$\)C/g

/** @param root the data set that names the repertoire. @returns undefined when the element is not there */
export function readText(data: DataSet, tag: string, root: DataSet): string | undefined {
  const element = data.elements[tag]
  if (element === undefined) return undefined
  const bytes = data.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
  return new TextDecoder(encodingOf(root)).decode(bytes).replaceAll('\0', '').replaceAll(SWITCHES, '').trim()
}

/** The first of several that is more than ASCII; those who write several switch between them as ISO 2022 says. */
function encodingOf(root: DataSet): string {
  const names = (root.string('x00080005') ?? '').split('\\').map((name) => /(\d+)\s*$/.exec(name)?.[1] ?? '')
  const name = names.find((each) => each !== '' && each !== '6') ?? ''
  if (name === '' && isUtf8(root)) return 'utf-8'
  if (Object.hasOwn(ENCODINGS, name)) return ENCODINGS[name] as string
  return name === '18030' ? 'gb18030' : 'windows-1252'
}

/** Programs that forgot to say so write UTF-8: a name that reads as it is. */
function isUtf8(root: DataSet): boolean {
  const element = root.elements.x00100010
  if (element === undefined) return false
  try {
    const bytes = root.byteArray.subarray(element.dataOffset, element.dataOffset + element.length)
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
