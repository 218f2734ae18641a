/**
 * How a document leaves: what may be shown in a browser, under which name it is saved, which part was asked for. Whoever sends the bytes of a
 * document sends these headers with them.
 */
import { bareType, isActive } from './media-types.ts'

/** All that a browser may ever show by itself, each in a sandbox without scripts, forms and an origin. */
const INLINE: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/gif',
  'image/jpeg',
  'image/png',
  'image/webp',
  'text/plain',
])

export interface Disposition {
  readonly fileName: string
  /** whoever asks wants to save it; what may not be shown is saved anyway */
  readonly isDownload: boolean
}

/** What may act is sent without its type, so that nobody feels invited. */
export function contentHeaders(mediaType: string, { fileName, isDownload }: Disposition): Readonly<Record<string, string>> {
  const isInline = !isDownload && INLINE.has(bareType(mediaType))
  const isPlain = /^[a-z0-9.+-]+\/[a-z0-9.+-]+(; charset=[a-z0-9-]+)?$/.test(mediaType)
  return {
    'content-type': isActive(mediaType) || !isPlain ? 'application/octet-stream' : mediaType,
    'content-disposition': `${isInline ? 'inline' : 'attachment'}; ${fileNameParameters(fileName)}`,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  }
}

const NAME_LENGTH_MAX = 150
const NAMELESS = 'document'
const EXTENSION_LENGTH_MAX = 12
/** What no file system, no shell and no eye should meet in a name: separators, controls, marks that turn the direction of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNWANTED = /[\0-\x1f\x7f-\x9f"*/:<>?\\|\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffd]/g
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i

/** A name that may be shown and saved under anywhere: the same but for what {@link UNWANTED} lists, at most 150 characters, never empty. */
export function printFileName(name: string): string {
  const clean = name.toWellFormed().normalize('NFC').replaceAll(UNWANTED, ' ').replaceAll(/\s+/g, ' ').trim()
  const bare = clean.replace(/^[. ]+/, '').replace(/[. ]+$/, '')
  if (bare === '') return NAMELESS
  return shorten(RESERVED.test(bare) ? `_${bare}` : bare)
}

function shorten(name: string): string {
  const characters = [...name]
  if (characters.length <= NAME_LENGTH_MAX) return name
  const dot = characters.lastIndexOf('.')
  const extension = dot > 0 && characters.length - dot <= EXTENSION_LENGTH_MAX ? characters.slice(dot) : []
  return [...characters.slice(0, NAME_LENGTH_MAX - extension.length), ...extension].join('').trim()
}

/** RFC 6266 with RFC 8187: the whole name for everybody of today, an ASCII shadow of it for the rest. */
function fileNameParameters(fileName: string): string {
  const name = printFileName(fileName)
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\x20-\x7e]/g, '_')
    .replaceAll(/[%"\\]/g, '_')
    .slice(0, NAME_LENGTH_MAX)
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
  return `filename="${ascii || NAMELESS}"; filename*=UTF-8''${encoded}`
}

export type AskedRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly offset: number; readonly lengthBytes: number }
  | { readonly kind: 'unsatisfiable' }

/**
 * What a `Range` header asks for (RFC 9110 §14). Several ranges at once, other units and what is not understood are answered with the
 * whole, as §14.2 allows.
 *
 * @param ifRange the `If-Range` header: a part is only given of what the asker has the rest of
 * @param etag of the document, with its quotes
 */
export function parseRange(header: string | undefined, sizeBytes: number, ifRange?: string, etag?: string): AskedRange {
  const found = header === undefined ? null : /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header)
  if (found === null || (ifRange !== undefined && ifRange !== etag)) return { kind: 'whole' }
  const [, from = '', to = ''] = found
  if (from === '' && to === '') return { kind: 'whole' }
  if (from === '') return lastBytes(Number(to), sizeBytes)
  const offset = Number(from)
  const end = to === '' ? sizeBytes : Number(to) + 1
  if (end <= offset) return to === '' ? { kind: 'unsatisfiable' } : { kind: 'whole' }
  if (offset >= sizeBytes) return { kind: 'unsatisfiable' }
  return { kind: 'part', offset, lengthBytes: Math.min(end, sizeBytes) - offset }
}

function lastBytes(count: number, sizeBytes: number): AskedRange {
  const lengthBytes = Math.min(count, sizeBytes)
  return lengthBytes === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', offset: sizeBytes - lengthBytes, lengthBytes }
}

/** Status and headers that go with a range. */
export function rangeHeaders(
  asked: AskedRange,
  sizeBytes: number,
): { readonly status: 200 | 206 | 416; readonly headers: Readonly<Record<string, string>> } {
  const common = { 'accept-ranges': 'bytes' }
  switch (asked.kind) {
    case 'whole':
      return { status: 200, headers: { ...common, 'content-length': `${sizeBytes}` } }
    case 'part': {
      const { offset, lengthBytes } = asked
      const contentRange = `bytes ${offset}-${offset + lengthBytes - 1}/${sizeBytes}`
      return { status: 206, headers: { ...common, 'content-length': `${lengthBytes}`, 'content-range': contentRange } }
    }
    case 'unsatisfiable':
      return { status: 416, headers: { ...common, 'content-range': `bytes */${sizeBytes}` } }
  }
}
