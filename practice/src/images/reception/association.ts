/**
 * One association with a sender, from its request to its end (PS3.8, PS3.7): C-ECHO and C-STORE, one message after the other. An image is
 * answered with success when it is on disk with its place in the index, and with a reason when it is not; nothing is half kept.
 */
import type { Socket } from 'node:net'
import {
  type AnsweredContext,
  type AssociateRequest,
  COMMAND_FIELDS,
  type CommandSet,
  DIMSE_STATUS,
  decodeCommandSet,
  encodeCommandSet,
  encodeFileMeta,
  encodePdu,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION,
  isStorageClass,
  isUid,
  MalformedPduError,
  type Pdu,
  type Pdv,
  type ProposedContext,
  VERIFICATION,
} from '@couronne/formats'
import type { ReceptionRefusal } from '../contract.ts'
import type { KeptImage } from '../keep-image.ts'
import type { ReceptionLimits } from './limits.ts'
import { BrokenConnectionError, PduSource } from './pdu-source.ts'

/** What the association asks of whoever keeps images. */
export interface Keeper {
  /** whether a sender may come in; why not, otherwise */
  readonly admit: (request: AssociateRequest) => Promise<Refusal | undefined>
  /** @throws when it cannot be kept: {@link statusOf} says how that is told */
  readonly keep: (bytes: AsyncIterable<Uint8Array>, sender: string) => Promise<KeptImage>
  /** the status that an error is told by, and a comment of the default repertoire */
  readonly statusOf: (error: unknown, sender: string) => { readonly status: number; readonly comment: string }
}

/** PS3.8 §9.3.4 */
export interface Refusal {
  readonly result: 1 | 2
  readonly source: 1 | 2 | 3
  readonly reason: number
  readonly code: ReceptionRefusal
}

const COMMAND_BYTES_MAX = 64 * 1024
/** A-ABORT by the provider: an unexpected PDU (PS3.8 §9.3.8) */
const UNEXPECTED = 2
const ENDING_MS = 5_000

/** Serves the connection until it ends. @throws when the sender breaks the rules or goes away: the connection is closed then */
export async function serveAssociation(socket: Socket, keeper: Keeper, limits: ReceptionLimits): Promise<void> {
  const source = new PduSource(socket, limits)
  try {
    const request = await source.next(limits.greetingMs)
    if (request === undefined) return
    if (request.kind !== 'associate-request') throw new MalformedPduError('an association is expected first')
    const refusal = await keeper.admit(request)
    if (refusal !== undefined) {
      const { result, source: by, reason } = refusal
      await send(socket, { kind: 'associate-reject', result, source: by, reason })
      return await waitForEnd(socket)
    }
    const contexts = request.contexts.map(answerContext)
    await send(socket, acceptOf(request, contexts, limits))
    await new Association(socket, source, keeper, request, contexts).serve()
  } catch (error) {
    if (error instanceof MalformedPduError) await abort(socket, error.reason)
    throw error
  }
}

/** Of what is stored, any class; the transfer syntax that the sender puts first: its own bytes, then. */
function answerContext({ id, abstractSyntax, transferSyntaxes }: ProposedContext): AnsweredContext {
  const [first = ''] = transferSyntaxes.filter(isUid)
  const isKnown = abstractSyntax === VERIFICATION || isStorageClass(abstractSyntax)
  return { id, result: !isKnown ? 3 : first === '' ? 4 : 0, transferSyntax: first }
}

function acceptOf(request: AssociateRequest, contexts: readonly AnsweredContext[], { pduBytesMax }: ReceptionLimits): Pdu {
  const { calledAeTitle, callingAeTitle } = request
  const user = { pduBytesMax, implementationClassUid: IMPLEMENTATION_CLASS_UID, implementationVersion: IMPLEMENTATION_VERSION }
  return { kind: 'associate-accept', calledAeTitle, callingAeTitle, user, contexts }
}

class Association {
  readonly #socket: Socket
  readonly #source: PduSource
  readonly #keeper: Keeper
  readonly #request: AssociateRequest
  /** accepted ones: abstract and transfer syntax by id */
  readonly #contexts: ReadonlyMap<number, { readonly abstractSyntax: string; readonly transferSyntax: string }>
  #pdvs: Pdv[] = []

  constructor(
    socket: Socket,
    source: PduSource,
    keeper: Keeper,
    request: AssociateRequest,
    contexts: readonly AnsweredContext[],
  ) {
    this.#socket = socket
    this.#source = source
    this.#keeper = keeper
    this.#request = request
    const syntaxes = new Map(request.contexts.map(({ id, abstractSyntax }) => [id, abstractSyntax]))
    this.#contexts = new Map(
      contexts
        .filter(({ result }) => result === 0)
        .map(({ id, transferSyntax }) => [id, { abstractSyntax: syntaxes.get(id) ?? '', transferSyntax }]),
    )
  }

  async serve(): Promise<void> {
    for (;;) {
      this.#source.beginMessage()
      const first = await this.#nextPdv()
      if (first === undefined) return
      if (!first.isCommand) throw new MalformedPduError('a command is expected', UNEXPECTED)
      await this.#answer(first.contextId, decodeCommandSet(await this.#commandBytes(first)))
    }
  }

  async #answer(contextId: number, command: CommandSet): Promise<void> {
    const context = this.#contexts.get(contextId)
    if (context === undefined) throw new MalformedPduError('a presentation context that was not accepted')
    switch (command.field) {
      case COMMAND_FIELDS.echoRequest:
        return this.#reply(contextId, command, COMMAND_FIELDS.echoReply, { status: DIMSE_STATUS.success })
      case COMMAND_FIELDS.storeRequest:
        return this.#store(contextId, command, context)
      default:
        if (command.hasDataSet) for await (const _ of this.#dataSet(contextId));
        return this.#reply(contextId, command, command.field | 0x8000, { status: DIMSE_STATUS.unrecognizedOperation })
    }
  }

  async #store(
    contextId: number,
    command: CommandSet,
    context: { readonly abstractSyntax: string; readonly transferSyntax: string },
  ): Promise<void> {
    const { sopClassUid = context.abstractSyntax, sopInstanceUid } = command
    if (!command.hasDataSet || sopInstanceUid === undefined || context.abstractSyntax === VERIFICATION) {
      if (command.hasDataSet) for await (const _ of this.#dataSet(contextId));
      return this.#reply(contextId, command, COMMAND_FIELDS.storeReply, { status: DIMSE_STATUS.cannotUnderstand })
    }
    const { callingAeTitle } = this.#request
    const meta = { transferSyntaxUid: context.transferSyntax, sopClassUid, sopInstanceUid, senderAeTitle: callingAeTitle }
    const dataSet = this.#dataSet(contextId)
    const outcome = await this.#keeper.keep(file(encodeFileMeta(meta), dataSet), callingAeTitle).then(
      () => ({ status: DIMSE_STATUS.success }),
      (error: unknown) => {
        if (isOfConnection(error)) throw error
        return this.#keeper.statusOf(error, callingAeTitle)
      },
    )
    for await (const _ of this.#dataSet(contextId, dataSet.isEnded())); // what a refused image has still to bring
    await this.#reply(contextId, command, COMMAND_FIELDS.storeReply, outcome)
  }

  async #commandBytes(first: Pdv): Promise<Uint8Array> {
    const parts = [first.fragment]
    let size = first.fragment.length
    for (let pdv = first; !pdv.isLast; ) {
      const next = await this.#nextPdv()
      if (next === undefined) throw new BrokenConnectionError('the connection ended within a command')
      if (!next.isCommand || next.contextId !== first.contextId) throw new MalformedPduError('a command is not whole')
      parts.push(next.fragment)
      size += next.fragment.length
      if (size > COMMAND_BYTES_MAX) throw new MalformedPduError('a command is too long')
      pdv = next
    }
    return Buffer.concat(parts)
  }

  /** The fragments of a data set, as they come. It is not whole before it has ended: a connection that breaks throws. */
  #dataSet(contextId: number, isEnded = false): AsyncIterable<Uint8Array> & { readonly isEnded: () => boolean } {
    let ended = isEnded
    const next = async (): Promise<IteratorResult<Uint8Array>> => {
      if (ended) return { done: true, value: undefined }
      const pdv = await this.#nextPdv()
      if (pdv === undefined) throw new BrokenConnectionError('the connection ended within a data set')
      if (pdv.isCommand || pdv.contextId !== contextId) throw new MalformedPduError('a data set is not whole')
      ended = pdv.isLast
      return { done: false, value: pdv.fragment }
    }
    return { isEnded: () => ended, [Symbol.asyncIterator]: () => ({ next }) }
  }

  /** @returns undefined at the end of the association, which has been answered */
  async #nextPdv(): Promise<Pdv | undefined> {
    for (;;) {
      const waiting = this.#pdvs.shift()
      if (waiting !== undefined) return waiting
      const pdu = await this.#source.next()
      switch (pdu?.kind) {
        case 'data':
          this.#pdvs = [...pdu.pdvs]
          break
        case 'release-request':
          await send(this.#socket, { kind: 'release-reply' })
          await waitForEnd(this.#socket)
          return undefined
        case 'abort':
        case undefined:
          return undefined
        default:
          throw new MalformedPduError(`${pdu?.kind} is not expected here`, UNEXPECTED)
      }
    }
  }

  #reply(
    contextId: number,
    { messageId, sopClassUid, sopInstanceUid }: CommandSet,
    field: number,
    outcome: { readonly status: number; readonly comment?: string },
  ): Promise<void> {
    const command: CommandSet = {
      field,
      messageId,
      respondsTo: messageId,
      hasDataSet: false,
      ...(sopClassUid === undefined ? {} : { sopClassUid }),
      ...(sopInstanceUid === undefined ? {} : { sopInstanceUid }),
      ...outcome,
    }
    const pdv = { contextId, isCommand: true, isLast: true, fragment: encodeCommandSet(command) }
    return send(this.#socket, { kind: 'data', pdvs: [pdv] })
  }
}

/** A file: what we write before it, and the data set as it comes. */
async function* file(meta: Uint8Array, dataSet: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield meta
  yield* dataSet
}

/** Not of the image: there is nobody left to answer. */
function isOfConnection(error: unknown): boolean {
  return (
    error instanceof MalformedPduError || error instanceof BrokenConnectionError || (error as Error).name === 'SilentSenderError'
  )
}

async function abort(socket: Socket, reason: number): Promise<void> {
  await send(socket, { kind: 'abort', source: 2, reason }).catch(() => {})
  await waitForEnd(socket)
}

function send(socket: Socket, pdu: Pdu): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed) return reject(new BrokenConnectionError('the connection is closed'))
    const onClose = () => reject(new BrokenConnectionError('the connection was closed before it had the answer'))
    socket.once('close', onClose)
    socket.write(encodePdu(pdu), (error) => {
      socket.off('close', onClose)
      if (error) reject(new BrokenConnectionError(error.message))
      else resolve()
    })
  })
}

/** Whoever asked for the end closes the connection (PS3.8 §9.2); who does not is not waited for. */
async function waitForEnd(socket: Socket): Promise<void> {
  socket.end()
  if (socket.destroyed || socket.readableEnded) return
  socket.resume()
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ENDING_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.once('end', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
