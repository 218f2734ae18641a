/** For tests: one object damaged at random, the same for the same seed. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { MemoryStorage, ObjectKind } from '#storage'

export const DAMAGES = ['flip', 'truncate', 'delete', 'swap', 'junk', 'append'] as const
export type DamageKind = (typeof DAMAGES)[number]

export interface Damage {
  readonly damage: DamageKind
  readonly kind: ObjectKind
  /** The objects that were touched: two when they were swapped. */
  readonly objects: readonly string[]
  readonly words: string
}

/** Numbers between 0 and 1. */
export function seeded(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0
  return () => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Objects of a repository's folder by `kind/name`, `config/` for the configuration; locks left out. */
export async function readObjects(folder: string): Promise<Map<string, Uint8Array>> {
  const objects = new Map<string, Uint8Array>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const [kind = ''] = entry.parentPath.slice(folder.length + 1).split('/')
    const bytes = Uint8Array.from(await readFile(join(entry.parentPath, entry.name)))
    // What a killed process left beside the configuration is not the configuration.
    const key = kind === '' && entry.name === 'config' ? 'config/' : `${kind}/${entry.name}`
    if (kind !== 'locks') objects.set(key, bytes)
  }
  return objects
}

/** Lays objects out in a folder as a repository that stock restic reads. */
export async function writeObjects(folder: string, objects: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [key, bytes] of objects) {
    const [kind, id] = key.split('/') as [string, string]
    const path = join(folder, kind === 'config' ? 'config' : kind === 'data' ? `data/${id.slice(0, 2)}/${id}` : key)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytes)
  }
}

/** Damages one object, or swaps two of a kind. */
export function damageOne(storage: MemoryStorage, random: () => number): Damage {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const keys = [...storage.objects.keys()].sort()
  // By kind first: packs are many, the configuration is one.
  const kind = pick(['data', 'data', 'index', 'snapshots', 'keys', 'config'] as const)
  const ofKind = keys.filter((key) => key.startsWith(`${kind}/`))
  const key = pick(ofKind)
  const others = ofKind.filter((each) => each !== key)
  const damage = others.length === 0 ? pick(DAMAGES.filter((each) => each !== 'swap')) : pick(DAMAGES)
  const bytes = Uint8Array.from(storage.objects.get(key)!)
  const random8 = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256))
  const objects = [key]
  switch (damage) {
    case 'flip':
      bytes[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8)
      storage.objects.set(key, bytes)
      break
    case 'truncate':
      storage.objects.set(key, bytes.subarray(0, Math.floor(random() * bytes.length)))
      break
    case 'delete':
      storage.objects.delete(key)
      break
    case 'swap': {
      const other = pick(others)
      objects.push(other)
      storage.objects.set(key, storage.objects.get(other)!)
      storage.objects.set(other, bytes)
      break
    }
    case 'junk':
      storage.objects.set(key, random8(Math.floor(random() * 3000)))
      break
    case 'append':
      storage.objects.set(key, Uint8Array.from([...bytes, ...random8(1 + Math.floor(random() * 100))]))
      break
  }
  const names = objects.map((each) => each.slice(kind.length + 1))
  return {
    damage,
    kind,
    objects: names,
    words: `${damage} ${objects.map((each) => each.slice(0, kind.length + 9)).join(' and ')}`,
  }
}
