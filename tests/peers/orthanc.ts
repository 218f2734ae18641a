/** Debian's Orthanc on loopback, with its durable default: each file and each row is synced before it answers. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, type Serving, serve, temporaryFolder } from './serving.ts'

/** @returns the DICOM port as `port` */
export async function startOrthanc(): Promise<Serving> {
  const folder = temporaryFolder('orthanc')
  const port = await freePort()
  const store = join(folder, 'store')
  mkdirSync(store)
  const settings = {
    StorageDirectory: store,
    IndexDirectory: store,
    DicomPort: port,
    HttpServerEnabled: false,
    DicomAlwaysAllowStore: true,
    DicomCheckCalledAet: false,
    OverwriteInstances: false,
    Plugins: [],
  }
  const file = join(folder, 'orthanc.json')
  writeFileSync(file, JSON.stringify(settings))
  return serve('/usr/sbin/Orthanc', [file], port, folder)
}
