/**
 * HTTPS on the practice's own network: a local authority, made once, and a certificate of it for this server's names, renewed by itself. The
 * authority's certificate is installed once on each computer of the practice; its key never leaves `tls/`.
 *
 * @see RFC 5280; CA/Browser Forum Baseline Requirements (a server's certificate lasts 398 days at most)
 */
import 'reflect-metadata'
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import * as x509 from '@peculiar/x509'
import { writeDurably } from '#files'

const AUTHORITY_DAYS = 3_650
const SERVER_DAYS = 397
const RENEW_DAYS = 30
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

export interface ServerCertificate {
  readonly key: string
  readonly cert: string
  /** the authority's certificate, for the practice's other computers */
  readonly authority: string
  readonly authorityFile: string
}

/** Reads the certificate for `names` from `folder`, making or renewing what is missing, of other names, or about to end. */
export async function localCertificate(
  folder: string,
  names: readonly string[],
  now: Temporal.Instant,
): Promise<ServerCertificate> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  x509.cryptoProvider.set(webcrypto as Crypto)
  const { issuer, authorityFile } = (await findAuthority(folder, now)) ?? (await renewAuthority(folder, now))
  const server = await readPair(join(folder, 'server.crt'), join(folder, 'server.key'))
  const current =
    server !== undefined && isGood(server, issuer, names, now) ? server : await makeServer(folder, issuer, names, now)
  return { ...current, authority: issuer.cert, authorityFile }
}

interface Pair {
  readonly key: string
  readonly cert: string
}

interface Authority {
  readonly issuer: Pair
  readonly authorityFile: string
}

const AUTHORITY = 'authority.crt'

/** One that is valid now: the current one, or one that was put aside while the clock was wrong. */
async function findAuthority(folder: string, now: Temporal.Instant): Promise<Authority | undefined> {
  const aside = (await readdir(folder)).filter((name) => /^authority-.*\.crt$/.test(name)).sort()
  for (const name of [AUTHORITY, ...aside]) {
    const authorityFile = join(folder, name)
    const issuer = await readPair(authorityFile, keyFileOf(authorityFile))
    if (issuer !== undefined && isValid(issuer, now)) return { issuer, authorityFile }
  }
  return undefined
}

/** Never over another: every computer of the practice may trust that one, and the clock may be what is wrong. */
async function renewAuthority(folder: string, now: Temporal.Instant): Promise<Authority> {
  const authorityFile = join(folder, AUTHORITY)
  const aside = join(folder, `authority-${now.epochMilliseconds}.crt`)
  await renameIfThere(keyFileOf(authorityFile), keyFileOf(aside))
  await renameIfThere(authorityFile, aside)
  return { issuer: await makeAuthority(authorityFile, now), authorityFile }
}

function keyFileOf(certFile: string): string {
  return certFile.replace(/\.crt$/, '.key')
}

function isGood(server: Pair, issuer: Pair, names: readonly string[], now: Temporal.Instant): boolean {
  const certificate = new X509Certificate(server.cert)
  const isOurs =
    certificate.verify(new X509Certificate(issuer.cert).publicKey) && certificate.checkPrivateKey(createPrivateKey(server.key))
  const covers = names.every((name) => (isIP(name) > 0 ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  return isOurs && covers && isValid(server, now) && isValid(server, now.add({ hours: 24 * RENEW_DAYS }))
}

/** A clock that was wrong when it was made may have made it for another year. */
function isValid({ cert }: Pair, at: Temporal.Instant): boolean {
  const { validFrom, validTo } = new X509Certificate(cert)
  return Date.parse(validFrom) <= at.epochMilliseconds && at.epochMilliseconds < Date.parse(validTo)
}

async function makeAuthority(file: string, now: Temporal.Instant): Promise<Pair> {
  const keys = await makeKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: 'CN=Couronne, autorité locale du cabinet',
      ...validity(now, AUTHORITY_DAYS),
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto as Crypto,
  )
  return writePair(file, keyFileOf(file), certificate, keys)
}

async function makeServer(folder: string, issuer: Pair, names: readonly string[], now: Temporal.Instant): Promise<Pair> {
  const keys = await makeKeys()
  const authority = new x509.X509Certificate(issuer.cert)
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8Of(issuer.key), ALGORITHM, false, ['sign'])
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: 'CN=Couronne',
      issuer: authority.subject,
      ...validity(now, SERVER_DAYS),
      publicKey: keys.publicKey,
      signingKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(names.map((name) => ({ type: isIP(name) > 0 ? 'ip' : 'dns', value: name }))),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    },
    webcrypto as Crypto,
  )
  return writePair(join(folder, 'server.crt'), join(folder, 'server.key'), certificate, keys)
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>
}

/** An hour back: the computers of a practice do not agree on the time. */
function validity(now: Temporal.Instant, days: number): { notBefore: Date; notAfter: Date } {
  const start = now.epochMilliseconds - 3_600_000
  return { notBefore: new Date(start), notAfter: new Date(start + days * 86_400_000) }
}

/** Positive and of 16 bytes, as RFC 5280 §4.1.2.2 wants it. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16))
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return Buffer.from(bytes).toString('hex')
}

function pkcs8Of(pem: string): ArrayBuffer {
  const bytes = createPrivateKey(pem).export({ type: 'pkcs8', format: 'der' })
  return new Uint8Array(bytes).buffer
}

/** The key first: a certificate without its key is made anew, a key without a certificate too. */
async function writePair(
  certFile: string,
  keyFile: string,
  certificate: x509.X509Certificate,
  keys: webcrypto.CryptoKeyPair,
): Promise<Pair> {
  const der = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey as never)
  const key = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
  const cert = `${certificate.toString('pem')}\n`
  await writeDurably(keyFile, Buffer.from(key))
  await writeDurably(certFile, Buffer.from(cert))
  return { key, cert }
}

/** @returns undefined when it is not there, or damaged. @throws when it cannot be read: another authority would be unknown to every computer */
async function readPair(certFile: string, keyFile: string): Promise<Pair | undefined> {
  const [cert, key] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)])
  if (cert === undefined || key === undefined) return undefined
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) ? { key, cert } : undefined
  } catch {
    return undefined
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
}
