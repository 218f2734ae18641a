/** Where the server says that a profile is wrong. Pure. */
import type { Problem } from '#api'

export type PlaceInYaml =
  | { readonly kind: 'text'; readonly line: number; readonly column: number }
  | { readonly kind: 'profile'; readonly path: string }

/** Of a profile's file: a line of its text (`yaml:3:7`), or a place of what it says (`profile.tables.0.key`). */
export function placeInYaml({ fields }: Pick<Problem, 'fields'>): PlaceInYaml | undefined {
  for (const { path } of fields) {
    const [, line, column] = /(?:^|\.)yaml:(\d+):(\d+)$/.exec(path) ?? []
    if (line !== undefined && column !== undefined) return { kind: 'text', line: Number(line), column: Number(column) }
    const [, place] = /^(?:body\.)?profile\.(.+)$/.exec(path) ?? []
    if (place !== undefined) return { kind: 'profile', path: place }
  }
  return undefined
}

export interface PlaceInMapping {
  /** of the profile's tables */
  readonly table: number
  /** absent: the table itself */
  readonly target?: string
  readonly part?: string
}

/** Of a profile that the page made: which table and field. */
export function placeInMapping({ fields }: Pick<Problem, 'fields'>): PlaceInMapping | undefined {
  for (const { path } of fields) {
    const [, table, part, target] = /(?:^|\.)tables\.(\d+)(?:\.(\w+))?(?:\.([\w-]+))?/.exec(path) ?? []
    if (table === undefined) continue
    return {
      table: Number(table),
      ...(part === undefined ? {} : { part }),
      ...(part === 'fields' && target !== undefined ? { target } : {}),
    }
  }
  return undefined
}
