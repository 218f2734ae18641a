/** From options and environment to an open repository. */
import { readFile } from 'node:fs/promises'
import { openRepository, type Repository, type RepositoryOptions, UsageError } from '@couronne/vault'
import type { Terminal } from '../terminal.ts'
import { type GlobalOptions, readAddresses, readPassword } from './options.ts'

/** What `openRepository` and `initRepository` take from the command line. */
export async function repositoryOptions(
  options: GlobalOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<RepositoryOptions> {
  return {
    password: () => readPassword(options),
    ...(options.keyHint !== undefined && { keyHint: options.keyHint }),
    ...(await storageOptions(options)),
    onFinding: ({ severity, kind, object, message }) => {
      if (severity !== 'hint') terminal.warn(`${kind}/${object.slice(0, 8)}: ${message}`)
    },
    mirrorEvents: {
      onBehind: ({ location }, { reason }) =>
        terminal.warn({ fr: `${location} : en retard (${reason})`, en: `${location}: left behind (${reason})` }),
    },
    signal,
  }
}

export async function storageOptions(options: GlobalOptions): Promise<Partial<RepositoryOptions>> {
  const { cacert, limitUpload, limitDownload } = options
  return {
    environment: process.env,
    ...(cacert !== undefined && { caCertificate: await readFile(cacert, 'utf8') }),
    uploadKibPerSecondMax: rate('--limit-upload', limitUpload),
    downloadKibPerSecondMax: rate('--limit-download', limitDownload),
  }
}

function rate(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d+$/.test(text)) throw new UsageError(`${flag} ${text}: expected KiB a second`)
  return Number(text)
}

/**
 * Among several mirrors one that does not answer is given up soon and left behind: the others are there, and it catches up later. A
 * repository of one place has nothing else to turn to, and is tried for a quarter of an hour.
 */
export const MIRROR_RETRY = { totalMs: 20_000 } as const

export async function openFromOptions(options: GlobalOptions, terminal: Terminal, signal: AbortSignal): Promise<Repository> {
  const addresses = await readAddresses(options)
  return openRepository(addresses, {
    ...(await repositoryOptions(options, terminal, signal)),
    ...(addresses.length > 1 && { retry: MIRROR_RETRY }),
  })
}
