/** The whole suite through each wrapper, alone and stacked as `openStorage` stacks them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cached, counting, failing, limited, memoryStorage, retrying, type Storage } from './index.ts'
import { storageSuite } from './storage.suite.ts'
import type { Place } from './suite-places.ts'

/** Memory behind a wrapper, with a folder for those that need one. */
function place(wrap: (inner: Storage, folder: string) => Storage): Place {
  const { objects } = memoryStorage()
  const folder = mkdtempSync(join(tmpdir(), 'couronne-wrapper-'))
  return {
    open: async () => wrap(memoryStorage({ objects }), folder),
    async plant(path, bytes) {
      const parts = path.split('/')
      objects.set(`${parts[0]}/${parts.at(-1)}`, Uint8Array.from(bytes))
    },
    async [Symbol.asyncDispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const fast = { uploadBytesPerSecondMax: 1e9, downloadBytesPerSecondMax: 1e9 }

storageSuite('retrying', async () => place((inner) => retrying(inner)))
storageSuite('limited', async () => place((inner) => limited(inner, fast)))
storageSuite('counting', async () => place((inner) => counting(inner)))
storageSuite('cached', async () => place((inner, folder) => cached(inner, { folder, keepsPack: () => true })))
storageSuite('failing, before it fails', async () => place((inner) => failing(inner, { mishap: 'dies', at: 1_000_000 })))
storageSuite('all of them', async () =>
  place((inner, folder) => cached(retrying(limited(counting(inner), fast)), { folder, keepsPack: () => true })),
)
// The first attempt at everything fails, its reply is lost, or it never ends: behind `retrying` nobody notices.
for (const mishap of ['fails', 'loses-reply', 'stalls'] as const) {
  storageSuite(
    `retrying over a storage of which each third operation ${mishap}`,
    async () =>
      place((inner) => {
        let serial = 0
        const concerns = () => ++serial % 3 === 0
        const restless = failing(inner, { mishap, at: 1, times: Number.POSITIVE_INFINITY, concerns })
        return retrying(restless, { firstPauseMs: 1, stallMs: 20 })
      }),
    { repeats: true },
  )
}
