/**
 * One process at a time: who serves a data folder, who edits the accounts.
 *
 * Each process writes a file of its own and then looks for others; when two start together both step back, never do both stay.
 * A file is dropped only when its process is certainly gone: same kernel and no such process, same machine, by its name too, since
 * restarted, or a process that cannot be asked (another machine or container) and has not refreshed its file for ten minutes.
 */
import { randomBytes } from 'node:crypto'
import * as fs from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FolderHeldError } from '#errors'
import { makeFolder, replaceFile, systemCode } from './disk.ts'

const REFRESH_MS = 30_000
const SILENT_MS_MAX = 10 * 60_000

interface Holder {
  readonly host: string
  readonly pid: number
  /** What tells machines with the same name apart, unless they were made from one image; empty where the system has no such thing. */
  readonly machine: string
  readonly boot: string
  readonly processes: string
  /** Start of the process in the kernel's ticks, because numbers of processes are used again. */
  readonly started: string
}

export interface Hold extends AsyncDisposable {
  /** False once somebody else dropped our file: after a sleep of more than ten minutes, on a folder that another machine took over. */
  isKept(): Promise<boolean>
}

export interface HoldOptions {
  /** How long to wait for the others; zero: fail at once. */
  readonly waitMs: number
  /** Keeps the file fresh, for holds of more than a few seconds. */
  readonly refresh: boolean
}

/**
 * Holds `folder` alone until disposed.
 * @throws {FolderHeldError} naming host and process of those who hold it
 */
export async function holdAlone(folder: string, what: string, options: HoldOptions): Promise<Hold> {
  await makeFolder(folder)
  const self = await describeSelf()
  const deadline = performance.now() + options.waitMs
  for (;;) {
    const file = `${randomBytes(16).toHex()}.json`
    await replaceFile(join(folder, file), JSON.stringify(self))
    const others = await findOthers(folder, file, self)
    if (others.length === 0) return new HeldFile(join(folder, file), options.refresh)
    await fs.rm(join(folder, file), { force: true })
    if (performance.now() >= deadline)
      throw new FolderHeldError(`${what} already: ${others.join('; ')}; if that is surely gone, delete its file`)
    await sleep(20 + Math.random() * 80)
  }
}

class HeldFile implements Hold {
  readonly #file: string
  readonly #timer: NodeJS.Timeout | undefined

  constructor(file: string, refresh: boolean) {
    this.#file = file
    this.#timer = refresh ? setInterval(() => void this.#refresh(), REFRESH_MS).unref() : undefined
  }

  async isKept(): Promise<boolean> {
    return (await fs.stat(this.#file).catch(() => undefined)) !== undefined
  }

  async #refresh(): Promise<void> {
    const now = new Date()
    await fs.utimes(this.#file, now, now).catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    await fs.rm(this.#file, { force: true })
  }
}

/** Those who hold the folder besides us, in words; files of dead processes are removed on the way. */
async function findOthers(folder: string, own: string, self: Holder): Promise<string[]> {
  const others: string[] = []
  const ownTime = (await fs.stat(join(folder, own))).mtimeMs
  for (const name of await fs.readdir(folder)) {
    if (name === own || !name.endsWith('.json')) continue
    const path = join(folder, name)
    const holder = await readHolder(path)
    if (holder === 'gone') continue
    if (await isAlive(path, holder, self, ownTime)) others.push(describe(holder, path))
    else await fs.rm(path, { force: true })
  }
  return others
}

async function readHolder(path: string): Promise<Holder | 'gone' | undefined> {
  try {
    const value: unknown = JSON.parse(await fs.readFile(path, 'utf8'))
    const fields = ['host', 'pid', 'machine', 'boot', 'processes', 'started']
    return typeof value === 'object' && value !== null && fields.every((field) => field in value) ? (value as Holder) : undefined
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? 'gone' : undefined
  }
}

/** Unreadable files count as alive: nobody but a person should drop what cannot be judged. */
async function isAlive(path: string, holder: Holder | undefined, self: Holder, ownTime: number): Promise<boolean> {
  if (holder === undefined) return true
  const sameMachine = holder.machine === self.machine && (self.machine !== '' || holder.host === self.host)
  const sameBoot = holder.boot === self.boot
  // Machines made from one image have one machine-id: they differ by name, and were started at different times.
  if (sameMachine && !sameBoot && holder.host === self.host) return false
  if (sameMachine && sameBoot && holder.processes === self.processes) return isRunning(holder)
  const { mtimeMs } = await fs.stat(path).catch(() => ({ mtimeMs: 0 }))
  return ownTime - mtimeMs < SILENT_MS_MAX
}

async function isRunning(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    // EPERM: there is one, of somebody else; it may have got the number after ours had gone.
    if (systemCode(error) !== 'EPERM') return false
  }
  return (await processStart(holder.pid)) === holder.started
}

async function describeSelf(): Promise<Holder> {
  const read = (path: string) =>
    fs
      .readFile(path, 'utf8')
      .then((text) => text.trim())
      .catch(() => '')
  return {
    host: hostname(),
    pid: process.pid,
    machine: await read('/etc/machine-id'),
    boot: await read('/proc/sys/kernel/random/boot_id'),
    processes: await fs.readlink('/proc/self/ns/pid').catch(() => ''),
    started: await processStart(process.pid),
  }
}

/** Field 22 of `/proc/<pid>/stat`; the name before it may hold spaces and brackets. Empty on other systems. */
async function processStart(pid: number): Promise<string> {
  const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}

function describe(holder: Holder | undefined, path: string): string {
  if (holder === undefined) return `somebody whose file cannot be read (${path})`
  return `process ${holder.pid} on ${holder.host} (${path})`
}
