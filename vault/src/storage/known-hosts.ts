/** OpenSSH's `known_hosts`: which keys a server may show (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
import { createHmac } from 'node:crypto'

export interface KnownKey {
  /** Such as `ssh-ed25519`. */
  readonly type: string
  readonly blob: Uint8Array
  readonly revoked: boolean
}

/**
 * The keys that the file's text knows for a host, revoked ones too. Certificate authorities are left out: they are not supported.
 * @param port 22 is the plain name, others are written `[host]:port`
 */
export function knownKeys(text: string, host: string, port: number): KnownKey[] {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
  return text.split('\n').flatMap((line) => {
    const words = line.trim().split(/\s+/)
    const marker = words[0]?.startsWith('@') ? words.shift() : undefined
    const [hosts, type, key] = words
    if (hosts === undefined || type === undefined || key === undefined || hosts.startsWith('#')) return []
    if (marker !== undefined && marker !== '@revoked') return []
    return matches(hosts, name) ? [{ type, blob: Buffer.from(key, 'base64'), revoked: marker === '@revoked' }] : []
  })
}

/** The line that makes a key known. */
export function printKnownHost(host: string, port: number, key: Uint8Array): string {
  const name = port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`
  return `${name} ${keyType(key)} ${Buffer.from(key).toString('base64')}\n`
}

/** The type that a public key names in its first string. */
export function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key)
  const length = bytes.length < 4 ? 0 : bytes.readUInt32BE(0)
  return bytes.toString('latin1', 4, 4 + length)
}

function matches(hosts: string, name: string): boolean {
  if (hosts.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = hosts.split('|')
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
  }
  const patterns = hosts.toLowerCase().split(',')
  const fits = (pattern: string) => toExpression(pattern).test(name)
  if (patterns.some((pattern) => pattern.startsWith('!') && fits(pattern.slice(1)))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern))
}

function toExpression(pattern: string): RegExp {
  const parts = pattern
    .replace(/[\\^$+.()|{}[\]]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${parts}$`)
}
