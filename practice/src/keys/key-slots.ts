/**
 * The ways in: `key-slots.json` in the practice's folder holds the master key sealed once for each of them. Any one opens the practice; none
 * says anything about another.
 *
 * | kind | what opens it | who needs to be there |
 * |---|---|---|
 * | passphrase | argon2id of the words, 64 MiB | a person |
 * | recovery-kit | 24 words printed once (BIP 39, French list, 256 bits) | a person with the paper |
 * | key-file | 32 random bytes in a file, best on another medium | whoever reads that file |
 * | systemd-credential | 32 bytes that systemd hands to the service (systemd.exec, LoadCredentialEncrypted) | this machine |
 *
 * The file is written aside, synced and renamed, after every slot in it that was just made has been opened again.
 */
import { argon2, hkdfSync, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/french.js'
import { z } from 'zod'
import { DamagedError, InvalidInputError, NotFoundError, WrongKeyError } from '#errors'
import { writeDurably } from '#files'
import { MASTER_KEY_BYTES, MasterKey } from './master-key.ts'
import { seal, unseal } from './seal.ts'

export const KEY_SLOTS_FILE = 'key-slots.json'

/** The name under which systemd is asked for the key: `LoadCredentialEncrypted=couronne.key:…`. */
export const SYSTEMD_CREDENTIAL = 'couronne.key'

const base64 = z.base64()
const common = { id: z.uuid(), label: z.string().max(100), createdAt: z.iso.datetime(), sealed: base64 }
const slotSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('passphrase'),
    ...common,
    salt: base64,
    memoryKib: z
      .int()
      .min(19 * 1024)
      .max(1024 * 1024),
    passes: z.int().min(1).max(20),
    lanes: z.int().min(1).max(16),
  }),
  z.object({ kind: z.literal('recovery-kit'), ...common, salt: base64 }),
  z.object({ kind: z.literal('key-file'), ...common, salt: base64, path: z.string().max(4096) }),
  z.object({ kind: z.literal('systemd-credential'), ...common, salt: base64 }),
])
const fileSchema = z.object({ version: z.literal(1), practiceId: z.uuid(), slots: z.array(slotSchema).min(1).max(50) })

export type KeySlot = z.output<typeof slotSchema>
export type KeySlotKind = KeySlot['kind']
export type KeySlots = z.output<typeof fileSchema>

/** What is known of a slot without opening it. */
export interface KeySlotFacts {
  readonly id: string
  readonly kind: KeySlotKind
  readonly label: string
  readonly createdAt: string
  /** key-file only */
  readonly path?: string
}

/** What somebody, or a machine, brings to open a practice. */
export type KeyOffer =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery-kit'; readonly words: string }
  | { readonly kind: 'key-file'; readonly bytes: Uint8Array }
  | { readonly kind: 'systemd-credential'; readonly bytes: Uint8Array }

/** OWASP's password storage advice (2024) asks for at least 19 MiB and 2 passes: this is three times as much work. */
const ARGON2 = { memoryKib: 64 * 1024, passes: 3, lanes: 1 }
const SALT_BYTES = 16
const KIT_BYTES = 32

const argon2Async = promisify(argon2)

/** @returns undefined where there is no practice */
export async function loadKeySlots(folder: string): Promise<KeySlots | undefined> {
  const path = join(folder, KEY_SLOTS_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return fileSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new DamagedError(`${path}: is not a list of key slots; put back a copy of it, every backup has one`, { cause })
  }
}

export async function saveKeySlots(folder: string, slots: KeySlots): Promise<void> {
  await writeDurably(join(folder, KEY_SLOTS_FILE), Buffer.from(`${JSON.stringify(fileSchema.parse(slots), undefined, 2)}\n`))
}

/**
 * Opens the practice with what is offered.
 *
 * @throws {WrongKeyError} when no slot of that kind takes it
 */
export async function openMasterKey(slots: KeySlots, offer: KeyOffer): Promise<MasterKey> {
  for (const slot of slots.slots) {
    if (slot.kind !== offer.kind) continue
    try {
      return await openSlot(slots.practiceId, slot, offer)
    } catch (error) {
      if (!(error instanceof WrongKeyError)) throw error
    }
  }
  throw new WrongKeyError(`no slot of kind ${offer.kind} takes this key`)
}

/** Adds a way in. @returns the slots with it, opened once to be sure, and its facts */
export async function addKeySlot(
  slots: KeySlots,
  master: MasterKey,
  offer: KeyOffer & { readonly path?: string },
  { label, now }: { readonly label: string; readonly now: Temporal.Instant },
): Promise<{ slots: KeySlots; id: string }> {
  const id = crypto.randomUUID()
  const salt = randomBytes(SALT_BYTES).toString('base64')
  const facts = { id, label, createdAt: now.toString({ smallestUnit: 'millisecond' }), salt, sealed: '' }
  const empty = emptySlot(offer, facts)
  const key = await keyOf(empty, offer)
  const slot: KeySlot = {
    ...empty,
    sealed: Buffer.from(seal(key, master.expose(), contextOf(slots.practiceId, empty))).toString('base64'),
  }
  await openSlot(slots.practiceId, slot, offer)
  return { slots: { ...slots, slots: [...slots.slots, slot] }, id }
}

/** @throws {NotFoundError} no such slot; {@link InvalidInputError} the last one that a person can use, without which nobody gets in */
export function removeKeySlot(slots: KeySlots, id: string): KeySlots {
  const left = slots.slots.filter((slot) => slot.id !== id)
  if (left.length === slots.slots.length) throw new NotFoundError('no such key slot', { about: { slot: id } })
  if (!left.some((slot) => slot.kind === 'passphrase' || slot.kind === 'recovery-kit'))
    throw new InvalidInputError(
      'one passphrase or recovery kit must stay: without it nobody opens the practice when this machine is gone',
    )
  return { ...slots, slots: left }
}

export function factsOf(slots: KeySlots): readonly KeySlotFacts[] {
  return slots.slots.map((slot) => ({
    id: slot.id,
    kind: slot.kind,
    label: slot.label,
    createdAt: slot.createdAt,
    ...(slot.kind === 'key-file' ? { path: slot.path } : {}),
  }))
}

/** A new recovery kit: 24 French words, 256 bits, the last of which checks the others (BIP 39). */
export function makeRecoveryWords(): string {
  return entropyToMnemonic(randomBytes(KIT_BYTES), wordlist)
}

/**
 * The bytes of a recovery kit; capitals, accents in either Unicode form, and spaces are forgiven.
 *
 * @throws {InvalidInputError} a word that is not in the list, or words that do not check
 */
export function parseRecoveryWords(words: string): Uint8Array {
  const folded = words
    .trim()
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[\s,;.\d]+/)
    .filter(Boolean)
  const found = folded.map((word) => BY_FOLDED_WORD.get(word) ?? word)
  const unknown = found.flatMap((word, index) => (wordlist.includes(word) ? [] : [index + 1]))
  if (unknown.length > 0) throw wrongWords(`not in the list: word ${unknown.join(', ')}`)
  if (found.length !== 24) throw wrongWords(`24 words are expected, ${found.length} were given`)
  try {
    return mnemonicToEntropy(found.join(' '), wordlist)
  } catch {
    throw wrongWords('each word is in the list, but not together: one was misread or two were swapped')
  }
}

const BY_FOLDED_WORD = new Map(wordlist.map((word) => [word.normalize('NFKD').replaceAll(/\p{M}/gu, ''), word]))

function wrongWords(problem: string): InvalidInputError {
  return new InvalidInputError(`recovery words: ${problem}`, [{ path: 'words', problem: 'recovery-words', message: problem }])
}

async function openSlot(practiceId: string, slot: KeySlot, offer: KeyOffer): Promise<MasterKey> {
  const key = await keyOf(slot, offer)
  return new MasterKey(unseal(key, Buffer.from(slot.sealed, 'base64'), contextOf(practiceId, slot)))
}

function emptySlot(
  offer: KeyOffer & { readonly path?: string },
  facts: { id: string; label: string; createdAt: string; salt: string; sealed: string },
): KeySlot {
  if (offer.kind === 'passphrase') return { kind: 'passphrase', ...facts, ...ARGON2 }
  if (offer.kind === 'key-file') return { kind: 'key-file', ...facts, path: offer.path ?? '' }
  return { kind: offer.kind, ...facts }
}

/** What is authenticated with the sealed key: that a slot is of this practice and of this kind. */
function contextOf(practiceId: string, slot: KeySlot): string {
  return `couronne key slot ${practiceId} ${slot.id} ${slot.kind}`
}

async function keyOf(slot: KeySlot, offer: KeyOffer): Promise<Uint8Array> {
  const salt = Buffer.from(slot.salt, 'base64')
  if (slot.kind === 'passphrase' && offer.kind === 'passphrase') {
    return argon2Async('argon2id', {
      message: Buffer.from(offer.passphrase.normalize('NFKC')),
      nonce: salt,
      memory: slot.memoryKib,
      passes: slot.passes,
      parallelism: slot.lanes,
      tagLength: MASTER_KEY_BYTES,
    })
  }
  if (offer.kind === 'passphrase') throw new TypeError('a passphrase opens passphrase slots only')
  const secret = offer.kind === 'recovery-kit' ? parseRecoveryWords(offer.words) : offer.bytes
  // These are 256 random bits already: stretching them would gain nothing.
  if (secret.length < MASTER_KEY_BYTES)
    throw new WrongKeyError(`a key of at least ${MASTER_KEY_BYTES} bytes is expected, got ${secret.length}`)
  return new Uint8Array(hkdfSync('sha256', secret, salt, `couronne key slot ${slot.kind}`, MASTER_KEY_BYTES))
}
