import type { EntryKind } from './kinds/index.ts'

/** Entries that leave the practice as a sheet of their own. */
export const PAPER_KINDS = ['prescription', 'quote', 'consent', 'correspondence'] as const satisfies readonly EntryKind[]
export type PaperKind = (typeof PAPER_KINDS)[number]

export function isPaperKind(kind: string): kind is PaperKind {
  return (PAPER_KINDS as readonly string[]).includes(kind)
}
