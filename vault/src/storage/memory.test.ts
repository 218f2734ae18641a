import { memoryStorage } from './index.ts'
import { storageSuite } from './storage.suite.ts'

storageSuite('memory', async () => {
  const storage = memoryStorage()
  return {
    open: async () => memoryStorage({ objects: storage.objects }),
    async plant(path, bytes) {
      const [kind, name] = [path.split('/')[0], path.split('/').at(-1)]
      storage.objects.set(kind === name ? `${kind}/` : `${kind}/${name}`, bytes)
    },
    async [Symbol.asyncDispose]() {},
  }
})
