/** For tests: a folder with everything that a file system can hold and a backup can get wrong. Needs root, as our test runs have. */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { makeFifo, setTimes } from './syscalls.ts'
import { setXattr } from './xattrs.ts'

const NAMES = [
  'été \u00a0«x».txt',
  'e\u0301te\u0301.txt',
  'tab\tnewline\n',
  'quote"back\\slash',
  '<&>',
  ' leading',
  'trailing ',
  '-dash',
  '~',
  '…',
  '\u{e0001}',
  '\ue000',
  '\u{1f600}',
  '\ufffd',
  '\ufeff',
  '\u2028',
  '\u00ad',
  'a'.repeat(255),
  '日本語',
  '\x01\x7f',
  "it's",
  '%s$HOME',
  '*?[x]',
]
const BYTE_NAMES = ['lat\xe9n', '\xff\xfe', '\xed\xa0\x80', '\xc3', 'cut\xf0\x9f\x98']

export interface TrickyOptions {
  /** Also what restic 0.14 wrote otherwise: attributes of links, link targets that are no UTF-8. */
  readonly isModern: boolean
}

export function makeTrickyFolder(folder: string, options: TrickyOptions): void {
  mkdirSync(join(folder, 'names'), { recursive: true })
  const names = [...NAMES.map((name) => Buffer.from(name)), ...BYTE_NAMES.map((name) => Buffer.from(name, 'latin1'))]
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${folder}/names/`), name]), name)
  makeModes(join(folder, 'modes'))
  makeLinks(join(folder, 'links'), options)
  makeSpecials(join(folder, 'special'))
  makeXattrs(join(folder, 'xattrs'), options)
  makeTimes(join(folder, 'times'))
  makeOwners(join(folder, 'owners'))
  mkdirSync(join(folder, 'empty'))
}

/** Sets an attribute to `v` as another program does. @param name bytes that are no UTF-8 written as `\\377` */
export function setRawXattr(path: Uint8Array, name: string): void {
  execFileSync('bash', ['-c', 'setfattr -n "$(printf "$1")" -v v "$2"', '-', name, Buffer.from(path).toString()])
}

function makeModes(folder: string): void {
  mkdirSync(folder)
  for (const mode of [0, 0o400, 0o644, 0o777, 0o4755, 0o2755, 0o1777, 0o7777, 0o6000]) {
    writeFileSync(join(folder, `file-${mode.toString(8)}`), '')
    chmodSync(join(folder, `file-${mode.toString(8)}`), mode)
    mkdirSync(join(folder, `folder-${mode.toString(8)}`))
    chmodSync(join(folder, `folder-${mode.toString(8)}`), mode)
  }
}

function makeLinks(folder: string, { isModern }: TrickyOptions): void {
  mkdirSync(folder)
  writeFileSync(join(folder, 'one'), 'linked')
  linkSync(join(folder, 'one'), join(folder, 'two'))
  symlinkSync('one', join(folder, 'good'))
  symlinkSync('../../nowhere/é <x>', join(folder, 'dangling'))
  symlinkSync('/', join(folder, 'root'))
  symlinkSync('.', join(folder, 'self'))
  linkSync(join(folder, 'good'), join(folder, 'good-too'))
  if (isModern) symlinkSync(Buffer.from('lat\xe9n', 'latin1'), join(folder, 'bytes'))
}

function makeSpecials(folder: string): void {
  mkdirSync(folder)
  makeFifo(Buffer.from(join(folder, 'fifo')), 0o640)
  execFileSync('mknod', [join(folder, 'block'), 'b', '259', '300000'])
  execFileSync('mknod', [join(folder, 'character'), 'c', '1', '3'])
}

function makeXattrs(folder: string, { isModern }: TrickyOptions): void {
  mkdirSync(folder)
  const set = (name: string, attribute: string, value: string | Uint8Array): void => {
    const path = Buffer.from(join(folder, name))
    setXattr(path, attribute, Buffer.from(value))
  }
  writeFileSync(join(folder, 'file'), 'x')
  // Listed by the system in another order than this.
  set('file', 'user.zebra', 'z')
  set('file', 'user.alpha', '')
  set('file', 'user.été "<&>', Buffer.from([0, 255, 10]))
  set('file', 'trusted.t', 'x'.repeat(2000))
  set('', 'user.folder', 'f')
  makeFifo(Buffer.from(join(folder, 'fifo')), 0o600)
  set('fifo', 'trusted.fifo', 'p')
  if (!isModern) return
  symlinkSync('file', join(folder, 'link'))
  set('link', 'trusted.link', 'l')
}

/** Nanoseconds, zeros to drop, before 1970, summer and winter, far future. */
const TIMES_NS = [
  0n,
  1n,
  1_709_283_600_500_000_000n,
  1_720_000_000_123_456_789n,
  -1n,
  -86_400_000_000_001n,
  4_102_444_800_000_000_010n,
  930_830_399_999_999_999n,
]

function makeTimes(folder: string): void {
  mkdirSync(folder)
  for (const ns of TIMES_NS) {
    writeFileSync(join(folder, `at ${ns}`), '')
    setTimes(Buffer.from(join(folder, `at ${ns}`)), ns, ns, 'keep')
  }
  utimesSync(folder, 1_000_000_000, 1_000_000_000)
}

function makeOwners(folder: string): void {
  mkdirSync(folder)
  for (const [uid, gid] of [
    [1, 2],
    [65534, 65534],
    [12345, 54321],
    [4_000_000_000, 3_000_000_000],
  ] as const) {
    writeFileSync(join(folder, `${uid}-${gid}`), '')
    chownSync(join(folder, `${uid}-${gid}`), uid, gid)
  }
}

/** Puts a listening socket into a folder; it is there until the server is closed. */
export async function makeSocket(path: string): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return server
}
