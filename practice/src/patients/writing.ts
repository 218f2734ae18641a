/** A change to records being made: the transaction, by whom, when, and how the journal is told in it. */
import type { Tx } from '#database'
import type { JournalEvent } from '#endpoint'
import { recordEvent } from '#journal'
import type { Actor, OpenPractice } from '#open-practice'

export interface Writing {
  readonly tx: Tx
  readonly practiceId: string
  readonly actor: Actor
  readonly now: Temporal.Instant
  /** appends to the journal, in `tx` */
  readonly record: (event: JournalEvent) => Promise<unknown>
}

/** A change that no HTTP request asks for: commands, imports. Routes bring their own `record`. */
export function writingIn(practice: OpenPractice, actor: Actor, tx: Tx): Writing {
  const now = practice.now()
  return {
    tx,
    practiceId: practice.id,
    actor,
    now,
    record: (event) => recordEvent(tx, practice.id, actor, now, event),
  }
}
