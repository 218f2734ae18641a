/**
 * Our cookies. `__Host-`: this host only, HTTPS only (browsers take `localhost` for it), the whole path. None says anything by itself.
 *
 * | cookie | what | how long |
 * |---|---|---|
 * | `__Host-couronne` | the session | until the browser closes, or the session ends here |
 * | `__Host-couronne-step` | something begun and not finished: a second factor, a passkey, a round by the provider | minutes |
 * | `__Host-couronne-device` | this browser, known to some accounts | 400 days, the longest that browsers keep |
 *
 * The step's cookie and the device's are `SameSite=Lax`: they must come along when the OpenID provider sends the browser back. Neither opens
 * anything by itself.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'

const NAMES = { session: '__Host-couronne', step: '__Host-couronne-step', device: '__Host-couronne-device' } as const
type CookieKind = keyof typeof NAMES

const SECRET = /^[A-Za-z0-9_-]{43}$/
const DAY_SECONDS = 86_400
const OPTIONS = {
  session: { sameSite: 'strict' },
  step: { sameSite: 'lax', maxAge: 10 * 60 },
  device: { sameSite: 'lax', maxAge: 400 * DAY_SECONDS },
} as const

/** @returns undefined when it is absent or cannot be one of ours */
export function readCookie(request: FastifyRequest, kind: CookieKind): string | undefined {
  const value = request.cookies[NAMES[kind]]
  return value !== undefined && SECRET.test(value) ? value : undefined
}

export function setCookie(reply: FastifyReply, kind: CookieKind, secret: string): void {
  void reply.setCookie(NAMES[kind], secret, { path: '/', secure: true, httpOnly: true, ...OPTIONS[kind] })
}

export function clearCookie(reply: FastifyReply, kind: CookieKind): void {
  void reply.clearCookie(NAMES[kind], { path: '/', secure: true, httpOnly: true, sameSite: OPTIONS[kind].sameSite })
}
