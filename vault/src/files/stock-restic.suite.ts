/**
 * For tests: stock restic as the judge of what we read from disk. A repository whose key costs nothing to derive, so that dozens of
 * questions take seconds; and the root tree that our own walk gives, to compare with restic's.
 */
import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type BlobId, encodeConfig, encodeKeyFile, encodeTree, makeKeyFile, seal, type TreeNode } from '#format'
import { nodePrimitives } from '#primitives'
import type { Finding } from './finding.ts'
import { planWalk, type WalkOptions, walk } from './walk.ts'

const PASSWORD = 'a test'

/**
 * A restic of one version with repositories of its own, gone when disposed of. Each backup has a repository to itself: two at once in one
 * may wait for each other's locks for most of a minute.
 */
export class StockRestic implements Disposable {
  readonly #program: string
  readonly #folder: string
  readonly #free: string[] = []
  #repositories = 0

  private constructor(program: string, folder: string) {
    this.#program = program
    this.#folder = folder
  }

  static async create(program: string): Promise<StockRestic> {
    // In memory where there is such a place: each backup syncs a dozen files.
    const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'couronne-files-restic-'))
    await makeRepository(join(folder, '0'))
    return new StockRestic(program, folder)
  }

  /** Backs up and gives the ID of the root tree, an empty one's when nothing is left to back up. */
  async backup(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const repository = this.#free.pop() ?? this.#addRepository()
    try {
      const lines = (await this.#backup(repository, args, cwd, env)).trim().split('\n')
      const summary = JSON.parse(lines.at(-1) as string) as { snapshot_id?: string }
      if (summary.snapshot_id === undefined) return sha256(encodeTree([]))
      const snapshot = JSON.parse(await this.#run(repository, ['--no-lock', 'cat', 'snapshot', summary.snapshot_id]))
      return (snapshot as { tree: string }).tree
    } finally {
      this.#free.push(repository)
    }
  }

  /** The bytes of a tree of the last backup. */
  async tree(id: string): Promise<Buffer> {
    return Buffer.from(await this.#run(this.#last, ['--no-lock', 'cat', 'blob', id]))
  }

  /** Restores the last backup. */
  async restore(args: readonly string[], target: string): Promise<void> {
    await this.#run(this.#last, ['--no-lock', 'restore', 'latest', '--target', target, ...args])
  }

  get #last(): string {
    return this.#free.at(-1) as string
  }

  #addRepository(): string {
    const repository = join(this.#folder, String(++this.#repositories))
    cpSync(join(this.#folder, '0'), repository, { recursive: true })
    return repository
  }

  async #run(repository: string, args: readonly string[], cwd = '/', more: NodeJS.ProcessEnv = {}): Promise<string> {
    const env = { ...process.env, ...more, RESTIC_REPOSITORY: repository, RESTIC_PASSWORD: PASSWORD }
    return (await promisify(execFile)(this.#program, ['--no-cache', ...args], { cwd, env, timeout: 60_000 })).stdout
  }

  async #backup(repository: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
    try {
      return await this.#run(repository, ['backup', '--json', '--force', ...args], cwd, env)
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      // 3: some of the source could not be read, and the snapshot is there. Nothing to back up at all is an error for restic.
      if (code === 3) return stdout
      if (stderr.includes('snapshot is empty')) return '{}'
      throw error
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** An empty repository with a key that costs nothing to derive. */
async function makeRepository(folder: string): Promise<void> {
  for (const name of ['data', 'index', 'keys', 'locks', 'snapshots']) mkdirSync(join(folder, name), { recursive: true })
  const master = { encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) }
  const facts = { created: '2024-01-01T00:00:00Z', username: 'test', hostname: 'test' }
  const key = encodeKeyFile(await makeKeyFile(nodePrimitives, master, Buffer.from(PASSWORD), facts, { n: 2, r: 1, p: 1 }))
  writeFileSync(join(folder, 'keys', sha256(key)), key)
  const config = encodeConfig({ version: 2, id: randomBytes(32).toString('hex'), chunkerPolynomial: 0x3da3358b4dc173n })
  writeFileSync(join(folder, 'config'), seal(nodePrimitives, master, config))
}

export interface OurTree {
  readonly id: string
  readonly nodes: readonly TreeNode[]
  /** Trees by their ID. */
  readonly trees: ReadonlyMap<string, readonly TreeNode[]>
  readonly findings: readonly Finding[]
  /** Paths in the snapshot. */
  readonly paths: readonly string[]
}

/** The tree that a backup of ours would write. Files are one chunk: keep them below 512 KiB. */
export function ourTree(targets: readonly (string | Uint8Array)[], options: WalkOptions = {}): OurTree {
  const trees = new Map<string, readonly TreeNode[]>()
  const findings: Finding[] = []
  const open: TreeNode[][] = [[]]
  const names: string[] = []
  const paths: string[] = []
  for (const step of walk(planWalk(targets, options))) {
    if (step.kind === 'finding') findings.push(step.finding)
    else if (step.kind === 'leave') {
      const nodes = open.pop() as TreeNode[]
      open.at(-1)?.push({ ...step.entry.node, subtree: keep(nodes) })
      names.pop()
    } else {
      names.push(Buffer.from(step.entry.node.name).toString())
      paths.push(`/${names.join('/')}`)
      if (step.kind === 'enter') open.push([])
      else {
        open.at(-1)?.push(withContent(step.entry.node, step.entry.path))
        names.pop()
      }
    }
  }
  const nodes = open[0] as TreeNode[]
  return { id: keep(nodes), nodes, trees, findings, paths }

  function keep(nodes: readonly TreeNode[]): BlobId {
    const id = sha256(encodeTree(nodes)) as BlobId
    trees.set(id, nodes)
    return id
  }
}

function withContent(node: TreeNode, path: Buffer): TreeNode {
  if (node.type !== 'file') return node
  return { ...node, content: node.size === 0 ? [] : [sha256(readFileSync(path)) as BlobId] }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
