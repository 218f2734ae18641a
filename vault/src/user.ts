/** Who runs this. A container may run as a number that no list of users knows: that keeps nobody from working. */
import { userInfo } from 'node:os'

export interface User {
  readonly username: string
  /** 0 on Windows, which has none. */
  readonly uid: number
  readonly gid: number
}

export function currentUser(): User {
  try {
    const { username, uid, gid } = userInfo()
    return { username, uid: Math.max(uid, 0), gid: Math.max(gid, 0) }
  } catch {
    return { username: process.env.USER ?? '', uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  }
}
