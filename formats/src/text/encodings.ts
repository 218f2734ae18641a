/**
 * The encodings in which old programs write French text, and how bytes become text in each.
 *
 * Names are those of the WHATWG encoding standard where it has one; `cp850` is the code page of DOS in western Europe, which it has not.
 */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'cp850', 'macintosh'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Those that write a character as one byte: any bytes are text in them. */
export const SINGLE_BYTE_ENCODINGS = ['windows-1252', 'cp850', 'macintosh'] as const satisfies readonly Encoding[]
export type SingleByteEncoding = (typeof SINGLE_BYTE_ENCODINGS)[number]

/** What bytes 0x80 to 0xff mean in code page 850. @see https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/PC/CP850.TXT */
const CP850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0'

const decoders = new Map<Encoding, TextDecoder>()

/**
 * Bytes as text; in UTF-8 and UTF-16 what is no character becomes U+FFFD. A byte order mark stays, as the character that it is.
 *
 * @param bytes whole characters
 */
export function decodeText(bytes: Uint8Array, encoding: Encoding): string {
  if (encoding === 'cp850') return decodeCp850(bytes)
  let decoder = decoders.get(encoding)
  if (decoder === undefined) {
    decoder = new TextDecoder(encoding, { ignoreBOM: true })
    decoders.set(encoding, decoder)
  }
  return decoder.decode(bytes)
}

function decodeCp850(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : CP850[byte - 0x80]
  return text
}
