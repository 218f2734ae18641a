/**
 * The `config` file: which version, which repository, which polynomial cuts its chunks. Sealed, never compressed.
 *
 *     {"version":2,"id":"64 hex","chunker_polynomial":"hex without 0x"}
 */
import { FormatError } from '#errors'
import { isId } from './id.ts'
import { degree, isIrreducible } from './polynomial.ts'
import { encodeText, parseJsonObject, readString } from './text.ts'

export interface Config {
  readonly version: 1 | 2
  /** 64 hex characters drawn when the repository was made; no hash of anything. */
  readonly id: string
  /** Irreducible, of degree 53. */
  readonly chunkerPolynomial: bigint
}

/**
 * The configuration from the JSON that was sealed. Unknown members are ignored.
 * @throws {FormatError} for another version, a malformed id, or a polynomial that is not irreducible of degree 53
 */
export function decodeConfig(json: Uint8Array): Config {
  const object = parseJsonObject(json, 'config')
  const { version } = object
  if (version !== 1 && version !== 2) throw new FormatError(`config: version 1 or 2 expected, found ${JSON.stringify(version)}`)
  const id = readString(object, 'id', 'config')
  if (!isId(id)) throw new FormatError('config: "id" is not 64 hex characters')
  const text = readString(object, 'chunker_polynomial', 'config')
  if (!/^[0-9a-fA-F]{1,16}$/.test(text)) throw new FormatError('config: "chunker_polynomial" is not a hex number')
  const chunkerPolynomial = BigInt(`0x${text}`)
  requirePolynomial(chunkerPolynomial)
  return { version, id, chunkerPolynomial }
}

/** The JSON to seal. */
export function encodeConfig(config: Config): Uint8Array {
  requirePolynomial(config.chunkerPolynomial)
  const { version, id } = config
  return encodeText(JSON.stringify({ version, id, chunker_polynomial: config.chunkerPolynomial.toString(16) }))
}

function requirePolynomial(polynomial: bigint): void {
  if (degree(polynomial) !== 53 || !isIrreducible(polynomial)) {
    throw new FormatError('config: the chunker polynomial is not an irreducible one of degree 53')
  }
}
