/**
 * What a route of the HTTP interface promises: the server checks it, the web pages call it by it, OpenAPI is printed from it.
 *
 * Pure: only schemas. A route without a permission, or one that opens a patient's record without saying what it writes to the journal,
 * does not compile.
 */
import type { z } from 'zod'
import type { OtherPermission, PatientPermission } from '#rights'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** What goes over the wire that is no JSON, for OpenAPI; the handler sees to it. */
export interface Wire {
  /** of the request; those of every route are known */
  readonly headers?: Readonly<
    Record<string, { readonly description: string; readonly pattern: string; readonly isNeeded?: true }>
  >
  /** media type of the body */
  readonly takes?: string
  /** media types of the answer; absent with no `reply`: no content */
  readonly gives?: readonly string[]
  /** of a good answer */
  readonly givesHeaders?: Readonly<Record<string, string>>
  /** other answers than the usual one: what each status says */
  readonly answers?: Readonly<Record<number, string>>
}

interface EndpointShape {
  readonly method: Method
  /** as Fastify writes it: `/api/patients/:patientId` */
  readonly path: `/${string}`
  /** one sentence, English, for OpenAPI */
  readonly summary: string
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** absent: no content, or a stream that the handler describes itself */
  readonly reply?: z.ZodType
  /** absent: JSON both ways */
  readonly wire?: Wire
  /** 200 when absent; 201 for what creates */
  readonly status?: 200 | 201 | 202 | 204
  /** asked by a machine on a timer: does not count as somebody's being there */
  readonly isBackground?: true
  /** a secret goes in or comes out: nothing of it is kept for an `Idempotency-Key`, which does not apply */
  readonly isSecret?: true
}

/** A route behind a sign-in. One that opens patients' data names the journal entry that each successful call writes. */
export type SignedInEndpoint = EndpointShape &
  (
    | { readonly permission: PatientPermission; readonly journal: JournalAction }
    | { readonly permission: OtherPermission; readonly journal?: JournalAction }
  )

/** A route before any sign-in: health, the first set-up, unsealing, signing in. */
export type OpenEndpoint = EndpointShape & { readonly permission: 'none'; readonly journal?: JournalAction }

export type Endpoint = SignedInEndpoint | OpenEndpoint

/** Gives the endpoint back with its exact type. */
export function endpoint<const E extends Endpoint>(shape: E): E {
  return shape
}

/** Whether a program's token opens it: tokens read through the FHIR door, write nothing and make no other token. */
export function takesToken(endpoint: Pick<SignedInEndpoint, 'method' | 'permission'>): boolean {
  return endpoint.method === 'GET' && endpoint.permission === 'fhir.read'
}

/** Whether `Idempotency-Key` counts: what creates, unless a secret goes in or comes out. */
export function isIdempotent(endpoint: Pick<Endpoint, 'method' | 'permission' | 'isSecret'>): boolean {
  return endpoint.method === 'POST' && endpoint.permission !== 'none' && endpoint.isSecret !== true
}

type OutputOf<T> = T extends z.ZodType ? z.output<T> : undefined
type InputOf<T> = T extends z.ZodType ? z.input<T> : undefined

/** What the handler is given, parsed. */
export interface RequestOf<E extends Endpoint> {
  readonly params: OutputOf<E['params']>
  readonly query: OutputOf<E['query']>
  readonly body: OutputOf<E['body']>
}

/** What the handler answers, and what the client gets. */
export type ReplyOf<E extends Endpoint> = E extends { readonly reply: z.ZodType } ? z.output<E['reply']> : undefined

/** What the client sends. */
export interface CallOf<E extends Endpoint> {
  readonly params: InputOf<E['params']>
  readonly query: InputOf<E['query']>
  readonly body: InputOf<E['body']>
}

/**
 * What is written down: `what.happened`, past tense. The list is closed, so that a page can show each in the reader's language and a test
 * can find those that nobody writes.
 */
export const JOURNAL_ACTIONS = [
  'practice.created',
  'practice.changed',
  'setting.changed',
  'practitioner.created',
  'practitioner.changed',
  'database.unsealed',
  'database.migrated',
  'key-slot.added',
  'key-slot.removed',
  'account.created',
  'account.changed',
  'account.disabled',
  'account.activated',
  'invitation.made',
  'invitation.accepted',
  'password.changed',
  'second-factor.added',
  'second-factor.removed',
  'recovery-codes.made',
  'sign-in.done',
  'sign-in.refused',
  'sign-out.done',
  'session.locked',
  'session.unlocked',
  'session.proven',
  'session.ended',
  'patients.searched',
  'patient.created',
  'record.read',
  'record.changed',
  'record.corrected',
  'record.withdrawn',
  'record.restored',
  'records.imported',
  'import.read',
  'import.changed',
  'import.sending',
  'import.decided',
  'job.started',
  'job.ended',
  'job.cancelled',
  'record.limited',
  'record.unlimited',
  'record.joined',
  'record.separated',
  'duplicate.decided',
  'finding.waived',
  'waiver.withdrawn',
  'glass.broken',
  'document.read',
  'document.added',
  'document.uploading',
  'study.read',
  'study.received',
  'images.imported',
  'study.attached',
  'study.moved',
  'study.set-aside',
  'study.brought-back',
  'tray.read',
  'record.exported',
  'journal.read',
  'journal.verified',
  'journal.exported',
  'journal.emptied',
  'trace.emptied',
  'token.made',
  'token.revoked',
  'notice.seen',
] as const

export type JournalAction = (typeof JOURNAL_ACTIONS)[number]

/** What is told to the journal. */
export interface JournalEvent {
  readonly action: JournalAction
  readonly patientId?: string
  /**
   * several patients at once, as a list shows them; kept as `shown` in the details, and found by each of them. With `patients.searched` alone:
   * whoever reads the journal without patients does not see that action, and it is emptied when its time is over
   */
  readonly shown?: readonly string[]
  /** what it is about beside the patient: `kind:id` */
  readonly subject?: string
  readonly reason?: string
  /** ids, counts, names of fields; never what they hold */
  readonly details?: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>
}
