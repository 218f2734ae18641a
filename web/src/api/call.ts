/** Calls the server by the endpoints of its contract: what is sent and what comes back are of their types, and checked. */
import type { CallOf, Endpoint, ReplyOf } from '@couronne/practice/contract'
import { Problem, readProblem } from './problem.ts'
import { setStanding, tellLoss, untilProven, untilUnlocked } from './standing.ts'

/** The parts that the endpoint takes. */
export type InputOf<E extends Endpoint> = {
  readonly [Part in keyof CallOf<E> as undefined extends CallOf<E>[Part] ? never : Part]: CallOf<E>[Part]
}

export interface CallOptions {
  /** the same for each try of one wish, so that it is carried out once; made anew for each call when absent */
  readonly key?: string
  readonly signal?: AbortSignal
}

/**
 * Waits while the screen is locked or a proof is due, and goes on when that is over.
 *
 * @throws {Problem} whatever the server says instead; `offline` when it says nothing
 */
export async function call<const E extends Endpoint>(
  endpoint: E,
  input: InputOf<E>,
  options: CallOptions = {},
): Promise<ReplyOf<E>> {
  return readReply(endpoint, await callForResponse(endpoint, input, options))
}

/** The same, of an endpoint that answers with bytes. @throws {Problem} */
export async function callForResponse<const E extends Endpoint>(
  endpoint: E,
  input: InputOf<E>,
  { key = crypto.randomUUID(), signal }: CallOptions = {},
): Promise<Response> {
  const request = requestOf(endpoint, input as Partial<CallOf<E>>, key)
  for (;;) {
    const response = await send(request, signal)
    if (response.ok) return response
    const problem = await readProblem(response)
    if (problem.code === 'session-locked') await untilUnlocked(signal)
    else if (problem.code === 'proof-needed') await untilProven(problem, signal)
    else throw told(problem)
  }
}

/** The address of an endpoint that the browser itself fetches: a download, a picture. */
export function addressOf<const E extends Endpoint>(endpoint: E, input: InputOf<E>): string {
  return requestOf(endpoint, input as Partial<CallOf<E>>, '').url
}

interface Sendable {
  readonly url: string
  readonly init: RequestInit
}

function requestOf<E extends Endpoint>(endpoint: E, { params, query, body }: Partial<CallOf<E>>, key: string): Sendable {
  const path = endpoint.path.replaceAll(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown> | undefined)?.[name])),
  )
  const search = new URLSearchParams(
    Object.entries(query ?? {})
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [name, String(value)]),
  )
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (endpoint.method === 'POST') headers['idempotency-key'] = key
  return {
    url: search.size > 0 ? `${path}?${search}` : path,
    init: {
      method: endpoint.method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
  }
}

async function send({ url, init }: Sendable, signal: AbortSignal | undefined): Promise<Response> {
  try {
    const response = await fetch(url, { ...init, ...(signal === undefined ? {} : { signal }) })
    setStanding({ isOffline: false })
    return response
  } catch (error) {
    if (signal?.aborted) throw error
    setStanding({ isOffline: true })
    throw Problem.offline()
  }
}

async function readReply<E extends Endpoint>(endpoint: E, response: Response): Promise<ReplyOf<E>> {
  if (endpoint.reply === undefined) return undefined as ReplyOf<E>
  const reply = endpoint.reply.safeParse(await response.json().catch(() => undefined))
  if (!reply.success) throw Problem.unexpected(response.status)
  return reply.data as ReplyOf<E>
}

function told(problem: Problem): Problem {
  if (problem.code === 'not-signed-in') tellLoss('signed-out')
  if (problem.code === 'sealed') tellLoss('sealed')
  return problem
}
