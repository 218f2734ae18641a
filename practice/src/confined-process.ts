/**
 * Processes that read what may be hostile, in which a decoder may go wrong: they may read the program's own files, load its native code, and do
 * nothing else: no network, no writing, no processes, no variable of ours. What they are to read comes on standard input. They are there to be
 * killed: when they take too long, grow too large or say too much.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** @param program a file and its arguments */
export function startConfined(program: readonly string[], { heapMegabytes }: { readonly heapMegabytes: number }): ChildProcess {
  const own = fileURLToPath(import.meta.resolve('sharp')).split(/[\\/]node_modules[\\/]/, 1)[0]
  const may = ['--permission', `--allow-fs-read=${join(own ?? '', '*')}`, '--allow-addons']
  const quiet = ['--disable-warning=ExperimentalWarning', '--disable-warning=SecurityWarning']
  const args = [...quiet, ...may, `--max-old-space-size=${heapMegabytes}`, ...program]
  return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'], env: {}, windowsHide: true })
}

/** A process that stops listening says why by its exit code. @throws what reading the original throws */
export async function feed(child: ChildProcess, original: AsyncIterable<Uint8Array>): Promise<void> {
  const input = child.stdin as Writable
  input.on('error', () => {}) // it ended before it had read everything
  const closed = new Promise<void>((resolve) => input.once('close', resolve))
  try {
    for await (const chunk of original) {
      if (input.destroyed) return
      if (!input.write(chunk)) await Promise.race([new Promise((resolve) => input.once('drain', resolve)), closed])
    }
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  }
  input.end()
}

const WATCH_MS = 50
const PAGE_BYTES = 4096

/** Linux alone tells the size of another process cheaply; when memory runs out all the same, this one is what goes. */
export function watchSize(child: ChildProcess, residentBytesMax: number): NodeJS.Timeout | undefined {
  const folder = `/proc/${child.pid}`
  if (child.pid === undefined || !existsSync(`${folder}/statm`)) return undefined
  writeFile(`${folder}/oom_score_adj`, '1000').catch(() => {})
  const look = async () => {
    const pages = Number((await readFile(`${folder}/statm`, 'utf8')).split(' ')[1])
    if (pages * PAGE_BYTES > residentBytesMax) child.kill('SIGKILL')
  }
  return setInterval(() => void look().catch(() => {}), WATCH_MS)
}
