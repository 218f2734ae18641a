/** Access control lists of Linux, from the form in which the kernel keeps them to the text that tar programs read (acl(5)). */

const RECORDS: Readonly<Record<string, string>> = {
  'system.posix_acl_access': 'SCHILY.acl.access',
  'system.posix_acl_default': 'SCHILY.acl.default',
}

const VERSION = 2
const TAGS = new Map([
  [0x01, 'user:'],
  [0x02, 'user:%'],
  [0x04, 'group:'],
  [0x08, 'group:%'],
  [0x10, 'mask:'],
  [0x20, 'other:'],
])

/** The pax record of an extended attribute that is a list; numbers instead of names, since these are of another machine. */
export function printAcl(attribute: string, value: Uint8Array | null): { key: string; text: string } | undefined {
  const key = RECORDS[attribute]
  if (key === undefined || value === null || value.length < 4 || (value.length - 4) % 8 !== 0) return undefined
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  if (view.getUint32(0, true) !== VERSION) return undefined
  let text = ''
  for (let at = 4; at < value.length; at += 8) {
    const tag = TAGS.get(view.getUint16(at, true))
    if (tag === undefined) return undefined
    const permissions = view.getUint16(at + 2, true)
    const letters = [...'rwx'].map((letter, i) => ((permissions & (4 >> i)) === 0 ? '-' : letter)).join('')
    text += `${tag.replace('%', String(view.getUint32(at + 4, true)))}:${letters}\n`
  }
  return { key, text }
}
