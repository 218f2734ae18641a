/** The browser that asks, as the room sees it: address, cookies, and under which name it reached us. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { clearCookie, readCookie, setCookie } from './cookies.ts'
import { hashSecret } from './secrets.ts'
import type { SignInResult, Visitor } from './sign-in.ts'

export function visitorOf(request: FastifyRequest): Visitor {
  const sessionSecret = readCookie(request, 'session')
  return {
    address: request.ip,
    userAgent: request.headers['user-agent'] ?? '',
    site: { name: hostOf(request).replace(/:\d+$/, ''), origin: originOf(request) },
    sessionHash: sessionSecret === undefined ? undefined : hashSecret(sessionSecret),
    deviceSecret: readCookie(request, 'device'),
    stepSecret: readCookie(request, 'step'),
  }
}

/** Sets the cookies of what a sign-in came to. @returns what the page is told */
export function answerSignIn(reply: FastifyReply, result: SignInResult) {
  if (result.kind === 'signed-in') {
    setCookie(reply, 'session', result.session)
    setCookie(reply, 'device', result.device)
    clearCookie(reply, 'step')
    return { kind: 'signed-in' } as const
  }
  const { step, ...told } = result
  setCookie(reply, 'step', step)
  return { ...told, factors: [...told.factors], passkeyOptions: asJson(told.passkeyOptions) }
}

/** What a library made for the browser, for a schema that lets it through as it is. */
export function asJson<T extends object | undefined>(
  value: T,
): T extends undefined ? undefined : { challenge: string; [name: string]: unknown } {
  return value as never
}

/** As the browser says it, when that is us: behind a proxy that speaks HTTPS, we see plain HTTP. The host's name was checked before. */
function originOf(request: FastifyRequest): string {
  const { origin } = request.headers
  if (origin !== undefined && URL.canParse(origin) && new URL(origin).host === hostOf(request)) return origin
  return `${request.protocol}://${hostOf(request)}`
}

/** With its port, as it was checked. */
function hostOf(request: FastifyRequest): string {
  return (request.headers.host ?? '').toLowerCase()
}
