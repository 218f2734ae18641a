/** Resources as they come: JSON of which nothing is believed. Whoever asks for a member gets it when it is of that form, and nothing otherwise. */
import { toLine, toParagraphs } from '../values.ts'

export type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The objects of a list; one object is a list of itself. */
export function objects(value: unknown): readonly Json[] {
  return (Array.isArray(value) ? value : [value]).filter(isObject)
}

export function object(value: unknown): Json {
  return isObject(value) ? value : {}
}

/** One line of text; undefined: none, or nothing in it. */
export function lineOf(value: unknown, charactersMax = 500): string | undefined {
  if (typeof value !== 'string') return undefined
  const line = toLine(value.slice(0, charactersMax * 2)).slice(0, charactersMax)
  return line.toWellFormed().trim() || undefined
}

export function textOf(value: unknown, charactersMax = 20_000): string | undefined {
  if (typeof value !== 'string') return undefined
  const text = toParagraphs(value.slice(0, charactersMax * 2)).slice(0, charactersMax)
  return text.toWellFormed().trim() || undefined
}

export function lines(value: unknown, charactersMax?: number): string[] {
  return (Array.isArray(value) ? value : [value]).map((each) => lineOf(each, charactersMax)).filter((each) => each !== undefined)
}

/** Those that are there, with something between them; undefined: none is. */
export function joined(parts: readonly (string | undefined)[], between: string): string | undefined {
  const there = parts.filter((part) => part !== undefined)
  return there.length === 0 ? undefined : there.join(between)
}

/** Without the members that are undefined. */
export function clean<T extends Record<string, unknown>>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
