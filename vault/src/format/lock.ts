/** Locks: unpacked files that say who works on the repository. They are advisory; docs/format-notes.md#locks has the rules. */

import { FormatError } from '#errors'
import { encodeText, parseJsonObject, readCount, readString } from './text.ts'
import { parseTimeNs } from './time.ts'

export interface LockFile {
  /** When it was written or last refreshed. */
  readonly time: string
  readonly exclusive: boolean
  readonly hostname: string
  readonly username: string
  readonly pid: number
  readonly uid: number
  readonly gid: number
  /** What for, where only one at a time may do it; a member of ours that restic passes over. */
  readonly purpose?: string | undefined
}

/** @throws {FormatError} when it is no lock, or its time is none */
export function decodeLock(json: Uint8Array): LockFile {
  const object = parseJsonObject(json, 'lock')
  const time = readString(object, 'time', 'lock')
  parseTimeNs(time)
  const exclusive = object.exclusive ?? false
  if (typeof exclusive !== 'boolean') throw new FormatError('lock: "exclusive" is neither true nor false')
  const purpose = readString(object, 'purpose', 'lock')
  return {
    ...(purpose !== '' && { purpose }),
    time,
    exclusive,
    hostname: readString(object, 'hostname', 'lock'),
    username: readString(object, 'username', 'lock'),
    pid: readCount(object, 'pid', 'lock'),
    uid: readCount(object, 'uid', 'lock'),
    gid: readCount(object, 'gid', 'lock'),
  }
}

/** JSON in restic's order, then what is ours; uid and gid only when not 0. */
export function encodeLock(lock: LockFile): Uint8Array {
  const { time, exclusive, hostname, username, pid, uid, gid, purpose } = lock
  const ids = { uid: uid || undefined, gid: gid || undefined }
  return encodeText(JSON.stringify({ time, exclusive, hostname, username, pid, ...ids, purpose }))
}
