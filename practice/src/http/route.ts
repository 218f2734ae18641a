/** A route: an endpoint's contract and the one call behind it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Tx } from '#database'
import type { Endpoint, JournalEvent, OpenEndpoint, ReplyOf, RequestOf, SignedInEndpoint } from '#endpoint'
import type { Actor, OpenPractice } from '#open-practice'

/** What a handler is given. */
export interface Call<E extends Endpoint> extends RequestOf<E> {
  readonly practice: OpenPractice
  readonly actor: Actor
  /** aborted when the client goes away or the server stops */
  readonly signal: AbortSignal
  /**
   * Writes what the endpoint's contract says to the journal, in the transaction of what it tells. A handler of an endpoint with `journal`
   * must call it, or its answer is not sent.
   */
  readonly record: (tx: Tx, event: Omit<JournalEvent, 'action'> & { readonly action?: JournalEvent['action'] }) => Promise<void>
  /** Says that what is answered stands in the journal already, by an earlier call of the same visit: a viewer asks for hundreds of parts. */
  readonly isToldBefore: () => void
  /** the bare request and reply, for streams, cookies and headers */
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** What the handler of an open endpoint is given: nobody has signed in. */
export interface OpenCall<E extends Endpoint> extends RequestOf<E> {
  readonly signal: AbortSignal
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

export type Route =
  | { readonly endpoint: SignedInEndpoint; readonly handle: (call: Call<SignedInEndpoint>) => Promise<unknown> }
  | { readonly endpoint: OpenEndpoint; readonly handleOpen: (call: OpenCall<OpenEndpoint>) => Promise<unknown> }

/** A route behind a sign-in. A handler without `reply` in its contract sends its answer itself, or none. */
export function route<const E extends SignedInEndpoint>(endpoint: E, handle: (call: Call<E>) => Promise<ReplyOf<E>>): Route {
  return { endpoint, handle: handle as (call: Call<SignedInEndpoint>) => Promise<unknown> }
}

/** A route before any sign-in. */
export function openRoute<const E extends OpenEndpoint>(endpoint: E, handle: (call: OpenCall<E>) => Promise<ReplyOf<E>>): Route {
  return { endpoint, handleOpen: handle as (call: OpenCall<OpenEndpoint>) => Promise<unknown> }
}
