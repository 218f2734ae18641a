/** What is this machine and nobody else: one list for whoever listens, is asked, or asks. */
import { isIPv4 } from 'node:net'

/** @param host a name or an address, as one listens on it, as a socket tells it (`::ffff:127.0.0.1`), or as a URL has it (`[::1]`) */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true
  const address = host.replace(/^::ffff:/i, '')
  return isIPv4(address) && address.startsWith('127.')
}
