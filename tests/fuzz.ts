/**
 * For tests of parsers: a sound input, damaged in many ways. A parser answers with a value or throws a `VaultError`, nothing else.
 * `COURONNE_CAMPAIGN=1` runs a hundred times as many; the seed is printed when one fails, and `COURONNE_SEED` repeats it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VaultError } from '@couronne/vault'

const RUNS = process.env.COURONNE_CAMPAIGN === '1' ? 200_000 : 2000
export const FUZZ_SEED = Number(process.env.COURONNE_SEED ?? Date.now() % 2 ** 31)
/** No input is long: whoever ponders so long over one is slow by more than its length. */
const INPUT_MS_MAX = 2000

/** Name, a sound input, and what is done with a broken one. */
export type Parser = readonly [name: string, seed: Uint8Array, parse: (bytes: Uint8Array) => void]

/** Parsers of bytes that say what is broken: some inputs must be. */
export function fuzz(parsers: readonly Parser[]): void {
  for (const parser of parsers) {
    test(`${parser[0]} answers broken bytes with a value or a typed error`, () => {
      const refused = countRefused(parser)
      assert.ok(refused > RUNS / 10, `only ${refused} of ${RUNS} inputs were broken`)
    })
  }
}

/** Parsers of texts, which may take anything. */
export function fuzzTexts(parsers: readonly (readonly [name: string, seed: string, parse: (text: string) => void])[]): void {
  for (const [name, seed, parse] of parsers) {
    test(`${name} answers any text with a value or a typed error`, () => {
      const decoder = new TextDecoder()
      countRefused([name, new TextEncoder().encode(seed), (bytes) => parse(decoder.decode(bytes))])
    })
  }
}

function countRefused([, seed, parse]: Parser): number {
  parse(seed)
  let refused = 0
  for (let run = 0; run < RUNS; run++) {
    const input = damage(seed, generator(FUZZ_SEED + run))
    const began = performance.now()
    try {
      if (failureOf(() => parse(input)) !== undefined) refused++
      assert.ok(performance.now() - began < INPUT_MS_MAX, 'it takes too long')
    } catch (error) {
      throw new Error(`seed ${FUZZ_SEED + run}: ${input.toHex()}`, { cause: error })
    }
  }
  return refused
}

/** The typed error that some work ends with, if it does. Any other is thrown on. */
export function failureOf(work: () => void): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    if (!(error instanceof VaultError)) throw error
    return error
  }
}

/** A small generator of pseudo-random numbers (mulberry32), so that a seed repeats a run. */
export function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  'null',
  'true',
  '-1',
  '1e999',
  '0',
  '18446744073709551616',
  '\\u0000',
  '\\ud800',
  '\\',
]
  .concat(['"nodes":', '"packs":', '"__proto__":', '{"a":'.repeat(500), '['.repeat(500), '\ufeff', '9'.repeat(400), ' '])
  .map((token) => new TextEncoder().encode(token))

export function damage(seed: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = seed.slice()
  for (let rounds = 1 + random(3); rounds > 0; rounds--) bytes = damageOnce(bytes, random)
  return bytes
}

function damageOnce(bytes: Uint8Array, random: (below: number) => number): Uint8Array<ArrayBuffer> {
  const at = random(bytes.length + 1)
  const to = Math.min(bytes.length, at + random(40))
  switch (random(7)) {
    case 0:
      return bytes.slice(0, at)
    case 1:
      return Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ (1 << random(8)) : byte))
    case 2:
      return Uint8Array.from(bytes, (byte, i) => (i === at ? random(256) : byte))
    case 3:
      return join(bytes.subarray(0, at), bytes.subarray(to))
    case 4:
      return join(bytes.subarray(0, to), bytes.subarray(at))
    case 5:
      return join(bytes.subarray(0, at), TOKENS[random(TOKENS.length)]!, bytes.subarray(random(2) === 0 ? at : to))
    default:
      return Uint8Array.from({ length: random(200) }, () => random(256))
  }
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}
