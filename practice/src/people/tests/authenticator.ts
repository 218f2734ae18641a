/**
 * For tests only: an authenticator in software. It signs as a real one does (ES256, attestation `none`), checks nobody, and may be told to lie.
 *
 * @see WebAuthn level 3, §6.1 (authenticator data), §6.5 (attestation), §5.8.1 (client data)
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

export interface Lies {
  readonly isUserVerified?: boolean
  readonly origin?: string
  readonly rpId?: string
  readonly challenge?: string
  readonly counter?: number
}

const FLAGS = { isUserPresent: 1, isUserVerified: 4, hasCredential: 64 }

export class Authenticator {
  readonly id = randomBytes(32)
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #origin: string
  #counter = 0

  constructor(origin: string) {
    this.#origin = origin
  }

  /** What `navigator.credentials.create` gives. */
  create(options: { challenge: string }, lies: Lies = {}): object {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    const key = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ])
    const credential = Buffer.concat([Buffer.alloc(16), uint16(this.id.length), this.id, isoCBOR.encode(key)])
    const authData = new Uint8Array(Buffer.concat([this.#data(lies, FLAGS.hasCredential), credential]))
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ])
    const clientDataJSON = this.#clientData('webauthn.create', options, lies)
    const attestationObject = Buffer.from(isoCBOR.encode(attestation as never)).toString('base64url')
    return this.#credential({ clientDataJSON: text(clientDataJSON), attestationObject, transports: ['internal'] })
  }

  /** What `navigator.credentials.get` gives. */
  get(options: { challenge: string }, lies: Lies = {}): object {
    this.#counter += 1
    const data = this.#data(lies, 0)
    const clientDataJSON = this.#clientData('webauthn.get', options, lies)
    const signed = Buffer.concat([data, createHash('sha256').update(clientDataJSON).digest()])
    const signature = sign('sha256', signed, this.#keys.privateKey)
    return this.#credential({ clientDataJSON: text(clientDataJSON), authenticatorData: text(data), signature: text(signature) })
  }

  #credential(response: object): object {
    const id = text(this.id)
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response }
  }

  #data({ isUserVerified = true, rpId = new URL(this.#origin).hostname, counter = this.#counter }: Lies, flags: number): Buffer {
    const all = FLAGS.isUserPresent | (isUserVerified ? FLAGS.isUserVerified : 0) | flags
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.from([all]), count])
  }

  #clientData(
    type: string,
    options: { challenge: string },
    { origin = this.#origin, challenge = options.challenge }: Lies,
  ): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  }
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255])
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
