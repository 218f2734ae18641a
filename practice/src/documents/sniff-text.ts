/**
 * Texts: whether it is one, in which encoding, and whether it is a page, a script or a message. One control character that no text has, and
 * it is not a text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x08\x0b\x0e-\x19\x1c-\x1f\x7f]/
/** Bytes that windows-1252 gives no character. */
const NOT_1252: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])
/** In French every twentieth byte is above ASCII; nothing that is half so is a text in a Western language. */
const HIGH_SHARE_MAX = 0.4
const LOOKED_AT_CHARACTERS = 64 * 1024

interface Text {
  readonly charset: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
  readonly text: string
}

/** @returns undefined when it is no text */
export function sniffText(head: Uint8Array, isWhole: boolean): string | undefined {
  const text = decode(head, isWhole)
  if (text === undefined) return undefined
  const kind = kindOf(text.text.slice(0, LOOKED_AT_CHARACTERS))
  return kind.startsWith('text/') ? `${kind}; charset=${text.charset}` : kind
}

function decode(head: Uint8Array, isWhole: boolean): Text | undefined {
  if (head.length === 0) return undefined
  const marked = charsetOfMark(head)
  if (marked !== undefined) return decodeAs(marked, head, isWhole)
  const wide = charsetOfZeros(head)
  if (wide !== undefined) return decodeAs(wide, head, isWhole)
  return decodeAs('utf-8', head, isWhole) ?? decode1252(head)
}

function charsetOfMark(head: Uint8Array): Text['charset'] | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined
}

/** UTF-16 without a mark: nearly every other byte is zero, and always the same ones. */
function charsetOfZeros(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const looked = head.subarray(0, 4096)
  const zeros = [0, 0]
  for (const [i, byte] of looked.entries()) if (byte === 0) zeros[i % 2]!++
  const half = looked.length / 2
  if (half < 4) return undefined
  if (zeros[0] === 0 && zeros[1]! > half * 0.7) return 'utf-16le'
  return zeros[1] === 0 && zeros[0]! > half * 0.7 ? 'utf-16be' : undefined
}

function decodeAs(charset: Text['charset'], head: Uint8Array, isWhole: boolean): Text | undefined {
  try {
    const text = new TextDecoder(charset, { fatal: true }).decode(head, { stream: !isWhole })
    return isClean(text) ? { charset, text } : undefined
  } catch {
    return undefined
  }
}

function decode1252(head: Uint8Array): Text | undefined {
  let high = 0
  for (const byte of head) {
    if (NOT_1252.has(byte)) return undefined
    if (byte >= 0x80) high++
  }
  if (high > head.length * HIGH_SHARE_MAX) return undefined
  const text = new TextDecoder('windows-1252').decode(head)
  return isClean(text) ? { charset: 'windows-1252', text } : undefined
}

/** DOS ended texts with a Control-Z. */
function isClean(text: string): boolean {
  return !CONTROLS.test(text.endsWith('\x1a') ? text.slice(0, -1) : text)
}

/** What browsers take for a page when they look themselves (WHATWG MIME Sniffing §7.1). */
const PAGE =
  /^<(!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|object|embed|form|img|meta|base|link)[\s>/]/i
const MESSAGE = /^(return-path|received|delivered-to|message-id|from|to|subject|date|mime-version|x-[a-z-]+):[^\n]*\n/i

function kindOf(whole: string): string {
  const text = skipComments(whole)
  if (whole.startsWith('#!')) return 'application/x-shellscript'
  if (/^@echo\b/i.test(text)) return 'application/x-bat'
  if (/^\[(InternetShortcut|Desktop Entry)\]/i.test(text)) return 'application/x-mswinurl'
  if (/^(Windows Registry Editor|REGEDIT4)/i.test(text)) return 'application/x-ms-regedit'
  if (text.startsWith('%!PS')) return 'application/postscript'
  if (text.startsWith('<')) return markupOf(text, /^\ufeff?<\?xml\b/.test(whole))
  if (MESSAGE.test(text) && /\n(from|to|subject|message-id|mime-version):/i.test(`\n${text}`))
    return /\ncontent-type:\s*multipart\/related/i.test(text) ? 'multipart/related' : 'message/rfc822'
  return 'text/plain'
}

function markupOf(text: string, isDeclared: boolean): string {
  if (isDeclared ? /^<(\w+:)?html[\s>]/i.test(text) : PAGE.test(text))
    return /xmlns=["']http:\/\/www\.w3\.org\/1999\/xhtml/.test(text) ? 'application/xhtml+xml' : 'text/html'
  if (/^<(\w+:)?svg[\s>/]/i.test(text)) return 'image/svg+xml'
  if (/^<hta:application/i.test(text)) return 'application/hta'
  return isDeclared || /^<(\?xml|!doctype|[a-z_][\w.:-]*[\s>/])/i.test(text) ? 'application/xml' : 'text/plain'
}

/** Past white space, comments, the XML declaration and a document type that is not HTML's: to the first tag. */
function skipComments(text: string): string {
  let rest = text.replace(/^\ufeff/, '').trimStart()
  for (let rounds = 0; rounds < 100; rounds++) {
    const skipped = skipOne(rest)
    if (skipped === undefined) return rest
    rest = skipped.trimStart()
  }
  return rest
}

function skipOne(text: string): string | undefined {
  const end = (mark: string) => {
    const at = text.indexOf(mark)
    return at < 0 || at + mark.length === text.length ? undefined : text.slice(at + mark.length)
  }
  if (text.startsWith('<!--')) return end('-->')
  if (text.startsWith('<?')) return end('?>')?.trimStart().startsWith('<') ? end('?>') : undefined
  if (/^<!doctype(?!\s+html)/i.test(text)) return text.slice(0, 2000).includes('[') ? end(']>') : end('>')
  return undefined
}
