/**
 * The walk over what is backed up: depth first, names ascending by their bytes, so that a backup can write each folder's tree as soon as
 * its last entry was given. One entry costs one lstat and one listing of attributes.
 *
 * What cannot be read is given as a finding in its place and the walk goes on. Links are never followed, with one exception as in
 * restic: folders that only lead to a target may be links.
 */
import { type BigIntStats, closeSync, fstatSync, lstatSync, openSync, readdirSync, statSync } from 'node:fs'
import { UsageError } from '#errors'
import type { TreeNode } from '#format'
import { constants, S_IF } from './constants.ts'
import { type ExcludeOptions, Excludes } from './excludes.ts'
import { type Finding, findingOf } from './finding.ts'
import { readNode } from './metadata.ts'
import { pathParts, pathText } from './patterns.ts'
import { absolutePath, type SourceNode, sourceTree } from './source-tree.ts'

export interface WalkOptions extends ExcludeOptions {
  /** Folder that relative targets start from; the process's own by default. */
  readonly cwd?: string
  /** Keeps times of last access. */
  readonly withAtime?: boolean
}

/** An entry of the source. `node` is complete but for `content` (files) and `subtree` (folders). */
export interface WalkEntry {
  readonly node: TreeNode
  /** Absolute, raw bytes: what to open. */
  readonly path: Buffer
  /** What the system said when the entry was met; compare with fstat after reading to see whether it changed meanwhile. */
  readonly stat: BigIntStats
}

/**
 * `enter`: a folder; its entries follow, then its `leave` with the very same entry. `item`: anything else. The root of the snapshot
 * itself is neither entered nor left. `finding`: something could not be read; unless it is about attributes or a tag, that entry is missing.
 */
export type WalkStep =
  | { readonly kind: 'enter'; readonly entry: WalkEntry }
  | { readonly kind: 'item'; readonly entry: WalkEntry }
  | { readonly kind: 'leave'; readonly entry: WalkEntry }
  | { readonly kind: 'finding'; readonly finding: Finding }

/** What will be walked. */
export interface WalkPlan {
  /** Absolute paths of the targets that exist, in the order given: the `paths` of a snapshot. */
  readonly paths: readonly string[]
  /** Targets that do not exist or cannot be looked at. */
  readonly findings: readonly Finding[]
  readonly tree: SourceNode
  readonly excludes: Excludes
  readonly withAtime: boolean
  /** Device of each target, for `oneFileSystem`; keys are binary strings. */
  readonly devices: ReadonlyMap<string, bigint>
}

/**
 * Looks up the targets and compiles the rules.
 *
 * @param targets as the user names them: absolute or relative, text or raw bytes
 * @throws {UsageError} when there is no target, when none of them exists, when a rule is malformed
 */
export function planWalk(targets: readonly (string | Uint8Array)[], options: WalkOptions = {}): WalkPlan {
  const place = { cwd: slashed(binary(options.cwd ?? process.cwd())), isWindows: WINDOWS }
  const excludes = new Excludes(options)
  const findings: Finding[] = []
  const paths: string[] = []
  const devices = new Map<string, bigint>()
  const existing = targets.map(binary).filter((target) => {
    const path = absolutePath(target, place)
    try {
      devices.set(path, lstatSync(bytesOf(path), { bigint: true }).dev)
      paths.push(nativePath(bytesOf(path).toString()))
      return true
    } catch (error) {
      findings.push(findingOf(bytesOf(path), 'lstat', error))
      return false
    }
  })
  if (existing.length === 0) {
    throw new UsageError(targets.length === 0 ? 'nothing to back up: no target given' : 'nothing to back up: no target exists')
  }
  return { paths, findings, tree: sourceTree(existing, place), excludes, withAtime: options.withAtime === true, devices }
}

/**
 * Walks, on demand: between two steps nothing happens and no file stays open, so a consumer may take its time.
 * May be started again; each start looks at the disk anew. The findings of the plan come first.
 */
export function walk(plan: WalkPlan): Generator<WalkStep, void, undefined> {
  return new Walker(plan).steps()
}

/** A folder being walked: a real one, or one near the root that is only named. */
interface Level {
  /** Absent at the root. */
  readonly entry: WalkEntry | undefined
  /** Absolute path on disk, with the slash at its end. */
  readonly prefix: Buffer
  readonly names: readonly string[]
  next: number
  /** Set for places that lead to targets. */
  readonly source: SourceNode | undefined
  readonly tags: readonly Buffer[]
  /** The device that entries must be on, and whether this folder is. */
  readonly device: bigint
  readonly isOnDevice: boolean
  /** Its one entry is a target. */
  readonly isAboveTarget: boolean
}

class Walker {
  readonly #plan: WalkPlan
  readonly #levels: Level[] = []
  readonly #findings: Finding[] = []
  /** Components of the current folder's absolute path as text; only kept when there are patterns. */
  #parts: readonly string[] = []
  readonly #onFinding = (finding: Finding): void => {
    this.#findings.push(finding)
  }

  constructor(plan: WalkPlan) {
    this.#plan = plan
  }

  *steps(): Generator<WalkStep, void, undefined> {
    this.#findings.push(...this.#plan.findings)
    this.#levels.push(sourceLevel(undefined, this.#plan.tree))
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) {
      const name = level.names[level.next++]
      if (name === undefined) {
        this.#levels.pop()
        if (level.entry !== undefined) yield { kind: 'leave', entry: level.entry }
        continue
      }
      const entry = level.source === undefined ? this.#visit(level, name) : this.#visitSource(level.source, name)
      while (this.#findings.length > 0) yield { kind: 'finding', finding: this.#findings.shift() as Finding }
      if (entry !== undefined) yield { kind: entry.node.type === 'dir' ? 'enter' : 'item', entry }
    }
  }

  /** A place near the root: a target, or a folder that leads to some. */
  #visitSource(source: SourceNode, name: string): WalkEntry | undefined {
    const child = source.children.get(name) as SourceNode
    if (child.path !== undefined) return this.#visitTarget(child.path, name)
    return this.#enterSource(child, bytesOf(child.metadataPath as string), name)
  }

  #enterSource(child: SourceNode, path: Buffer, name: string): WalkEntry | undefined {
    try {
      const stat = statSync(path, { bigint: true })
      // Attributes of folders above the target are often closed to us: restic passes over that, and so do we.
      const node = readNode(path, { name: bytesOf(name), stat, withAtime: this.#plan.withAtime, onFinding: ignoreFinding })
      if (node.type !== 'dir') throw Object.assign(new Error('ENOTDIR: leads to a target and is no folder'), { code: 'ENOTDIR' })
      const entry = { node, path, stat }
      this.#levels.push(sourceLevel(entry, child))
      return entry
    } catch (error) {
      this.#findings.push(findingOf(path, 'lstat', error))
      return undefined
    }
  }

  #visitTarget(path: string, name: string): WalkEntry | undefined {
    const folder = bytesOf(path.slice(0, path.lastIndexOf('/')))
    const device = deviceAbove(path, this.#plan.devices)
    const level: Level = {
      entry: undefined,
      prefix: folder,
      names: [],
      next: 0,
      source: undefined,
      tags: this.#plan.excludes.tagsIn(folder, this.#onFinding),
      device,
      isOnDevice: true,
      isAboveTarget: true,
    }
    if (this.#plan.excludes.needsNames) this.#parts = pathParts(pathText(bytesOf(path))).slice(0, -1)
    return this.#examine(level, bytesOf(path), bytesOf(name), path.slice(path.lastIndexOf('/') + 1))
  }

  /** An entry of a real folder. */
  #visit(level: Level, name: string): WalkEntry | undefined {
    const start = level.prefix.length
    const path = Buffer.allocUnsafe(start + name.length)
    path.set(level.prefix)
    path.write(name, start, 'latin1')
    if (this.#plan.excludes.needsNames) this.#parts = this.#partsOf(level)
    return this.#examine(level, path, path.subarray(start), name)
  }

  #examine(level: Level, path: Buffer, name: Buffer, diskName: string): WalkEntry | undefined {
    const { excludes } = this.#plan
    if (excludes.needsNames && excludes.excludesName([...this.#parts, textOf(diskName)], level.isAboveTarget)) return undefined
    let operation = 'lstat'
    try {
      const stat = lstatSync(path, { bigint: true })
      const type = Number(stat.mode) & S_IF.mask
      if (this.#isLeftOut(level, diskName, stat, type) || type === S_IF.socket) return undefined
      if (type === S_IF.folder) {
        operation = 'readdir'
        return this.#enterFolder(level, path, name, stat)
      }
      operation = 'metadata'
      return { node: readNode(path, { name, stat, withAtime: this.#plan.withAtime, onFinding: this.#onFinding }), path, stat }
    } catch (error) {
      this.#findings.push(findingOf(path, operation, error))
      return undefined
    }
  }

  #isLeftOut(level: Level, diskName: string, stat: BigIntStats, type: number): boolean {
    const { excludes } = this.#plan
    if (excludes.oneFileSystem && stat.dev !== level.device && !(type === S_IF.folder && level.isOnDevice)) return true
    if (type !== S_IF.folder && excludes.excludesSize(stat.size)) return true
    return level.tags.length > 0 && level.tags.some((tag) => tag.toString('latin1') !== diskName)
  }

  #enterFolder(level: Level, path: Buffer, name: Buffer, seen: BigIntStats): WalkEntry {
    const { stat, names } = listFolder(path)
    if (stat.ino !== seen.ino || stat.dev !== seen.dev) {
      throw Object.assign(new Error('ESTALE: another folder took its place while it was opened'), { code: 'ESTALE' })
    }
    const node = readNode(path, { name, stat, withAtime: this.#plan.withAtime, onFinding: this.#onFinding })
    const entry = { node, path, stat }
    this.#levels.push({
      entry,
      prefix: Buffer.concat([path, SLASH]),
      names,
      next: 0,
      source: undefined,
      tags: this.#plan.excludes.tagsIn(path, this.#onFinding),
      device: level.device,
      isOnDevice: stat.dev === level.device,
      isAboveTarget: false,
    })
    return entry
  }

  #partsOf(level: Level): readonly string[] {
    let parts = partsOfLevel.get(level)
    if (parts === undefined) {
      parts = pathParts(pathText(level.prefix.subarray(0, -1)))
      partsOfLevel.set(level, parts)
    }
    return parts
  }
}

const partsOfLevel = new WeakMap<Level, readonly string[]>()
const SLASH = Buffer.from('/')
const WINDOWS = process.platform === 'win32'

function ignoreFinding(): void {}

function sourceLevel(entry: WalkEntry | undefined, source: SourceNode): Level {
  const names = [...source.children.keys()].sort()
  return { entry, prefix: SLASH, names, next: 0, source, tags: [], device: 0n, isOnDevice: true, isAboveTarget: false }
}

/** The device of the target that a path belongs to: the nearest one at or above it. */
function deviceAbove(path: string, devices: ReadonlyMap<string, bigint>): bigint {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf('/'))) {
    const device = devices.get(folder === '' ? '/' : folder)
    if (device !== undefined) return device
    if (folder === '') return -1n
  }
}

const FOLDER_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const LISTS_BY_DESCRIPTOR = process.platform === 'linux'

/** A folder's facts and names, both of the very folder that was opened, even when a link takes its place meanwhile (Linux). */
function listFolder(path: Buffer): { stat: BigIntStats; names: string[] } {
  if (!LISTS_BY_DESCRIPTOR) return { stat: lstatSync(path, { bigint: true }), names: sortedNames(path) }
  const folder = openSync(path, FOLDER_FLAGS)
  try {
    return { stat: fstatSync(folder, { bigint: true }), names: sortedNames(`/proc/self/fd/${folder}`) }
  } finally {
    closeSync(folder)
  }
}

/** Ascending by bytes; a name that a broken file system lists twice counts once. */
function sortedNames(path: string | Buffer): string[] {
  const names = readdirSync(path, { encoding: 'latin1' }).sort()
  return names.some((name, i) => name === names[i + 1]) ? [...new Set(names)] : names
}

function binary(text: string | Uint8Array): string {
  return (typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.byteLength)).toString(
    'latin1',
  )
}

/** Inside, paths have slashes on every system; Windows understands them. */
function slashed(path: string): string {
  return WINDOWS ? path.replaceAll('\\', '/') : path
}

function nativePath(path: string): string {
  return WINDOWS ? path.replaceAll('/', '\\') : path
}

function bytesOf(binaryString: string): Buffer {
  return Buffer.from(binaryString, 'latin1')
}

function textOf(binaryString: string): string {
  return pathText(bytesOf(binaryString))
}
