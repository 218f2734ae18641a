/** What a crash leaves of a configuration where there are no hard links: its name, which is taken first, and no bytes. */
import type { CallOptions, Storage } from './storage.ts'

/** Whoever is making a repository just now fills it within moments; clocks may differ by minutes. */
const FILLED_WITHIN_MINUTES = 10

/** Whether the configuration is empty, and has been for so long that nobody will fill it. */
export async function isLeftOverConfig(storage: Storage, options: CallOptions = {}): Promise<boolean> {
  const there = await storage.stat('config', '', options)
  if (there?.sizeBytes !== 0) return false
  const at = await storage.modifiedAt?.('config', '', options)
  return at !== undefined && Temporal.Now.instant().since(at).total('minutes') > FILLED_WITHIN_MINUTES
}
