/** For tests only: a process of ours that says when it has begun and when it is done, and is killed in between. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

interface Child {
  /** in this folder */
  readonly script: string
  readonly args: readonly string[]
  /** what it prints when it is done */
  readonly done: string
}

/** How long it takes on this machine, at this moment, in milliseconds. */
export async function timeChild(wanted: Child): Promise<number> {
  const { child, said } = await startChild(wanted)
  const startedMs = performance.now()
  while (!said().includes(wanted.done)) await once(child.stdout, 'data')
  const tookMs = performance.now() - startedMs
  child.kill('SIGKILL')
  await once(child, 'close')
  return tookMs
}

/** One that kills itself sooner is not waited for any longer. @returns whether it had said that it is done */
export async function killChild(wanted: Child, afterMs: number): Promise<boolean> {
  const { child, said } = await startChild(wanted)
  const closed = once(child, 'close')
  await Promise.race([closed, setTimeout(afterMs, undefined, { ref: false })])
  child.kill('SIGKILL')
  await closed
  return said().includes(wanted.done)
}

async function startChild({ script, args }: Child) {
  const all = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, script), ...args]
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  await once(child.stdout, 'data')
  return { child, said: () => text }
}
