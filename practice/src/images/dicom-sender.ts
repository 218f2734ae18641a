/** A sender of images for tests, that sends the bytes it is given and may stop or lie wherever a test wants. */
import { connect, type Socket } from 'node:net'
import {
  COMMAND_FIELDS,
  type CommandSet,
  decodeCommandSet,
  decodeFileMeta,
  decodePdu,
  decodePduHeader,
  encodeCommandSet,
  encodePdu,
  PDU_HEADER_BYTES,
  type Pdu,
} from '@couronne/formats'

const FRAGMENT_BYTES = 16 * 1024
const VERIFICATION = '1.2.840.10008.1.1'

export interface SentImage {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  readonly dataSet: Uint8Array
}

/** What a DICOM file would be sent as. */
export function imageOf(file: Uint8Array): SentImage {
  const meta = decodeFileMeta(file)
  if (meta === undefined) throw new Error('no DICOM file')
  return { ...meta, dataSet: file.subarray(meta.dataSetOffset) }
}

export class DicomSender implements Disposable {
  readonly socket: Socket
  readonly #chunks: AsyncIterator<Buffer>
  #left = Buffer.alloc(0)
  #messageId = 0

  private constructor(socket: Socket) {
    this.socket = socket
    this.#chunks = socket.iterator({ destroyOnReturn: false })
  }

  static async connect(port: number): Promise<DicomSender> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.on('error', () => {})
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new DicomSender(socket)
  }

  /** Asks for an association with one context for each kind of image. @returns what the receiver answers */
  async associate(images: readonly SentImage[], called = 'COURONNE', calling = 'SENSOR'): Promise<Pdu | undefined> {
    const contexts = images.map(({ sopClassUid, transferSyntaxUid }, i) => ({
      id: 2 * i + 1,
      abstractSyntax: sopClassUid,
      transferSyntaxes: [transferSyntaxUid],
    }))
    const proposed =
      contexts.length > 0 ? contexts : [{ id: 1, abstractSyntax: VERIFICATION, transferSyntaxes: ['1.2.840.10008.1.2'] }]
    const user = { pduBytesMax: 16_384, implementationClassUid: '1.2.3.4' }
    this.send({ kind: 'associate-request', calledAeTitle: called, callingAeTitle: calling, user, contexts: proposed })
    return this.next()
  }

  send(pdu: Pdu): void {
    this.socket.write(encodePdu(pdu))
  }

  /** @returns the status of the answer; undefined when the connection ended without one */
  async store(image: SentImage, contextId = 1): Promise<number | undefined> {
    this.command(contextId, {
      field: COMMAND_FIELDS.storeRequest,
      messageId: ++this.#messageId,
      hasDataSet: true,
      sopClassUid: image.sopClassUid,
      sopInstanceUid: image.sopInstanceUid,
    })
    this.data(contextId, image.dataSet)
    return (await this.reply())?.status
  }

  command(contextId: number, command: CommandSet): void {
    this.send({ kind: 'data', pdvs: [{ contextId, isCommand: true, isLast: true, fragment: encodeCommandSet(command) }] })
  }

  data(contextId: number, dataSet: Uint8Array, isWhole = true): void {
    for (let at = 0; at === 0 || at < dataSet.length; at += FRAGMENT_BYTES) {
      const fragment = dataSet.subarray(at, at + FRAGMENT_BYTES)
      const isLast = isWhole && at + FRAGMENT_BYTES >= dataSet.length
      this.send({ kind: 'data', pdvs: [{ contextId, isCommand: false, isLast, fragment }] })
    }
  }

  async reply(): Promise<CommandSet | undefined> {
    const pdu = await this.next()
    return pdu?.kind === 'data' && pdu.pdvs[0] !== undefined ? decodeCommandSet(pdu.pdvs[0].fragment) : undefined
  }

  /** @returns undefined when the connection ended */
  async next(): Promise<Pdu | undefined> {
    const header = await this.#take(PDU_HEADER_BYTES)
    if (header === undefined) return undefined
    const { type, lengthBytes } = decodePduHeader(header)
    const rest = lengthBytes === 0 ? Buffer.alloc(0) : await this.#take(lengthBytes)
    return rest === undefined ? undefined : decodePdu(type, rest)
  }

  async release(): Promise<void> {
    this.send({ kind: 'release-request' })
    await this.next()
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  async #take(lengthBytes: number): Promise<Buffer | undefined> {
    while (this.#left.length < lengthBytes) {
      const { done, value } = await this.#chunks.next().catch(() => ({ done: true, value: undefined }))
      if (done === true || value === undefined) return undefined
      this.#left = Buffer.concat([this.#left, value])
    }
    const taken = this.#left.subarray(0, lengthBytes)
    this.#left = this.#left.subarray(lengthBytes)
    return taken
  }
}
