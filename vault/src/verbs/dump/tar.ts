/**
 * A tar archive as a stream: ustar headers, with pax records (POSIX.1-2001) before what they cannot say: long or non-ASCII names, large
 * numbers, extended attributes.
 *
 *     [pax header (512) · records · padding] · header (512) · content · padding to 512 · … · 1024 zero bytes
 */
import { parseTimeNs, type TreeNode, unixPermissions } from '#format'
import { printAcl } from './acl.ts'

const BLOCK = 512
const NAME_BYTES = 100
const PREFIX_BYTES = 155
const TYPES: Readonly<Partial<Record<TreeNode['type'], string>>> = { file: '0', dir: '5', symlink: '2' }

/** The two blocks of zeros at an archive's end. */
export const TAR_END = new Uint8Array(2 * BLOCK)

/** Whether an archive can hold such an entry; devices, fifos and sockets are left out, as by restic. */
export function isArchived({ type }: TreeNode): boolean {
  return TYPES[type] !== undefined
}

/** Zeros after content of so many bytes. */
export function tarPadding(sizeBytes: number): Uint8Array {
  return new Uint8Array((BLOCK - (sizeBytes % BLOCK)) % BLOCK)
}

/**
 * What stands before an entry's content.
 * @param path relative, raw bytes, without a slash at the end
 */
export function tarHeader(path: Uint8Array, node: TreeNode): Uint8Array {
  const name = node.type === 'dir' ? Buffer.concat([path, Buffer.from('/')]) : Buffer.from(path)
  const fields = fieldsOf(name, node)
  const records = recordsOf(fields, node)
  if (records.length === 0) return headerBlock(fields)
  const body = Buffer.concat(records)
  const paxName = Buffer.from(
    `PaxHeaders.0/${path
      .subarray(path.lastIndexOf(0x2f) + 1)
      .toHex()
      .slice(0, 64)}`,
  )
  const pax = headerBlock({ ...EMPTY_FIELDS, name: paxName, size: body.length, type: 'x' })
  return Buffer.concat([pax, body, tarPadding(body.length), headerBlock(fields)])
}

interface Fields {
  readonly name: Buffer
  readonly prefix: Buffer
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtimeSeconds: number
  readonly type: string
  readonly link: Buffer
  readonly user: Buffer
  readonly group: Buffer
}

const NONE = Buffer.alloc(0)
const EMPTY_FIELDS: Fields = {
  name: NONE,
  prefix: NONE,
  mode: 0,
  uid: 0,
  gid: 0,
  size: 0,
  mtimeSeconds: 0,
  type: '0',
  link: NONE,
  user: NONE,
  group: NONE,
}

function fieldsOf(name: Buffer, node: TreeNode): Fields {
  const [prefix, rest] = splitName(name)
  return {
    name: rest,
    prefix,
    mode: unixPermissions(node.mode),
    uid: node.uid,
    gid: node.gid,
    size: node.type === 'file' ? node.size : 0,
    mtimeSeconds: seconds(node.mtime),
    type: TYPES[node.type]!,
    link: Buffer.from(node.linktarget ?? NONE),
    user: Buffer.from(node.user),
    group: Buffer.from(node.group),
  }
}

/** Rounded, as restic's archives have it. */
function seconds(time: string): number {
  const ns = parseTimeNs(time) + 500_000_000n
  const second = 1_000_000_000n
  return Number((ns - (((ns % second) + second) % second)) / second)
}

/** A long name is cut at a slash: up to 155 bytes before it, up to 100 after it. */
function splitName(name: Buffer): [prefix: Buffer, rest: Buffer] {
  if (name.length <= NAME_BYTES) return [NONE, name]
  const end = name.at(-1) === 0x2f ? name.length - 2 : name.length - 1
  const slash = name.lastIndexOf(0x2f, Math.min(end, PREFIX_BYTES))
  const [prefix, rest] = [name.subarray(0, Math.max(slash, 0)), name.subarray(slash + 1)]
  return slash > 0 && rest.length > 0 && rest.length <= NAME_BYTES ? [prefix, rest] : [NONE, name]
}

/** `length key=value\n`, the length counting itself. */
function record(key: string, value: string | Uint8Array): Buffer {
  const tail = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')])
  let length = tail.length
  while (`${length}`.length + tail.length !== length) length = `${length}`.length + tail.length
  return Buffer.concat([Buffer.from(`${length}`), tail])
}

function recordsOf({ name, prefix, size, uid, gid, link, mtimeSeconds, user, group }: Fields, node: TreeNode): Buffer[] {
  const whole = prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name])
  const records: [string, string | Uint8Array][] = []
  if (uid > OCTAL_7_MAX) records.push(['uid', `${uid}`])
  if (gid > OCTAL_7_MAX) records.push(['gid', `${gid}`])
  if (user.length > 32 || !isAscii(user)) records.push(['uname', user])
  if (group.length > 32 || !isAscii(group)) records.push(['gname', group])
  if (link.length > NAME_BYTES || !isAscii(link)) records.push(['linkpath', link])
  if (mtimeSeconds < 0 || mtimeSeconds > OCTAL_11_MAX) records.push(['mtime', `${mtimeSeconds}`])
  if (name.length > NAME_BYTES || !isAscii(whole)) records.push(['path', whole])
  if (size > OCTAL_11_MAX) records.push(['size', `${size}`])
  for (const { name: key, value } of node.xattrs) {
    const acl = printAcl(key, value)
    // A record's key ends at the first '='.
    if (acl !== undefined) records.push([acl.key, acl.text])
    else if (value !== null && !key.includes('=') && key !== '') records.push([`SCHILY.xattr.${key}`, value])
  }
  return records.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => record(key, value))
}

const OCTAL_7_MAX = 0o7777777
const OCTAL_11_MAX = 0o77777777777

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80)
}

function headerBlock(fields: Fields): Uint8Array {
  const block = Buffer.alloc(BLOCK)
  const text = (bytes: Uint8Array, at: number, length: number) => block.set(bytes.subarray(0, length), at)
  const octal = (value: number, at: number, digits: number) => {
    const fits = value >= 0 && value < 8 ** digits
    block.write((fits ? value : 0).toString(8).padStart(digits, '0'), at, 'latin1')
  }
  text(fields.name, 0, NAME_BYTES)
  octal(fields.mode, 100, 7)
  octal(fields.uid, 108, 7)
  octal(fields.gid, 116, 7)
  octal(fields.size, 124, 11)
  octal(fields.mtimeSeconds, 136, 11)
  block.fill(0x20, 148, 156)
  block.write(fields.type, 156, 'latin1')
  text(fields.link, 157, NAME_BYTES)
  block.write('ustar\x0000', 257, 'latin1')
  text(fields.user, 265, 32)
  text(fields.group, 297, 32)
  octal(0, 329, 7)
  octal(0, 337, 7)
  text(fields.prefix, 345, PREFIX_BYTES)
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  )
  block.write('\0 ', 154, 'latin1')
  return block
}
