/** In the place of a destination that could not even be opened: it refuses every call with the reason. */
import { StorageError, VaultError } from '#errors'
import type { Storage } from './storage.ts'

/**
 * @param location the address for people, without any secret
 * @param cause why it could not be opened: no credentials, an address that is not understood
 */
export function unopenedStorage(location: string, cause: unknown): Storage {
  const message = cause instanceof Error ? cause.message : String(cause)
  const error =
    cause instanceof VaultError ? cause : new StorageError('failed', `${location}: ${message}`, { cause, retryable: false })
  const refuse = async (): Promise<never> => {
    throw error
  }
  return {
    location,
    connections: 1,
    create: refuse,
    save: refuse,
    replace: refuse,
    load: refuse,
    stat: refuse,
    // biome-ignore lint/correctness/useYield: there is nothing to list
    async *list() {
      throw error
    },
    remove: refuse,
    freeBytes: refuse,
    async [Symbol.asyncDispose]() {},
  }
}
