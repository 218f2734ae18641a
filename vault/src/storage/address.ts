/** Addresses of repositories, as restic writes them, without ever showing a secret. */
import { posix } from 'node:path'
import { AddressError } from '#errors'

export type Address =
  | { readonly kind: 'local'; readonly path: string }
  /** `url` has no credentials and ends in `/`. */
  | { readonly kind: 'rest'; readonly url: string; readonly user: string | undefined; readonly password: string | undefined }
  /** `endpoint` has no path; `prefix` neither starts nor ends with `/` and may be empty. */
  | { readonly kind: 's3'; readonly endpoint: string; readonly bucket: string; readonly prefix: string }
  /** A `path` without `/` in front starts at the user's home. */
  | {
      readonly kind: 'sftp'
      readonly user: string | undefined
      readonly host: string
      readonly port: number | undefined
      readonly path: string
    }

/** Destinations of restic that are not ours: refused by name rather than taken for folders. */
const FOREIGN = new Set(['azure', 'b2', 'gs', 'rclone', 'swift'])

/**
 * Understands `/folder`, `local:folder`, `rest:https://user:password@host/path/`, `s3:https://host/bucket/prefix`, `s3:host/bucket`,
 * `sftp:user@host:/path` and `sftp://user@host:port//path`.
 * @throws {AddressError} which never repeats the address: there may be a password in it
 */
export function parseAddress(text: string): Address {
  const colon = text.indexOf(':')
  const scheme = colon < 0 ? '' : text.slice(0, colon)
  const rest = text.slice(colon + 1)
  switch (scheme) {
    case 'local':
      return parseFolder(rest)
    case 'rest':
      return parseRest(rest)
    case 's3':
      return parseS3(rest)
    case 'sftp':
      return parseSftp(rest)
  }
  if (FOREIGN.has(scheme)) throw new AddressError(`${scheme}: destinations are a folder, rest:, s3: and sftp:`)
  if (colon >= 0 && !isPath(text))
    throw new AddressError('the part before the colon is no kind of destination; a folder is written local:folder')
  return parseFolder(text)
}

/** The address for people, without any password; {@link parseAddress} understands it. */
export function printAddress(address: Address): string {
  switch (address.kind) {
    case 'local':
      return address.path.includes(':') && !isPath(address.path) ? `local:${address.path}` : address.path
    case 'rest': {
      const user = address.user === undefined ? '' : `${encodeURIComponent(address.user)}@`
      return `rest:${address.url.replace('://', `://${user}`)}`
    }
    case 's3':
      return `s3:${address.endpoint}/${encodePath([address.bucket, address.prefix].filter(Boolean).join('/'))}`
    case 'sftp':
      return printSftp(address)
  }
}

/** Each segment percent-encoded. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

function parseFolder(path: string): Address {
  if (path === '') throw new AddressError('the folder has no name')
  return { kind: 'local', path }
}

/** As restic: what starts like a path, or like a drive of Windows, may hold colons. */
function isPath(text: string): boolean {
  return /^(\.{0,2}[/\\]|[A-Za-z]:[/\\])/.test(text)
}

function parseRest(text: string): Address {
  const url = parseUrl(text, 'rest:https://user:password@host/path/')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new AddressError('rest: is followed by http:// or https://')
  if (url.search !== '' || url.hash !== '')
    throw new AddressError('rest: the address has no ? and no #; in a password they are %3F and %23')
  const user = url.username === '' ? undefined : decode(url.username)
  const password = url.password === '' ? undefined : decode(url.password)
  const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
  return { kind: 'rest', url: `${url.origin}${path}`, user, password }
}

function parseS3(text: string): Address {
  if (!/^https?:/.test(text)) return s3Address('https://', text.replace(/^\/\//, ''))
  const url = parseUrl(text, 's3:https://host/bucket/prefix')
  if (url.username !== '' || url.password !== '')
    throw new AddressError('s3: keys do not belong in the address but in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
  return s3Address(`${url.protocol}//`, `${url.host}${decode(url.pathname)}`)
}

function s3Address(protocol: string, text: string): Address {
  const [host = '', bucket = '', ...prefix] = text.split('/')
  if (host === '' || bucket === '')
    throw new AddressError('s3: is followed by a host and a bucket: s3:https://host/bucket/prefix')
  const clean = posix.normalize(prefix.join('/')).replace(/^\/+|\/+$/g, '')
  if (clean.startsWith('..')) throw new AddressError('s3: the prefix leads out of the bucket')
  return {
    kind: 's3',
    endpoint: parseUrl(`${protocol}${host}`, 's3:host/bucket').origin,
    bucket,
    prefix: clean === '.' ? '' : clean,
  }
}

function parseSftp(text: string): Address {
  if (!text.startsWith('//')) {
    const [, user, bracketed, plain, path] =
      /^(?:([^:]*)@)?(?:\[([^[\]/\s\p{Cc}]+)\]|([^:@/[\]\s\p{Cc}]+)):(.*)$/su.exec(text) ?? []
    const host = bracketed ?? plain
    if (host === undefined || path === undefined) throw new AddressError('sftp: is followed by user@host:/path')
    return { kind: 'sftp', user: user || undefined, host, port: undefined, path: cleanSftpPath(path) }
  }
  const url = parseUrl(`sftp:${text}`, 'sftp://user@host:port//path')
  if (url.password !== '') throw new AddressError('sftp: passwords do not belong in the address; use a key')
  if (url.hostname === '' || url.pathname === '') throw new AddressError('sftp: the address names no host or no folder')
  return {
    kind: 'sftp',
    user: url.username === '' ? undefined : decode(url.username),
    host: decode(url.hostname).replace(/^\[|\]$/g, ''),
    port: url.port === '' ? undefined : Number(url.port),
    path: cleanSftpPath(decode(url.pathname.slice(1))),
  }
}

function cleanSftpPath(path: string): string {
  const clean = posix
    .normalize(path)
    .replace(/^\/\/+/, '/')
    .replace(/(.)\/$/, '$1')
  if (clean.startsWith('~')) throw new AddressError('sftp: servers do not know ~; a path without / in front starts at home')
  return clean
}

function printSftp({ user, host, port, path }: Address & { kind: 'sftp' }): string {
  const name = user === undefined ? '' : `${encodeURIComponent(user)}@`
  const place = host.includes(':') ? `[${host}]` : host
  const simple = port === undefined && user === name.slice(0, -1) && !host.includes(':')
  return simple
    ? `sftp:${name}${host}:${path}`
    : `sftp://${name}${place}${port === undefined ? '' : `:${port}`}/${encodePath(path)}`
}

function parseUrl(text: string, example: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new AddressError(`the address is none; one looks like ${example}`)
  return url
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new AddressError('the address has a % that starts no character; % itself is written %25')
  }
}
