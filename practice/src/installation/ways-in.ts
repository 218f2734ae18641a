/** Adding and removing a way into a practice that is open; for its pages and for the command line. */
import { join } from 'node:path'
import { ConflictError, NotFoundError } from '#errors'
import {
  addKeySlot,
  factsOf,
  type KeyOffer,
  type KeySlotFacts,
  type KeySlots,
  loadKeySlots,
  removeKeySlot,
  saveKeySlots,
} from '#keys'
import type { OpenPractice } from '#open-practice'
import { type HeldLock, lockSoon } from './lock.ts'

const TURN_MS_MAX = 10_000

/** Writes to the journal what is about to happen, in a transaction of its own. */
export type Announce = (subject: string, details: Readonly<Record<string, string>>) => Promise<void>

export async function waysIn(practice: OpenPractice): Promise<readonly KeySlotFacts[]> {
  return factsOf(await slotsOf(practice))
}

/**
 * The journal is written first: a way in that nobody wrote down must not exist; one that was announced and then failed is simply made again.
 *
 * @returns the new slot
 */
export async function addWayIn(
  practice: OpenPractice,
  offer: KeyOffer & { readonly path?: string },
  label: string,
  announce: Announce,
): Promise<KeySlotFacts> {
  using _alone = await lockWaysIn(practice)
  const added = await addKeySlot(await slotsOf(practice), practice.master, offer, { label, now: practice.now() })
  await announce(`key-slot:${added.id}`, { kind: offer.kind })
  await saveKeySlots(practice.folder, added.slots)
  return factsOf(added.slots).find(({ id }) => id === added.id) as KeySlotFacts
}

/** @throws as {@link removeKeySlot} */
export async function removeWayIn(practice: OpenPractice, id: string, announce: Announce): Promise<void> {
  using _alone = await lockWaysIn(practice)
  const left = removeKeySlot(await slotsOf(practice), id)
  await announce(`key-slot:${id}`, {})
  await saveKeySlots(practice.folder, left)
}

/** Two who change the list at once, here or beside the server, take turns: what one of them has printed must not be overwritten by the other. */
async function lockWaysIn(practice: OpenPractice): Promise<HeldLock> {
  const held = await lockSoon(join(practice.folder, 'key-slots.lock'), TURN_MS_MAX)
  if (held === undefined) throw new ConflictError('somebody else is changing the ways in: try again')
  return held
}

async function slotsOf(practice: OpenPractice): Promise<KeySlots> {
  const slots = await loadKeySlots(practice.folder)
  if (slots === undefined) throw new NotFoundError('the list of key slots is gone: put back a copy of it, every backup has one')
  return slots
}
