/** The append-only REST destination of the demonstration: what a colleague would run with `couronne vault serve`. */
import { mkdir } from 'node:fs/promises'
import { accountsFileOf, addAccount, newPassword, type RunningServer, serveRepositories } from '@couronne/vault/server'

const ACCOUNT = 'cabinet'
const QUOTA_BYTES = 10 * 1024 ** 3

export interface Destination extends AsyncDisposable {
  /** Address with the owner's credential: creates the repository. */
  readonly ownerAddress: string
  /** Address with the writer's credential: adds, and deletes nothing. */
  readonly writerAddress: string
  /** Password of the vault itself; the destination never sees it. */
  readonly repositoryPassword: string
}

export async function startDestination(folder: string): Promise<Destination> {
  await mkdir(folder, { recursive: true })
  const [ownerPassword, writerPassword] = [newPassword(), newPassword()]
  await addAccount(accountsFileOf(folder), { name: ACCOUNT, quotaBytes: QUOTA_BYTES, ownerPassword, writerPassword })
  const server: RunningServer = await serveRepositories({ folder, port: 0 })
  const address = (password: string) => {
    const url = new URL(`${ACCOUNT}/`, server.url)
    url.username = ACCOUNT
    url.password = password
    return `rest:${url}`
  }
  return {
    ownerAddress: address(ownerPassword),
    writerAddress: address(writerPassword),
    repositoryPassword: newPassword(),
    [Symbol.asyncDispose]: () => server.close(),
  }
}
