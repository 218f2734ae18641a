/** Ceph's S3 gateway on loopback, over a store in memory: multipart, versions, object lock that holds. Up in about 11 s. */
import { execFile, execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { endOnSignal, freePort, type Serving, temporaryFolder } from './serving.ts'

const SCRIPT = join(import.meta.dirname, '../../tools/s3-server.sh')

export interface S3Server extends Serving {
  /** `s3:http://127.0.0.1:port`: add `/bucket/prefix`; `create` makes the bucket. */
  readonly address: string
  readonly env: Readonly<Record<string, string>>
  readonly endpoint: string
}

/** Starts the gateway by `tools/s3-server.sh`, which names the Debian packages that it needs. */
export async function startS3(): Promise<S3Server> {
  const folder = temporaryFolder('s3')
  const port = await freePort(1)
  const stopNow = () => execFileSync(SCRIPT, ['stop', folder])
  endOnSignal()
  process.once('exit', stopNow)
  const { stdout } = await promisify(execFile)(SCRIPT, ['start', folder, `${port}`])
  const [endpoint, user, secret] = stdout.trim().split(' ')
  if (endpoint === undefined || user === undefined || secret === undefined) throw new Error(`s3-server.sh said: ${stdout}`)
  const stop = async () => {
    process.off('exit', stopNow)
    await promisify(execFile)(SCRIPT, ['stop', folder])
  }
  return {
    port,
    said: () => stdout,
    endpoint,
    address: `s3:${endpoint}`,
    env: { AWS_ACCESS_KEY_ID: user, AWS_SECRET_ACCESS_KEY: secret, AWS_DEFAULT_REGION: 'us-east-1' },
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
