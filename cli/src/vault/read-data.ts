/** `--read-data-subset` as restic takes it: `1/10`, `5%`, `2G`. */
import type { ReadData } from '@couronne/vault'
import { WrongUse } from '../wrong-use.ts'
import { sizeOf } from './options.ts'

const FLAG = '--read-data-subset'

/** @throws {WrongUse} when the text is none of the three */
export function parseReadData(text: string): ReadData {
  const part = /^(\d+)\/(\d+)$/.exec(text)
  if (part !== null && Number(part[1]) >= 1 && Number(part[1]) <= Number(part[2]))
    return { part: Number(part[1]), of: Number(part[2]) }
  const percent = Number(/^(\d+(?:\.\d+)?)%$/.exec(text)?.[1] ?? 0)
  if (percent > 0 && percent <= 100) return { percent }
  if (/^\d+[kmgt]?b?$/i.test(text)) return { bytes: sizeOf(FLAG, text) }
  throw new WrongUse({ fr: `${FLAG} ${text} : attendu 1/10, 5% ou 2G`, en: `${FLAG} ${text}: expected 1/10, 5% or 2G` })
}
