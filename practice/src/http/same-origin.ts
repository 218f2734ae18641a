/**
 * Requests that change something must come from our own pages (or from a program with a token, which no browser sends by itself), and every
 * request must be for us by name: against cross-site request forgery and DNS rebinding.
 *
 * Browsers say where a request comes from in `Sec-Fetch-Site` (W3C Fetch Metadata), or, older ones, in `Origin`. The cookie is
 * `SameSite=Strict` besides.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { PracticeError } from '#errors'

/** The request was made by another site's page, or under a name that is not this server's. */
export class OtherOriginError extends PracticeError {
  readonly code = 'other-origin'
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * @param hosts names that are ours, lower case, without port
 * @throws {OtherOriginError}
 */
export function refuseOtherOrigins(method: string, headers: IncomingHttpHeaders, hosts: ReadonlySet<string>): void {
  const host = headers.host ?? headers[':authority']?.toString() ?? ''
  if (!hosts.has(nameOf(host)))
    throw new OtherOriginError(`this server does not answer under this name; it is reached as ${[...hosts].join(', ')}`)
  if (SAFE_METHODS.has(method)) return
  const site = headers['sec-fetch-site']
  if (site === 'same-origin' || site === 'none') return
  if (site === undefined && isOurs(headers.origin, host)) return
  throw new OtherOriginError('the request comes from the page of another site')
}

/** No `Origin`: no browser, or one that sends none for its own page. A form of another site always has one. */
function isOurs(origin: string | undefined, host: string): boolean {
  if (origin === undefined) return true
  try {
    return new URL(origin).host === host.toLowerCase()
  } catch {
    return false
  }
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '')
}
