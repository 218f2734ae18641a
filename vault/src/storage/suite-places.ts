/** Where the suite runs, and the objects that it stores there. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ObjectKind, Storage } from './storage.ts'

/** An empty place for one repository, of which a test may see the underside. */
export interface Place extends AsyncDisposable {
  /** A storage over this place; each call opens it anew. */
  open(): Promise<Storage>
  /** Puts a file there behind the storage's back; `path` is relative to the repository, with `/`. */
  plant(path: string, bytes: Uint8Array): Promise<void>
  /** Removes all files and leaves the folders, which take longer to make; absent where a new place costs little. */
  clear?(): void
}

/** A place in a folder of this machine, however it is reached. */
export class FolderPlace implements Place {
  readonly path: string
  readonly open: () => Promise<Storage>

  constructor(path: string, open: () => Promise<Storage>) {
    this.path = path
    this.open = open
  }

  async plant(path: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.path, path)
    mkdirSync(dirname(file), { recursive: true })
    rmSync(file, { force: true })
    writeFileSync(file, bytes)
  }

  clear(): void {
    for (const entry of readdirSync(this.path, { withFileTypes: true, recursive: true })) {
      if (!entry.isDirectory()) rmSync(join(entry.parentPath, entry.name))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A new object: bytes of that length drawn from a counter, and their name. */
export function anObject(sizeBytes: number, seed = 0): { name: string; bytes: Uint8Array } {
  const bytes = new Uint8Array(sizeBytes)
  let state = (seed * 2654435761 + 88675123) >>> 0
  for (let i = 0; i < sizeBytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    bytes[i] = state >>> 24
  }
  return { name: nameOf(bytes), bytes }
}

/** The name of an object: the SHA-256 of its bytes. */
export function nameOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** All objects of a kind, sorted by name. */
export async function listAll(storage: Storage, kind: ObjectKind): Promise<{ name: string; sizeBytes: number }[]> {
  const entries = []
  for await (const entry of storage.list(kind)) entries.push(entry)
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}
