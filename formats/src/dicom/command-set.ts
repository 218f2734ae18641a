/**
 * Command sets of DIMSE messages: bytes ⇄ values. Always implicit little endian (PS3.7 §6.3.1), elements of group 0000 in their order:
 * `group (2) ‖ element (2) ‖ length (4) ‖ value`.
 */
import { MalformedPduError } from './pdu.ts'
import { isUid } from './uids.ts'

export const COMMAND_FIELDS = { storeRequest: 0x0001, storeReply: 0x8001, echoRequest: 0x0030, echoReply: 0x8030 } as const

/** PS3.7 annex C, PS3.4 §B.2.3 */
export const DIMSE_STATUS = {
  success: 0x0000,
  /** refused: out of resources */
  outOfResources: 0xa700,
  /** the SOP class is not the one that the context was accepted for */
  notTheSameClass: 0xa900,
  cannotUnderstand: 0xc000,
  processingFailure: 0x0110,
  unrecognizedOperation: 0x0211,
} as const

export interface CommandSet {
  readonly field: number
  readonly messageId: number
  /** of a reply: the message that it answers */
  readonly respondsTo?: number
  readonly sopClassUid?: string
  readonly sopInstanceUid?: string
  readonly hasDataSet: boolean
  /** of a reply */
  readonly status?: number
  /** of a reply: why, in 64 characters of the default repertoire at most */
  readonly comment?: string
}

const NO_DATA_SET = 0x0101
const ELEMENT = {
  groupLength: 0x0000,
  sopClassUid: 0x0002,
  field: 0x0100,
  messageId: 0x0110,
  respondsTo: 0x0120,
  priority: 0x0700,
  dataSetType: 0x0800,
  status: 0x0900,
  comment: 0x0902,
  sopInstanceUid: 0x1000,
} as const

/** @throws {MalformedPduError} */
export function decodeCommandSet(bytes: Uint8Array): CommandSet {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const found = new Map<number, Uint8Array>()
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 8) throw new MalformedPduError('an element of a command is too short')
    const length = view.getUint32(at + 4, true)
    if (length > bytes.length - at - 8) throw new MalformedPduError(`an element of a command has ${length} bytes`)
    if (view.getUint16(at, true) === 0) found.set(view.getUint16(at + 2, true), bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  const number = (element: number) => {
    const value = found.get(element)
    return value === undefined || value.length < 2 ? undefined : (value[0] ?? 0) | ((value[1] ?? 0) << 8)
  }
  const uid = (element: number) => {
    const value = found.get(element)
    const text = value === undefined ? '' : String.fromCharCode(...value.subarray(0, 66)).replace(/[\0 ]+$/, '')
    return isUid(text) ? text : undefined
  }
  const [field, messageId] = [number(ELEMENT.field), number(ELEMENT.messageId) ?? number(ELEMENT.respondsTo)]
  if (field === undefined || messageId === undefined)
    throw new MalformedPduError('a command without its field or its message’s id')
  const [respondsTo, status] = [number(ELEMENT.respondsTo), number(ELEMENT.status)]
  const [sopClassUid, sopInstanceUid] = [uid(ELEMENT.sopClassUid), uid(ELEMENT.sopInstanceUid)]
  return {
    field,
    messageId,
    hasDataSet: (number(ELEMENT.dataSetType) ?? NO_DATA_SET) !== NO_DATA_SET,
    ...(respondsTo === undefined ? {} : { respondsTo }),
    ...(sopClassUid === undefined ? {} : { sopClassUid }),
    ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
    ...(status === undefined ? {} : { status }),
  }
}

/** With its group length in front. */
export function encodeCommandSet(command: CommandSet): Uint8Array {
  const { field, messageId, respondsTo, status, comment } = command
  const elements = [
    ...text(ELEMENT.sopClassUid, command.sopClassUid, '\0'),
    ...short(ELEMENT.field, field),
    ...(respondsTo === undefined ? short(ELEMENT.messageId, messageId) : short(ELEMENT.respondsTo, respondsTo)),
    ...(field === COMMAND_FIELDS.storeRequest ? short(ELEMENT.priority, 0) : []),
    ...short(ELEMENT.dataSetType, command.hasDataSet ? 1 : NO_DATA_SET),
    ...short(ELEMENT.status, status),
    ...text(ELEMENT.comment, comment?.replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?').slice(0, 64), ' '),
    ...text(ELEMENT.sopInstanceUid, command.sopInstanceUid, '\0'),
  ]
  const length = [elements.length & 0xff, (elements.length >>> 8) & 0xff, 0, 0]
  return Uint8Array.from([...element(ELEMENT.groupLength, length), ...elements])
}

function short(tag: number, value: number | undefined): number[] {
  return value === undefined ? [] : element(tag, [value & 0xff, value >>> 8])
}

function text(tag: number, value: string | undefined, padding: string): number[] {
  if (value === undefined) return []
  return element(
    tag,
    Array.from(value.length % 2 === 0 ? value : value + padding, (each) => each.charCodeAt(0)),
  )
}

function element(tag: number, value: readonly number[]): number[] {
  return [0, 0, tag & 0xff, tag >>> 8, value.length & 0xff, (value.length >>> 8) & 0xff, 0, 0, ...value]
}
