/** For tests: repositories of the restic and rustic projects, unpacked into a folder of their own. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openRepository, type Repository } from '#repository'
import { localFolderStorage, type Storage } from '#storage'
import { type RunResult, restic018, run } from '../../../tests/peers/peers.ts'

const VECTORS = join(import.meta.dirname, '../../../tests/vectors/restic')
export const FIXTURE_PASSWORD = 'geheim'

export class Fixture implements AsyncDisposable {
  readonly folder: string
  /** The repository's folder. */
  readonly repository: string
  readonly #password: string

  private constructor(folder: string, repository: string, password: string) {
    this.folder = folder
    this.repository = repository
    this.#password = password
  }

  /** @param name file of `tests/vectors/restic`, without its ending */
  static async unpack(name: string, password = FIXTURE_PASSWORD): Promise<Fixture> {
    const folder = await mkdtemp(join(tmpdir(), 'couronne-fixture-'))
    await run('tar', ['xzf', join(VECTORS, `${name}.tar.gz`), '-C', folder])
    const found = (await readdir(folder, { recursive: true })).find((path) => path === 'config' || path.endsWith('/config'))
    return new Fixture(folder, join(folder, found ?? '', '..'), password)
  }

  open(place: string | readonly Storage[] = this.repository): Promise<Repository> {
    return openRepository(typeof place === 'string' ? localFolderStorage(place) : place, { password: this.#password })
  }

  /** Stock restic 0.18 on this repository, whatever its exit code. */
  restic(...args: string[]): Promise<RunResult> {
    const env = { RESTIC_REPOSITORY: this.repository, RESTIC_PASSWORD: this.#password }
    return run(restic018(), ['--no-cache', ...args], { env, cwd: this.folder, allow: 'any' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
