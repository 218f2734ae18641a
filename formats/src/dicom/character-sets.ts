/**
 * Text in DICOM (PS3.5 §6.1, PS3.3 §C.12.1.1.2): one character set for the whole, or several with escape sequences between them (ISO 2022).
 * Devices that name none, or one that is not theirs, are common: then bytes beyond ASCII are UTF-8 where they can be, else windows-1252.
 */

/** Defined terms, without and with code extensions, and the decoder for what stands in the right half. */
const SETS: Readonly<Record<string, string>> = {
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 192': 'utf-8',
  'ISO_IR 149': 'euc-kr',
  'ISO_IR 58': 'gb18030',
  GB18030: 'gb18030',
  GBK: 'gbk',
}

/** What follows an escape, in hex: how the bytes after it are read. `7`: two bytes a character, each without its highest bit. */
const ESCAPES: readonly (readonly [sequence: string, read: (bytes: Uint8Array) => string])[] = [
  ['2842', decoding('ascii')],
  ['284a', decoding('shift_jis')],
  ['2949', decoding('shift_jis')],
  ['2d41', decoding('windows-1252')],
  ['2d42', decoding('iso-8859-2')],
  ['2d43', decoding('iso-8859-3')],
  ['2d44', decoding('iso-8859-4')],
  ['2d4c', decoding('iso-8859-5')],
  ['2d47', decoding('iso-8859-6')],
  ['2d46', decoding('iso-8859-7')],
  ['2d48', decoding('iso-8859-8')],
  ['2d4d', decoding('windows-1254')],
  ['2d62', decoding('iso-8859-15')],
  ['2d54', decoding('windows-874')],
  ['2442', (bytes) => decoding('euc-jp')(bytes.map((byte) => byte | 0x80))],
  ['242844', (bytes) => decoding('euc-jp')(threeBytes(bytes))],
  ['242943', decoding('euc-kr')],
  ['242941', decoding('gb18030')],
]
/** In these the left half holds whole characters of two bytes: a delimiter's byte may be a part of one. */
const TWO_BYTES = new Set(['2442', '242844'])
const ESCAPE = 0x1b
/** Backslash, caret, equals sign, line ends: after them the first set holds again. */
const DELIMITERS = new Set([0x5c, 0x5e, 0x3d, 0x0a, 0x0d, 0x0c])

/**
 * Bytes as text.
 *
 * @param sets values of SpecificCharacterSet, in their order; empty: it says nothing
 */
export function decodeDicomText(bytes: Uint8Array, sets: readonly string[]): string {
  const [first = ''] = sets
  const label = SETS[first.trim().replace('ISO 2022 IR', 'ISO_IR')]
  const initial = label === undefined ? decodeUndeclared : decoding(label)
  if (!bytes.includes(ESCAPE) || label === 'utf-8' || label === 'gb18030' || label === 'gbk') return initial(bytes)
  return decodeExtended(bytes, initial)
}

function decodeExtended(bytes: Uint8Array, initial: (bytes: Uint8Array) => string): string {
  let text = ''
  let [read, isTwoBytes, start] = [initial, false, 0]
  const flush = (end: number) => {
    text += read(bytes.subarray(start, end))
  }
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0
    if (byte === ESCAPE) {
      flush(at)
      const following = Array.from(bytes.subarray(at + 1, at + 4), (each) => each.toString(16).padStart(2, '0')).join('')
      const found = ESCAPES.find(([sequence]) => following.startsWith(sequence))
      read = found?.[1] ?? initial
      isTwoBytes = found !== undefined && TWO_BYTES.has(found[0])
      at += 1 + (found?.[0].length ?? 0) / 2
      start = at
    } else if (!isTwoBytes && DELIMITERS.has(byte) && read !== initial) {
      flush(at)
      read = initial
      start = at
      at++
    } else at += isTwoBytes ? 2 : 1
  }
  flush(bytes.length)
  return text
}

function decodeUndeclared(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return decoding('windows-1252')(bytes)
  }
}

function decoding(label: string): (bytes: Uint8Array) => string {
  let decoder: TextDecoder | undefined
  return (bytes) => {
    decoder ??= new TextDecoder(label)
    return decoder.decode(bytes)
  }
}

/** JIS X 0212 in EUC-JP: each character behind 0x8f. */
function threeBytes(bytes: Uint8Array): Uint8Array {
  const wide: number[] = []
  for (let at = 0; at + 1 < bytes.length; at += 2) wide.push(0x8f, (bytes[at] ?? 0) | 0x80, (bytes[at + 1] ?? 0) | 0x80)
  return Uint8Array.from(wide)
}
