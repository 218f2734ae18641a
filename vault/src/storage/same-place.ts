/** Two addresses of one place: a symbolic link, a second mount, another way to write it. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { VaultError } from '#errors'
import { type Address, parseAddress, printAddress } from './address.ts'

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
  const about = await stat(path, { bigint: true }).catch(() => undefined)
  return about && `${about.dev}:${about.ino}`
}
