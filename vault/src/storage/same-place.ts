/** Two addresses of one place: a symbolic link, a second mount, another way to write it. */
import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { VaultError } from '#errors'
import { type Address, parseAddress, printAddress } from './address.ts'

/** A share that is gone may let its callers wait for ever: nobody can tell, then. So long each folder that is asked may take. */
const PATIENCE_MS = 10_000

/**
 * What folders and files are, by path, while the system has not answered. Each question keeps one of the few threads that all reading and
 * writing goes through until it is answered: a path that does not answer is not asked twice.
 */
const unanswered = new Map<string, Promise<string | undefined>>()

/** Whether two addresses are one as they are written; asks nobody. */
export function isSameAddress(one: string, other: string): boolean {
  const [path, otherPath] = [writtenOf(one), writtenOf(other)]
  return path !== undefined && path === otherPath
}

/**
 * The first of these addresses that leads to the same place; undefined when none does, or nobody can tell. A folder of this machine is
 * known by what it is, whatever path leads there, and by its path while it is not there yet; a server by its address. Never throws; each
 * folder that does not answer makes it wait ten seconds.
 */
export async function findSamePlace(location: string, others: readonly string[]): Promise<string | undefined> {
  const same = others.find((other) => isSameAddress(location, other))
  const folders = others.filter((other) => folderOf(other) !== undefined)
  if (same !== undefined || folders.length === 0) return same
  const place = await placeOf(location)
  if (place === undefined) return undefined
  for (const folder of folders) if ((await placeOf(folder)) === place) return folder
  return undefined
}

function writtenOf(location: string): string | undefined {
  const address = parse(location)
  return address && (folderOf(location) ?? printAddress(address))
}

/** The path of a folder of this machine. */
function folderOf(location: string): string | undefined {
  const address = parse(location)
  return address?.kind === 'local' ? resolve(address.path) : undefined
}

/**
 * What the system knows a folder by; undefined for other destinations, and where it cannot tell. The number of its configuration is asked
 * for, too: file systems that make numbers up may give one to two folders, but hardly to two pairs.
 */
async function placeOf(location: string): Promise<string | undefined> {
  const path = folderOf(location)
  if (path === undefined) return undefined
  const folder = await identityOf(path)
  return folder && `${folder} ${await identityOf(join(path, 'config'))}`
}

function parse(location: string): Address | undefined {
  try {
    return parseAddress(location)
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}

function identityOf(path: string): Promise<string | undefined> {
  const asked = unanswered.get(path)
  if (asked !== undefined) return asked
  const answer = askSystem(path).finally(() => unanswered.delete(path))
  const soon = orUndefined(answer)
  unanswered.set(path, soon)
  return soon
}

async function askSystem(path: string): Promise<string | undefined> {
  const about = await stat(path, { bigint: true }).catch(() => undefined)
  // Some file systems of Windows number nothing: all that they hold would be one.
  return about === undefined || about.ino === 0n ? undefined : `${about.dev}:${about.ino}`
}

async function orUndefined(answer: Promise<string | undefined>): Promise<string | undefined> {
  const given = new AbortController()
  const patience = setTimeout(PATIENCE_MS, undefined, { signal: given.signal }).catch(() => undefined)
  const identity = await Promise.race([answer, patience])
  given.abort()
  return identity
}
