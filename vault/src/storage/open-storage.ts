/**
 * From an address and options to a storage that retries and keeps to its limits.
 *
 * Each kind of destination is loaded when it is asked for: HTTP and SSH take longer to load than many a command to run.
 */
import { StorageError } from '#errors'
import { type Address, parseAddress, printAddress } from './address.ts'
import { limited } from './limited.ts'
import { localFolderStorage } from './local.ts'
import { type RetryOptions, retrying } from './retrying.ts'
import type { S3Options } from './s3.ts'
import type { SftpCredentials } from './sftp-session.ts'
import type { Storage } from './storage.ts'
import { type TlsOptions, tlsOf } from './tls.ts'

export interface StorageOptions extends TlsOptions {
  /**
   * Credentials by the names that restic takes from the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
   * `AWS_SESSION_TOKEN`, `AWS_DEFAULT_REGION`, `RESTIC_REST_USERNAME`, `RESTIC_REST_PASSWORD`. `process.env` is one.
   */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  readonly sftp?: SftpCredentials | undefined
  readonly s3?: Pick<S3Options, 'multipartFromBytes' | 'partBytes' | 'retentionDays' | 'retentionMode'> | undefined
  /** KiB a second, as `--limit-upload` and `--limit-download`. */
  readonly uploadKibPerSecondMax?: number | undefined
  readonly downloadKibPerSecondMax?: number | undefined
  readonly retry?: RetryOptions | undefined
  /** How many calls run side by side; 2 for a folder and 5 elsewhere when absent. */
  readonly connections?: number | undefined
}

/**
 * The repository at `address`. Nothing is sent or read there before the first call, so a wrong password shows only then.
 * @throws {AddressError} when the address is not understood
 * @throws {StorageError} `refused`, when credentials are missing
 */
export async function openStorage(address: string, options: StorageOptions = {}): Promise<Storage> {
  const bare = await bareStorage(parseAddress(address), options)
  const limits = {
    uploadBytesPerSecondMax: inBytes(options.uploadKibPerSecondMax),
    downloadBytesPerSecondMax: inBytes(options.downloadKibPerSecondMax),
  }
  const unlimited = limits.uploadBytesPerSecondMax === undefined && limits.downloadBytesPerSecondMax === undefined
  return retrying(unlimited ? bare : limited(bare, limits), options.retry)
}

async function bareStorage(address: Address, options: StorageOptions): Promise<Storage> {
  const { connections, environment = {}, sftp, s3 } = options
  switch (address.kind) {
    case 'local':
      return localFolderStorage(address.path, { connections })
    case 'rest': {
      const { restStorage } = await import('./rest.ts')
      const user = address.user ?? environment.RESTIC_REST_USERNAME
      const password = address.password ?? environment.RESTIC_REST_PASSWORD
      return restStorage(address.url, { user: user || undefined, password, connections, ...tlsOf(options) })
    }
    case 's3': {
      const { s3Storage } = await import('./s3.ts')
      return s3Storage({ ...address, ...s3, ...s3Credentials(address, environment), connections, ...tlsOf(options) })
    }
    case 'sftp': {
      const { sftpStorage } = await import('./sftp.ts')
      const agent = environment.SSH_AUTH_SOCK || undefined
      return sftpStorage({ ...address, agent, ...sftp, connections })
    }
  }
}

function s3Credentials(address: Address, environment: Readonly<Record<string, string | undefined>>) {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_DEFAULT_REGION } = environment
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    throw new StorageError('refused', `${printAddress(address)}: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set`)
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    sessionToken: AWS_SESSION_TOKEN || undefined,
    region: AWS_DEFAULT_REGION || undefined,
  }
}

function inBytes(kib: number | undefined): number | undefined {
  return kib === undefined || kib <= 0 ? undefined : kib * 1024
}
