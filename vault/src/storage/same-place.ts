/** Two addresses of one place: a symbolic link, a second mount, another way to write it. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { VaultError } from '#errors'
import { type Address, parseAddress, printAddress } from './address.ts'

/** A share that is gone may let its callers wait for ever: nobody can tell, then. */
const PATIENCE_MS = 10_000

/**
 * The first of these addresses that leads to the same place; undefined when none does, or nobody can tell. A folder of this machine is
 * known by what it is, whatever path leads there, and by its path while it is not there yet; a server by its address.
 */
export async function findSamePlace(location: string, others: readonly string[]): Promise<string | undefined> {
  const place = await placeOf(location)
  if (place === undefined) return undefined
  for (const other of others) if ((await placeOf(other)) === place) return other
  return undefined
}

async function placeOf(location: string): Promise<string | undefined> {
  const address = parse(location)
  if (address?.kind !== 'local') return address && printAddress(address)
  const path = resolve(address.path)
  const folder = await identityOf(path)
  return folder === undefined ? path : `${folder} ${await identityOf(join(path, 'config'))}`
}

function parse(location: string): Address | undefined {
  try {
    return parseAddress(location)
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}

async function identityOf(path: string): Promise<string | undefined> {
  const given = new AbortController()
  const patience = setTimeout(PATIENCE_MS, undefined, { signal: given.signal }).catch(() => undefined)
  const about = await Promise.race([stat(path, { bigint: true }).catch(() => undefined), patience])
  given.abort()
  return about && `${about.dev}:${about.ino}`
}
