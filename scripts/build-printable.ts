/**
 * Writes the table of printable code points, `vault/src/format/printable-ranges.ts`, from the Unicode character database:
 * `node scripts/build-printable.ts UnicodeData.txt` (Debian: package unicode-data). The table is of Unicode 15.0 and stays so, because
 * the ids of trees depend on it: restic is built with Go, whose tables are those of 15.0 since 1.21.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const target = join(import.meta.dirname, '../vault/src/format/printable-ranges.ts')
const source = process.argv[2]
if (source === undefined) throw new Error('usage: node scripts/build-printable.ts UnicodeData.txt')

const printable = new Set<number>([0x20])
let first = -1
for (const line of readFileSync(source, 'utf8').trim().split('\n')) {
  const [hex = '', name = '', category = ''] = line.split(';')
  const code = Number.parseInt(hex, 16)
  if (name.endsWith(', First>')) first = code
  const from = name.endsWith(', Last>') ? first : code
  if ('LMNPS'.includes(category[0] ?? '')) for (let c = from; c <= code; c++) printable.add(c)
}

const numbers: number[] = []
let end = 0
for (let code = 0; code <= 0x10ffff + 1; code++) {
  if (printable.has(code) !== printable.has(code - 1)) {
    numbers.push(code - end)
    end = code
  }
}
const lines =
  numbers
    .map((number) => number.toString(36))
    .join(' ')
    .match(/.{1,118}(?: |$)/g) ?? []
const literal = lines.map((line) => `  '${line}'`).join(' +\n')
const head =
  '// Made by scripts/build-printable.ts from the Unicode character database 15.0 (© Unicode, Inc., Unicode licence); do not edit.'
const about =
  '/** Lengths, in base 36, of the stretches of code points from 0 on that are by turns not printable and printable. */'
writeFileSync(target, `${head}\n\n${about}\nexport const PRINTABLE_STRETCHES: string =\n${literal}\n`)
console.log(`${target}: ${numbers.length} stretches`)
