/**
 * Names of users and groups. /etc/passwd and /etc/group are read once; what they do not list is asked of the system's name services
 * (LDAP, Open Directory…). Each number and each name is asked for once a thread.
 */
import { readFileSync } from 'node:fs'
import { lookUpGroup, lookUpUser } from './syscalls.ts'

type Kind = 'user' | 'group'

interface Accounts {
  readonly names: Map<number, string>
  readonly ids: Map<string, number>
}

const FILES = { user: '/etc/passwd', group: '/etc/group' } as const
const known: { user?: Accounts; group?: Accounts } = {}

/** The account's name, '' when the system knows none. */
export function userName(uid: number): string {
  return nameOf('user', uid)
}

/** The group's name, '' when the system knows none. */
export function groupName(gid: number): string {
  return nameOf('group', gid)
}

/** The number of the account that bears this name here, `undefined` when there is none (only the files are searched). */
export function userId(name: string): number | undefined {
  return accounts('user').ids.get(name)
}

/** The number of the group that bears this name here, `undefined` when there is none (only the files are searched). */
export function groupId(name: string): number | undefined {
  return accounts('group').ids.get(name)
}

function nameOf(kind: Kind, id: number): string {
  const { names } = accounts(kind)
  const found = names.get(id)
  if (found !== undefined) return found
  const asked = (kind === 'user' ? lookUpUser(id) : lookUpGroup(id)) ?? ''
  names.set(id, asked)
  return asked
}

function accounts(kind: Kind): Accounts {
  let table = known[kind]
  if (table === undefined) {
    table = parseAccounts(readIfThere(FILES[kind]))
    known[kind] = table
  }
  return table
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Both directions of a passwd or group file: `name:password:number:…`. Of several lines for one number the first counts. */
export function parseAccounts(text: string): Accounts {
  const names = new Map<number, string>()
  const ids = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [name, , number] = line.split(':')
    // Lines that start with + or - include another directory (NIS).
    if (name === undefined || number === undefined || !/^[^+#-]/.test(name) || !/^\d+$/.test(number)) continue
    const id = Number(number)
    if (!names.has(id)) names.set(id, name)
    if (!ids.has(name)) ids.set(name, id)
  }
  return { names, ids }
}
