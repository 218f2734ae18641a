/**
 * Where things lie. The folder of an account is restic's default layout, so that local tools read the same folder:
 *
 *     <folder>/<account>/config
 *     <folder>/<account>/{keys,locks,snapshots,index}/<id>
 *     <folder>/<account>/data/<first two characters>/<id>
 *     <folder>/.couronne/accounts.json             who may come in
 *     <folder>/.couronne/recognised.json           passwords that were right before
 *     <folder>/.couronne/journal/<account>.jsonl   who wrote what and when
 *     <folder>/.couronne/running/<random>.json     the process that serves the folder
 *
 * An upload lies beside its place as `<name>-tmp-serve-<16 hex>`; no restic program lists such names.
 */
import { join } from 'node:path'

/** Kinds of object, as folders and addresses name them. */
export const KINDS = ['data', 'keys', 'locks', 'snapshots', 'index', 'config'] as const
export type Kind = (typeof KINDS)[number]

/** The kinds that are folders: all but `config`. */
export const FOLDER_KINDS = ['data', 'keys', 'locks', 'snapshots', 'index'] as const

const OBJECT_NAME = /^[0-9a-f]{64}$/
const TEMPORARY_NAME = /^(config|[0-9a-f]{64})-tmp-serve-[0-9a-f]{16}$/
/** No dot, slash, upper case or percent sign: one spelling in addresses and on every file system. */
const ACCOUNT_NAME = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$/
/** Windows opens a device instead of a folder of such a name. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])$/

/** Whether `name` can be an account: 1 to 63 of `a-z 0-9 _ -`, letter or digit at both ends, no name of a Windows device. */
export function isAccountName(name: string): boolean {
  return ACCOUNT_NAME.test(name) && !DEVICE_NAME.test(name)
}

/** Whether `name` can be an object: 64 lower-case hex characters. */
export function isObjectName(name: string): boolean {
  return OBJECT_NAME.test(name)
}

/** Folders of an empty repository, parents first, relative to it. */
export function repositoryFolders(): string[] {
  const shards = Array.from({ length: 256 }, (_, i) => join('data', i.toString(16).padStart(2, '0')))
  return [...FOLDER_KINDS, ...shards]
}

/** The folder of an object, relative to the repository. */
export function objectFolder(kind: Kind, name: string): string {
  if (kind === 'config') return ''
  return kind === 'data' ? join('data', name.slice(0, 2)) : kind
}

/** The file name of an object in its folder. */
export function objectFile(kind: Kind, name: string): string {
  return kind === 'config' ? 'config' : name
}

export function temporaryFile(file: string, random: Uint8Array): string {
  return `${file}-tmp-serve-${random.subarray(0, 8).toHex()}`
}

/** The file for which a temporary file was made, `undefined` when the name is not one of ours. */
export function fileOfTemporary(name: string): string | undefined {
  return TEMPORARY_NAME.exec(name)?.[1]
}

export function stateFolder(folder: string): string {
  return join(folder, '.couronne')
}

/** Where the accounts of a data folder are kept unless told otherwise. */
export function accountsFileOf(folder: string): string {
  return join(stateFolder(folder), 'accounts.json')
}

export function recognisedFileOf(folder: string): string {
  return join(stateFolder(folder), 'recognised.json')
}

export function journalFileOf(folder: string, account: string): string {
  return join(stateFolder(folder), 'journal', `${account}.jsonl`)
}
