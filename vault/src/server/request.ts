/**
 * What a request asks for, read from its raw text. Pure.
 *
 * The path is matched as it came over the wire, never decoded: a percent sign, a dot, a double slash, a back slash or an absolute
 * address matches nothing, so there is no encoding left in which a path could leave its repository.
 */
import { FOLDER_KINDS, isAccountName, type Kind } from './layout.ts'

export type Target =
  | { readonly what: 'repository'; readonly account: string; readonly create: boolean }
  | { readonly what: 'list'; readonly account: string; readonly kind: Kind }
  | { readonly what: 'object'; readonly account: string; readonly kind: Kind; readonly name: string }

const PATH = new RegExp(`^/([a-z0-9_-]+)/(?:(config)|(${FOLDER_KINDS.join('|')})/([0-9a-f]{64})?)?(\\?create=true)?$`)

/** What an address means, `undefined` when it means nothing here. `config` has the empty name. */
export function parseTarget(url: string): Target | undefined {
  const match = PATH.exec(url)
  const [, account, config, kind, name, create] = match ?? []
  if (account === undefined || !isAccountName(account)) return undefined
  const inside = config ?? kind
  if (inside === undefined) return { what: 'repository', account, create: create !== undefined }
  if (create !== undefined) return undefined
  if (config !== undefined) return { what: 'object', account, kind: 'config', name: '' }
  return name === undefined
    ? { what: 'list', account, kind: inside as Kind }
    : { what: 'object', account, kind: inside as Kind, name }
}

export type Part =
  | { readonly what: 'whole' }
  | { readonly what: 'part'; readonly first: number; readonly last: number }
  | { readonly what: 'outside' }

/**
 * The part of an object of `sizeBytes` that a `Range` header asks for; `last` is included. Several ranges, other units and
 * malformed ones are answered with the whole object, as RFC 9110 §14.2 allows; so is any range of an empty object.
 */
export function parseRange(header: string | undefined, sizeBytes: number): Part {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '') || sizeBytes === 0) return { what: 'whole' }
  if (from === '') {
    const tailBytes = Math.min(Number(to), sizeBytes)
    return tailBytes === 0 ? { what: 'outside' } : { what: 'part', first: sizeBytes - tailBytes, last: sizeBytes - 1 }
  }
  const first = Number(from)
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < first) return { what: 'whole' }
  return first >= sizeBytes ? { what: 'outside' } : { what: 'part', first, last }
}

export const LIST_V1 = 'application/vnd.x.restic.rest.v1'
export const LIST_V2 = 'application/vnd.x.restic.rest.v2'

/** Whether a client knows version 2 of the protocol: lists with sizes. */
export function wantsSizes(accept: string | undefined): boolean {
  return (accept ?? '').split(',').some((type) => type.split(';')[0]?.trim().toLowerCase() === LIST_V2)
}

export interface Credential {
  readonly name: string
  readonly password: string
}

/** The name and password of an `Authorization` header (RFC 7617), `undefined` when it holds none. */
export function parseBasic(header: string | undefined): Credential | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** Bytes that a body announces, `undefined` when it announces none, `NaN` for nonsense. */
export function parseLength(header: string | undefined): number | undefined {
  if (header === undefined) return undefined
  return /^\d{1,15}$/.test(header) ? Number(header) : Number.NaN
}

/**
 * Whom failed log-ins are counted against: an IPv4 address, or the /64 of an IPv6 address, since one machine owns all of those.
 */
export function addressGroup(address: string | undefined): string {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  return `${[...left, ...Array(zeros).fill('0'), ...right].slice(0, 4).join(':')}::/64`
}
