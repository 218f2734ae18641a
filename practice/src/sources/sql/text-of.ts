/** Values of databases as text, without loss. Pure. */
import { isUtf8 } from 'node:buffer'
import { decodeText, type Encoding } from '@couronne/formats'

/**
 * Bytes whose character set the database does not know, or knows wrongly: programs wrote UTF-8 into columns of latin1 and the other way round, and
 * both in one column. Letters with accents of an old encoding are never well-formed UTF-8.
 */
export function textOfBytes(bytes: Uint8Array, otherwise: Encoding = 'windows-1252'): string {
  return isUtf8(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    : decodeText(bytes, otherwise)
}

/**
 * `2026-03-12`, `2026-03-12T10:15:00`, `2026-03-12T10:15:00.250`: what a wall clock showed, which knows no time zone.
 *
 * @param date whose parts in UTC are those of the clock
 */
export function textOfDateTime(date: Date): string {
  const time = textOfTime(date)
  return time === '00:00:00' ? textOfDay(date) : `${textOfDay(date)}T${time}`
}

export function textOfDay(date: Date): string {
  return `${String(date.getUTCFullYear()).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`
}

export function textOfTime(date: Date): string {
  const milliseconds = date.getUTCMilliseconds()
  const fraction = milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0')}`
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}${fraction}`
}

/** From drivers that give a clock's parts as local ones. */
export function ofLocalParts(date: Date): Date {
  const utc = new Date(0)
  utc.setUTCFullYear(date.getFullYear(), date.getMonth(), date.getDate())
  utc.setUTCHours(date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds())
  return utc
}

/** The shortest that is the same number of 32 bits: 12.1, and not 12.100000381469727. */
export function textOfFloat32(value: number): string {
  for (let digits = 6; digits < 9; digits++)
    if (Math.fround(Number(value.toPrecision(digits))) === value) return String(Number(value.toPrecision(digits)))
  return String(value)
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
