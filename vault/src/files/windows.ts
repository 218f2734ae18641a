/** What Windows says instead of owners and permissions (docs/format-notes §10.5). Pure, so that it can be tried anywhere. */
import type { BigIntStats } from 'node:fs'

/** Go's FileMode for a Windows entry: 0666 or, read-only, 0444; folders have the execute bits too. */
export function windowsMode(statMode: number, type: string): number {
  const permissions = (statMode & 0o200) === 0 ? 0o444 : 0o666
  if (type === 'dir') return 2 ** 31 + (permissions | 0o111)
  return type === 'symlink' ? 2 ** 27 + permissions : permissions
}

/** 100 ns steps between 1601 and 1970. */
const FILETIME_EPOCH = 116_444_736_000_000_000n

/**
 * The raw JSON of `generic_attributes`: the time of creation. Node does not tell the attribute bits, and security descriptors are
 * not read. `undefined` for names with a colon (alternate streams) and roots of volumes, as restic.
 */
export function windowsAttributes(stat: Pick<BigIntStats, 'birthtimeNs'>, path: Uint8Array): string | undefined {
  const text = Buffer.from(path).toString()
  const name = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1)
  if (name === '' || name.includes(':')) return undefined
  const fileTime = BigInt.asUintN(64, stat.birthtimeNs / 100n + FILETIME_EPOCH)
  const low = fileTime & 0xffffffffn
  return `{"windows.creation_time":{"LowDateTime":${low},"HighDateTime":${fileTime >> 32n}}}`
}
