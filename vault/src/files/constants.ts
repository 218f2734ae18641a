/** Numbers of the operating system: open flags that Node names only on some systems, S_IF… types, errno names. */
import { constants as fs } from 'node:fs'
import os from 'node:os'

const darwin = process.platform === 'darwin'
const linux = process.platform === 'linux'

/** Open flags, 0 where the system has no such flag. */
export const constants = {
  O_RDONLY: fs.O_RDONLY,
  O_WRONLY: fs.O_WRONLY,
  O_RDWR: fs.O_RDWR,
  O_CREAT: fs.O_CREAT,
  O_EXCL: fs.O_EXCL,
  O_DIRECTORY: fs.O_DIRECTORY ?? 0,
  O_NOFOLLOW: fs.O_NOFOLLOW ?? 0,
  O_NONBLOCK: fs.O_NONBLOCK ?? 0,
  O_NOATIME: fs.O_NOATIME ?? 0,
  O_CLOEXEC: darwin ? 0x1000000 : linux ? 0o2000000 : 0,
  /** A descriptor of the entry itself, whatever it is, without opening it: enough for fstat. */
  O_ENTRY: darwin ? 0x200000 /* O_SYMLINK */ | (fs.O_NONBLOCK ?? 0) : linux ? 0o10000000 /* O_PATH */ | fs.O_NOFOLLOW : 0,
} as const

/** File types in st_mode. */
export const S_IF = {
  mask: 0o170000,
  socket: 0o140000,
  symlink: 0o120000,
  file: 0o100000,
  block: 0o060000,
  folder: 0o040000,
  character: 0o020000,
  fifo: 0o010000,
} as const

/** errno → name, as Node's `error.code` says it. */
export const errnoNames: ReadonlyMap<number, string> = new Map<number, string>([
  // Node has no name for macOS's "no such attribute".
  ...(darwin ? ([[93, 'ENOATTR']] as const) : []),
  // Where two names share a number (EAGAIN, ENOTSUP), the one that Node itself prints wins: it comes first.
  ...Object.entries(os.constants.errno)
    .reverse()
    .map(([name, number]) => [number, name] as const),
])
