/**
 * Protocol data units of DICOM's upper layer: bytes ⇄ values. Lengths are big endian (PS3.8 §9.3).
 *
 * ```
 * PDU              = type (1) ‖ 0 ‖ length of the rest (4) ‖ rest
 * A-ASSOCIATE-RQ 1 = version (2) ‖ 0 (2) ‖ called AE (16) ‖ calling AE (16) ‖ 0 (32) ‖ items
 * A-ASSOCIATE-AC 2 = the same, with presentation contexts as they were accepted
 * A-ASSOCIATE-RJ 3 = 0 ‖ result ‖ source ‖ reason
 * P-DATA-TF      4 = PDV, one or more: length (4) ‖ presentation context ‖ control ‖ fragment
 * A-RELEASE-RQ   5, A-RELEASE-RP 6 = 0 (4)
 * A-ABORT        7 = 0 (2) ‖ source ‖ reason
 * item             = type (1) ‖ 0 ‖ length (2) ‖ rest
 * control          = bit 0: of a command, not of a data set; bit 1: the last fragment
 * ```
 *
 * Strict: what does not fit its length is refused. Items of an unknown type are passed over, as §9.3.1 asks.
 */
import { APPLICATION_CONTEXT, isUid } from './uids.ts'

/** Six bytes: type and length, before the rest. */
export const PDU_HEADER_BYTES = 6
export const PDU_TYPES = {
  associateRequest: 1,
  associateAccept: 2,
  associateReject: 3,
  data: 4,
  releaseRequest: 5,
  releaseReply: 6,
  abort: 7,
} as const

export interface ProposedContext {
  /** odd, 1 to 255 */
  readonly id: number
  readonly abstractSyntax: string
  readonly transferSyntaxes: readonly string[]
}

/** 0: accepted; 1 user rejection, 2 no reason, 3 abstract syntax, 4 transfer syntaxes not supported. */
export interface AnsweredContext {
  readonly id: number
  readonly result: 0 | 1 | 2 | 3 | 4
  readonly transferSyntax: string
}

export interface UserInformation {
  /** of a PDU's rest, that whoever says it takes; 0: any */
  readonly pduBytesMax: number
  readonly implementationClassUid: string
  readonly implementationVersion?: string
}

interface AssociateMembers {
  readonly calledAeTitle: string
  readonly callingAeTitle: string
  readonly user: UserInformation
}

export interface AssociateRequest extends AssociateMembers {
  readonly kind: 'associate-request'
  readonly contexts: readonly ProposedContext[]
}

export interface AssociateAccept extends AssociateMembers {
  readonly kind: 'associate-accept'
  readonly contexts: readonly AnsweredContext[]
}

/** A part of a command or a data set. */
export interface Pdv {
  readonly contextId: number
  readonly isCommand: boolean
  readonly isLast: boolean
  readonly fragment: Uint8Array
}

export type Pdu =
  | AssociateRequest
  | AssociateAccept
  | { readonly kind: 'associate-reject'; readonly result: number; readonly source: number; readonly reason: number }
  | { readonly kind: 'data'; readonly pdvs: readonly Pdv[] }
  | { readonly kind: 'release-request' }
  | { readonly kind: 'release-reply' }
  | { readonly kind: 'abort'; readonly source: number; readonly reason: number }

/** Bytes that are no PDU: `reason` is that of the A-ABORT which answers them (PS3.8 §9.3.8). */
export class MalformedPduError extends Error {
  override readonly name = 'MalformedPduError'
  readonly reason: 1 | 2 | 6

  constructor(problem: string, reason: 1 | 2 | 6 = 6) {
    super(`PDU: ${problem}`)
    this.reason = reason
  }
}

/** Type and length of the rest, from a PDU's first six bytes. @throws {MalformedPduError} a type that does not exist */
export function decodePduHeader(bytes: Uint8Array): { readonly type: number; readonly lengthBytes: number } {
  const type = bytes[0] ?? 0
  if (type < PDU_TYPES.associateRequest || type > PDU_TYPES.abort) throw new MalformedPduError(`type ${type} does not exist`, 1)
  return { type, lengthBytes: uint32(bytes, 2) }
}

/** @param rest what follows the header, whole; fragments are views of it. @throws {MalformedPduError} */
export function decodePdu(type: number, rest: Uint8Array): Pdu {
  switch (type) {
    case PDU_TYPES.associateRequest:
      return decodeRequest(rest)
    case PDU_TYPES.associateAccept:
      return decodeAccept(rest)
    case PDU_TYPES.associateReject:
      requireLength(rest, 4)
      return { kind: 'associate-reject', result: rest[1] ?? 0, source: rest[2] ?? 0, reason: rest[3] ?? 0 }
    case PDU_TYPES.data:
      return { kind: 'data', pdvs: [...decodePdvs(rest)] }
    case PDU_TYPES.releaseRequest:
    case PDU_TYPES.releaseReply:
      requireLength(rest, 4)
      return { kind: type === PDU_TYPES.releaseRequest ? 'release-request' : 'release-reply' }
    case PDU_TYPES.abort:
      requireLength(rest, 4)
      return { kind: 'abort', source: rest[2] ?? 0, reason: rest[3] ?? 0 }
    default:
      throw new MalformedPduError(`type ${type} does not exist`, 1)
  }
}

/** The whole PDU. */
export function encodePdu(pdu: Pdu): Uint8Array {
  switch (pdu.kind) {
    case 'associate-request':
      return frame(PDU_TYPES.associateRequest, encodeAssociate(pdu, pdu.contexts.map(encodeProposed)))
    case 'associate-accept':
      return frame(PDU_TYPES.associateAccept, encodeAssociate(pdu, pdu.contexts.map(encodeAnswered)))
    case 'associate-reject':
      return frame(PDU_TYPES.associateReject, Uint8Array.of(0, pdu.result, pdu.source, pdu.reason))
    case 'data':
      return frame(PDU_TYPES.data, concat(...pdu.pdvs.map(encodePdv)))
    case 'release-request':
      return frame(PDU_TYPES.releaseRequest, new Uint8Array(4))
    case 'release-reply':
      return frame(PDU_TYPES.releaseReply, new Uint8Array(4))
    case 'abort':
      return frame(PDU_TYPES.abort, Uint8Array.of(0, 0, pdu.source, pdu.reason))
  }
}

const ASSOCIATE_FIXED_BYTES = 68
const AE_TITLE_BYTES = 16
const ITEM = {
  applicationContext: 0x10,
  proposed: 0x20,
  answered: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  user: 0x50,
  pduBytesMax: 0x51,
  implementationClass: 0x52,
  implementationVersion: 0x55,
} as const

interface Item {
  readonly type: number
  readonly body: Uint8Array
}

interface Associate extends AssociateMembers {
  readonly items: readonly Item[]
}

function decodeAssociate(rest: Uint8Array): Associate {
  if (rest.length < ASSOCIATE_FIXED_BYTES) throw new MalformedPduError(`an association has ${rest.length} bytes`)
  if ((uint16(rest, 0) & 1) === 0) throw new MalformedPduError('another version of the protocol')
  const items = [...itemsOf(rest.subarray(ASSOCIATE_FIXED_BYTES))]
  const user = items.find(({ type }) => type === ITEM.user)
  const context = items.find(({ type }) => type === ITEM.applicationContext)
  if (context === undefined || uid(context.body) !== APPLICATION_CONTEXT)
    throw new MalformedPduError('the application context is not DICOM’s')
  return {
    calledAeTitle: aeTitle(rest.subarray(4, 4 + AE_TITLE_BYTES)),
    callingAeTitle: aeTitle(rest.subarray(20, 20 + AE_TITLE_BYTES)),
    user: decodeUser(user?.body ?? new Uint8Array()),
    items,
  }
}

function decodeRequest(rest: Uint8Array): AssociateRequest {
  const { items, ...members } = decodeAssociate(rest)
  const contexts = items.filter(({ type }) => type === ITEM.proposed).map(({ body }) => decodeProposed(body))
  if (contexts.length === 0) throw new MalformedPduError('an association proposes nothing')
  if (new Set(contexts.map(({ id }) => id)).size < contexts.length)
    throw new MalformedPduError('a context’s id stands there twice')
  return { kind: 'associate-request', ...members, contexts }
}

function decodeProposed(body: Uint8Array): ProposedContext {
  if (body.length < 4) throw new MalformedPduError('a presentation context is too short')
  const id = body[0] ?? 0
  if (id % 2 === 0) throw new MalformedPduError(`a presentation context’s id is odd, not ${id}`)
  const items = [...itemsOf(body.subarray(4))]
  const abstractSyntax = items.find(({ type }) => type === ITEM.abstractSyntax)
  if (abstractSyntax === undefined) throw new MalformedPduError('a presentation context has no abstract syntax')
  const transferSyntaxes = items.filter(({ type }) => type === ITEM.transferSyntax).map((item) => uid(item.body))
  return { id, abstractSyntax: uid(abstractSyntax.body), transferSyntaxes }
}

function decodeAccept(rest: Uint8Array): AssociateAccept {
  const { items, ...members } = decodeAssociate(rest)
  const contexts = items.filter(({ type }) => type === ITEM.answered).map(({ body }) => decodeAnswered(body))
  return { kind: 'associate-accept', ...members, contexts }
}

function decodeAnswered(body: Uint8Array): AnsweredContext {
  if (body.length < 4) throw new MalformedPduError('a presentation context is too short')
  const result = body[2] ?? 0
  if (result > 4) throw new MalformedPduError(`a presentation context’s result ${result} does not exist`)
  const syntax = [...itemsOf(body.subarray(4))].find(({ type }) => type === ITEM.transferSyntax)
  return {
    id: body[0] ?? 0,
    result: result as AnsweredContext['result'],
    transferSyntax: syntax === undefined ? '' : uid(syntax.body),
  }
}

function decodeUser(body: Uint8Array): UserInformation {
  const items = [...itemsOf(body)]
  const bytesOf = (type: number) => items.find((item) => item.type === type)?.body
  const max = bytesOf(ITEM.pduBytesMax)
  const version = bytesOf(ITEM.implementationVersion)
  return {
    pduBytesMax: max === undefined || max.length < 4 ? 0 : uint32(max, 0),
    implementationClassUid: uid(bytesOf(ITEM.implementationClass) ?? new Uint8Array()),
    ...(version === undefined ? {} : { implementationVersion: plain(version) }),
  }
}

function* decodePdvs(rest: Uint8Array): Generator<Pdv> {
  for (let at = 0; at < rest.length; ) {
    if (rest.length - at < 6) throw new MalformedPduError('a presentation data value is too short')
    const length = uint32(rest, at)
    if (length < 2 || length > rest.length - at - 4) throw new MalformedPduError(`a presentation data value of ${length} bytes`)
    const control = rest[at + 5] ?? 0
    yield {
      contextId: rest[at + 4] ?? 0,
      isCommand: (control & 1) === 1,
      isLast: (control & 2) === 2,
      fragment: rest.subarray(at + 6, at + 4 + length),
    }
    at += 4 + length
  }
}

function* itemsOf(bytes: Uint8Array): Generator<Item> {
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 4) throw new MalformedPduError('an item is too short')
    const length = uint16(bytes, at + 2)
    if (length > bytes.length - at - 4) throw new MalformedPduError(`an item of ${length} bytes`)
    yield { type: bytes[at] ?? 0, body: bytes.subarray(at + 4, at + 4 + length) }
    at += 4 + length
  }
}

/** Without the padding that some add. */
function uid(bytes: Uint8Array): string {
  const text = plain(bytes)
  return text === '' || isUid(text) ? text : ''
}

function aeTitle(bytes: Uint8Array): string {
  return plain(bytes)
}

/** The default repertoire; whatever else comes is a question mark: it is shown to people. */
function plain(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte === 0 ? ' ' : byte < 0x20 || byte > 0x7e ? '?' : String.fromCharCode(byte)
  return text.trim()
}

function encodeAssociate({ calledAeTitle, callingAeTitle, user }: AssociateMembers, contexts: readonly Uint8Array[]): Uint8Array {
  const fixed = new Uint8Array(ASSOCIATE_FIXED_BYTES)
  fixed[1] = 1
  fixed.set(ascii(calledAeTitle.padEnd(AE_TITLE_BYTES).slice(0, AE_TITLE_BYTES)), 4)
  fixed.set(ascii(callingAeTitle.padEnd(AE_TITLE_BYTES).slice(0, AE_TITLE_BYTES)), 20)
  const max = new Uint8Array(4)
  new DataView(max.buffer).setUint32(0, user.pduBytesMax)
  const about = [
    item(ITEM.pduBytesMax, max),
    item(ITEM.implementationClass, ascii(user.implementationClassUid)),
    ...(user.implementationVersion === undefined ? [] : [item(ITEM.implementationVersion, ascii(user.implementationVersion))]),
  ]
  return concat(fixed, item(ITEM.applicationContext, ascii(APPLICATION_CONTEXT)), ...contexts, item(ITEM.user, concat(...about)))
}

function encodeProposed({ id, abstractSyntax, transferSyntaxes }: ProposedContext): Uint8Array {
  const syntaxes = transferSyntaxes.map((each) => item(ITEM.transferSyntax, ascii(each)))
  return item(ITEM.proposed, concat(Uint8Array.of(id, 0, 0, 0), item(ITEM.abstractSyntax, ascii(abstractSyntax)), ...syntaxes))
}

function encodeAnswered({ id, result, transferSyntax }: AnsweredContext): Uint8Array {
  return item(ITEM.answered, concat(Uint8Array.of(id, 0, result, 0), item(ITEM.transferSyntax, ascii(transferSyntax))))
}

function encodePdv({ contextId, isCommand, isLast, fragment }: Pdv): Uint8Array {
  const bytes = new Uint8Array(6 + fragment.length)
  new DataView(bytes.buffer).setUint32(0, 2 + fragment.length)
  bytes[4] = contextId
  bytes[5] = (isCommand ? 1 : 0) | (isLast ? 2 : 0)
  bytes.set(fragment, 6)
  return bytes
}

function frame(type: number, rest: Uint8Array): Uint8Array {
  const header = new Uint8Array(PDU_HEADER_BYTES)
  header[0] = type
  new DataView(header.buffer).setUint32(2, rest.length)
  return concat(header, rest)
}

function item(type: number, body: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(type, 0, body.length >>> 8, body.length & 0xff), body)
}

function requireLength(rest: Uint8Array, lengthBytes: number): void {
  if (rest.length !== lengthBytes) throw new MalformedPduError(`${lengthBytes} bytes are expected, ${rest.length} are there`)
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

function uint32(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 65_536 + uint16(bytes, at + 2)
}
