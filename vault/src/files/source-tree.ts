/**
 * Which folders the root of a snapshot shows for the targets that a user named (docs/format-notes §10.6): `/a/b/c` appears under `a`
 * and `b`, relative ones without what leads to them, two of one name side by side as `name` and `name-1`.
 *
 * Paths and names are "binary strings" here and in the walk: one character a byte (latin1), so that comparing, sorting and cutting them
 * are string operations and still byte operations.
 */
import { readdirSync } from 'node:fs'
import { UsageError } from '#errors'
import { cleanPath } from './patterns.ts'

/** One place near the root. With `path` it is read from disk entirely; otherwise its children are the named ones only. */
export interface SourceNode {
  children: ReadonlyMap<string, SourceNode>
  /** Absolute path of what is to be stored here with all that it contains. */
  path?: string
  /** Absolute path of the folder whose metadata this place bears, when only some of its children are stored. */
  metadataPath?: string
  /** Where the first component was looked up: tells apart targets of one name. */
  readonly root: string
}

export interface SourceTreeOptions {
  /** Absolute, binary string. */
  readonly cwd: string
  readonly isWindows: boolean
}

interface Target {
  /** `/` or `C:/` or `//server/share/` for absolute ones, `.`, `..`, `../..`… for relative ones. */
  readonly root: string
  readonly components: readonly string[]
  /** Components that stand for themselves on disk: all but a volume's. */
  readonly isVolume: boolean
  readonly path: string
}

/**
 * The tree of the targets given.
 * @throws {UsageError} when two targets cannot be shown in one tree
 * @throws system errors when a folder that must be split between targets cannot be listed
 */
export function sourceTree(targets: readonly string[], options: SourceTreeOptions): SourceNode {
  const top: SourceNode = { children: NO_CHILDREN, root: '' }
  const seen = new Set<string>()
  for (const text of targets) {
    for (const target of resolveTarget(text, options)) {
      const key = `${target.root}\0${target.components.join('/')}`
      if (!seen.has(key)) addTarget(top, target, options)
      seen.add(key)
    }
  }
  for (const child of top.children.values()) splitShared(child)
  return top
}

/** The absolute path of a target, cleaned by its text. */
export function absolutePath(target: string, { cwd, isWindows }: SourceTreeOptions): string {
  const path = isWindows ? target.replaceAll('\\', '/') : target
  if (isWindows) {
    const volume = windowsVolume(path)
    if (volume !== '') return `${volume}${cleanPath(`/${path.slice(volume.length)}`)}`
  }
  return cleanPath(path.startsWith('/') ? path : `${cwd}/${path}`)
}

/** A target without components of its own (`.`, `/`, `../..`) stands for what the folder contains. */
function* resolveTarget(text: string, options: SourceTreeOptions): Generator<Target> {
  const target = parseTarget(text, options)
  if (target.components.length > 0) {
    yield target
    return
  }
  const names = readdirSync(Buffer.from(target.path, 'latin1'), { encoding: 'latin1' }).sort()
  for (const name of names) yield { ...target, components: [name], path: join(target.path, name) }
}

function parseTarget(text: string, options: SourceTreeOptions): Target {
  const path = absolutePath(text, options)
  const slashed = options.isWindows ? text.replaceAll('\\', '/') : text
  const volume = options.isWindows ? windowsVolume(slashed) : ''
  if (volume !== '') return windowsTarget(volume, path)
  const clean = cleanPath(slashed)
  const parts = clean.split('/').filter((part) => part !== '' && part !== '.')
  const ups = parts.filter((part) => part === '..')
  const root = clean.startsWith('/') ? '/' : ups.length === 0 ? '.' : ups.join('/')
  return { root, components: parts.slice(ups.length), isVolume: false, path }
}

/** `C:\Users` is shown as `C` and in it `Users`; a share is one component with its backslashes. */
function windowsTarget(volume: string, path: string): Target {
  const name = volume.endsWith(':') ? volume.slice(0, -1) : volume.replaceAll('/', '\\')
  const below = path.slice(volume.length).split('/').filter(Boolean)
  return { root: `${volume}/`, components: [name, ...below], isVolume: true, path }
}

function windowsVolume(path: string): string {
  return /^([A-Za-z]:|\/\/[^/]+\/[^/]+)/.exec(path)?.[0] ?? ''
}

function addTarget(top: SourceNode, target: Target, options: SourceTreeOptions): void {
  const [first, ...rest] = target.components as [string, ...string[]]
  let place = placeOf(top, first, target.root)
  let path = rootPath(target, options)
  if (!target.isVolume) path = join(path, first)
  for (const name of rest) {
    place.metadataPath = path
    let child = place.children.get(name)
    if (child === undefined) {
      child = addChild(place, name, { children: NO_CHILDREN, root: target.root })
    }
    place = child
    path = join(path, name)
  }
  if (place.path !== undefined && rest.length > 0) throw new UsageError(`the target ${target.path} is given twice`)
  place.path = target.path
}

/** The place at the root for a name: shared by targets of one origin, otherwise the next free `name-1`, `name-2`… */
function placeOf(top: SourceNode, name: string, root: string): SourceNode {
  for (let i = 0; ; i++) {
    const candidate = i === 0 ? name : `${name}-${i}`
    const other = top.children.get(candidate)
    if (other?.root === root) return other
    if (other === undefined) {
      return addChild(top, candidate, { children: NO_CHILDREN, root })
    }
  }
}

/** Most places are files of a folder that was named by `.`, hundreds of thousands perhaps: a map of its own is for those with children. */
const NO_CHILDREN: ReadonlyMap<string, SourceNode> = new Map()

function addChild(place: SourceNode, name: string, child: SourceNode): SourceNode {
  const children = place.children === NO_CHILDREN ? new Map<string, SourceNode>() : (place.children as Map<string, SourceNode>)
  place.children = children.set(name, child)
  return child
}

function rootPath(target: Target, options: SourceTreeOptions): string {
  return target.isVolume ? target.root : absolutePath(target.root, options)
}

/** Where a target lies inside another one, the outer one is replaced by its entries, so that each place is either read whole or named. */
function splitShared(place: SourceNode): void {
  if (place.path !== undefined && place.children.size > 0) {
    for (const name of readdirSync(Buffer.from(place.path, 'latin1'), { encoding: 'latin1' })) {
      const path = join(place.path, name)
      const child = place.children.get(name)
      if (child === undefined) addChild(place, name, { children: NO_CHILDREN, root: place.root, path })
      else child.path ??= path
    }
    place.metadataPath ??= place.path
    delete place.path
  }
  for (const child of place.children.values()) splitShared(child)
}

export function join(folder: string, name: string): string {
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}
