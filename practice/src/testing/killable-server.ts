/** The whole application in a process of its own, which a test kills while it works. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

const SCRIPT = join(import.meta.dirname, '..', 'serve-until-killed.ts')

/** What the process is started with (`serverOptions`), beside where it listens. */
export interface KillableOptions {
  readonly folder: string
  readonly keyFolder: string
  readonly database?: string
  readonly reception?: { readonly host: string; readonly port: number; readonly aeTitle: string }
}

export class KillableServer implements AsyncDisposable {
  readonly address: string
  /** where images are received, when that was asked for */
  readonly receptionPort: number | undefined
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>

  private constructor(said: string, child: ChildProcess, closed: Promise<unknown>) {
    const [address = '', receptionPort] = said.trim().split(' ')
    assert.ok(address.startsWith('http'), 'the server does not start')
    this.address = address
    this.receptionPort = receptionPort === undefined ? undefined : Number(receptionPort)
    this.#child = child
    this.#closed = closed
  }

  static async start({ folder, keyFolder, database, reception }: KillableOptions): Promise<KillableServer> {
    const options = JSON.stringify({ folder, keyFolder, database, reception })
    const args = ['--disable-warning=ExperimentalWarning', SCRIPT, options]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const closed = once(child, 'close')
    const said = await Promise.race([once(child.stdout, 'data').then(([bytes]) => `${bytes}`), closed.then(() => '')])
    return new KillableServer(said, child, closed)
  }

  get isKilled(): boolean {
    return this.#child.killed
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill()
    await this.#closed
  }
}
