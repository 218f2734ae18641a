/** Debian's Orthanc on loopback, with its durable default: each file and each row is synced before it answers. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, type Serving, serve, temporaryFolder } from './serving.ts'

export interface OrthancServer extends Serving {
  /** Hands it a file, which it keeps. */
  keep(file: Uint8Array): Promise<void>
  /** Has it send all that it keeps. @throws when the receiver refused one */
  sendAll(receiver: { readonly aeTitle: string; readonly port: number }): Promise<void>
}

/** @returns the DICOM port as `port` */
export async function startOrthanc(): Promise<OrthancServer> {
  const folder = temporaryFolder('orthanc')
  const port = await freePort(1)
  const httpPort = port + 1
  const store = join(folder, 'store')
  mkdirSync(store)
  const settings = {
    StorageDirectory: store,
    IndexDirectory: store,
    DicomPort: port,
    HttpPort: httpPort,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: false,
    DicomAlwaysAllowStore: true,
    DicomCheckCalledAet: false,
    OverwriteInstances: false,
    Plugins: [],
  }
  const file = join(folder, 'orthanc.json')
  writeFileSync(file, JSON.stringify(settings))
  const serving = await serve('/usr/sbin/Orthanc', [file], port, folder)
  const ask = async (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${httpPort}${path}`, { method, ...(body === undefined ? {} : { body }) })
    if (!answer.ok) throw new Error(`Orthanc: ${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return answer.text()
  }
  return {
    ...serving,
    keep: async (file) => void (await ask('POST', '/instances', new Uint8Array(file))),
    sendAll: async ({ aeTitle, port: to }) => {
      await ask('PUT', '/modalities/receiver', JSON.stringify({ AET: aeTitle, Host: '127.0.0.1', Port: to }))
      await ask('POST', '/modalities/receiver/store', await ask('GET', '/instances'))
    },
  }
}
