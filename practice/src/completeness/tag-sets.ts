/** Sets of tags as bits: a hundred thousand records are asked some hundred million times which tags a fact has. Pure. */
import type { Tagged } from './rule.ts'
import { ACT_TAGS, OTHER_TAGS, type Tag } from './tags.ts'

/** Thirty tags a number, which is as many as stay a small integer. */
export type TagSet = readonly [number, number, number]

const BITS = 30
const PLACES: ReadonlyMap<Tag, number> = new Map([...ACT_TAGS, ...OTHER_TAGS].map((tag, place) => [tag, place]))

export function tagSet(tags: readonly Tag[]): TagSet {
  const set: [number, number, number] = [0, 0, 0]
  for (const tag of tags) {
    const place = PLACES.get(tag) ?? 0
    const part = Math.floor(place / BITS) as 0 | 1 | 2
    set[part] |= 1 << (place % BITS)
  }
  return set
}

export function union([a, b, c]: TagSet, [x, y, z]: TagSet): TagSet {
  return [a | x, b | y, c | z]
}

/** What {@link Tagged} asks, as sets. */
export interface TagsAsked {
  readonly all: TagSet
  readonly any: TagSet | undefined
  readonly none: TagSet
}

export function tagsAsked({ all = [], any, none = [] }: Tagged): TagsAsked {
  return { all: tagSet(all), any: any === undefined ? undefined : tagSet(any), none: tagSet(none) }
}

export function fits(set: TagSet, { all, any, none }: TagsAsked): boolean {
  if ((set[0] & all[0]) !== all[0] || (set[1] & all[1]) !== all[1] || (set[2] & all[2]) !== all[2]) return false
  if (((set[0] & none[0]) | (set[1] & none[1]) | (set[2] & none[2])) !== 0) return false
  return any === undefined || ((set[0] & any[0]) | (set[1] & any[1]) | (set[2] & any[2])) !== 0
}
