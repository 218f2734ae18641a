/** `--read-data-subset` as restic takes it: `1/10`, `5%`, `2G`. */
import { parseSize, type ReadData, UsageError } from '@couronne/vault'

/** @throws {UsageError} when the text is none of the three */
export function parseReadData(text: string): ReadData {
  const part = /^(\d+)\/(\d+)$/.exec(text)
  if (part !== null) return { part: Number(part[1]), of: Number(part[2]) }
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (percent !== null) return { percent: Number(percent[1]) }
  if (/^\d+[kmgt]?b?$/i.test(text)) return { bytes: parseSize(text) }
  throw new UsageError(`--read-data-subset ${text}: expected 1/10, 5% or 2G`)
}
