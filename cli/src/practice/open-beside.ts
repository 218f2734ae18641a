/** The practice of a data folder, opened beside the server that may have it: for commands that read, or that the database keeps apart. */
import type { OpenedBeside } from '@couronne/practice'
import { dataFolder } from './folders.ts'
import { type KeyFlags, keyOffer } from './key-offer.ts'

export interface BesideFlags extends KeyFlags {
  readonly data?: string
}

export async function openBeside(flags: BesideFlags): Promise<OpenedBeside> {
  const { openPracticeBeside } = await import('@couronne/practice')
  return openPracticeBeside({
    folder: dataFolder(flags.data),
    offer: () => keyOffer(flags),
    ...(process.env.COURONNE_DATABASE ? { database: process.env.COURONNE_DATABASE } : {}),
  })
}
