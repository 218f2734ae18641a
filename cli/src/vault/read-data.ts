/** `--read-data-subset` as restic takes it: `1/10`, `5%`, `2G`. */
import type { ReadData } from '@couronne/vault'
import { WrongUse } from '../wrong-use.ts'
import { sizeOf } from './options.ts'

const FLAG = '--read-data-subset'

/** @throws {WrongUse} when the text is none of the three */
export function parseReadData(text: string): ReadData {
  const part = /^(\d+)\/(\d+)$/.exec(text)
  if (part !== null) return { part: Number(part[1]), of: Number(part[2]) }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (percent !== null) return { percent: Number(percent[1]) }
  if (/^\d+[kmgt]?b?$/i.test(text)) return { bytes: sizeOf(FLAG, text) }
  throw new WrongUse({ fr: `${FLAG} ${text} : attendu 1/10, 5% ou 2G`, en: `${FLAG} ${text}: expected 1/10, 5% or 2G` })
}
