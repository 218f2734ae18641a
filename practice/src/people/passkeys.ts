/**
 * Passkeys (WebAuthn level 3). The authenticator must check who is there (PIN, finger, face), at making and at each use: a passkey is then two
 * factors by itself. A passkey belongs to the name under which this server was reached when it was made.
 */
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { type Db, instantText, type Tables, type Tx } from '#database'
import { InvalidInputError, NotFoundError } from '#errors'
import type { OpenPractice } from '#open-practice'

export type PasskeyRow = Selectable<Tables['passkey']>

/** Under which name and address the browser sees this server. */
export interface Site {
  /** host name without port: WebAuthn's RP ID */
  readonly name: string
  /** `https://host:port` */
  readonly origin: string
}

const CEREMONY_MS = 5 * 60_000
const PASSKEYS_MAX = 20
const transportsSchema = z.array(z.string())

export function requestOptions(site: Site, passkeys: readonly PasskeyRow[]): Promise<PublicKeyCredentialRequestOptionsJSON> {
  return generateAuthenticationOptions({
    rpID: site.name,
    userVerification: 'required',
    timeout: CEREMONY_MS,
    ...(passkeys.length === 0 ? {} : { allowCredentials: passkeys.map(describe) }),
  })
}

export function creationOptions(
  site: Site,
  of: { readonly accountId: string; readonly login: string; readonly displayName: string; readonly practiceName: string },
  existing: readonly PasskeyRow[],
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  return generateRegistrationOptions({
    rpID: site.name,
    rpName: of.practiceName,
    userID: new Uint8Array(Buffer.from(of.accountId)),
    userName: of.login,
    userDisplayName: of.displayName,
    timeout: CEREMONY_MS,
    attestationType: 'none',
    excludeCredentials: existing.map(describe),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
}

/** @returns what to keep. @throws {InvalidInputError} the browser's answer does not hold */
export async function checkCreation(
  site: Site,
  challenge: string,
  response: object,
): Promise<Pick<PasskeyRow, 'id' | 'public_key' | 'counter' | 'transports' | 'is_backed_up'>> {
  try {
    const result = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.name,
      requireUserVerification: true,
    })
    if (!result.verified) throw new Error('not verified')
    const { credential, credentialBackedUp } = result.registrationInfo
    return {
      id: credential.id,
      public_key: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: JSON.stringify(credential.transports ?? []),
      is_backed_up: credentialBackedUp ? 1 : 0,
    }
  } catch (cause) {
    throw new InvalidInputError('the passkey that the browser made does not hold together', [], { cause })
  }
}

/** @returns the new counter; undefined: the answer does not hold */
export async function checkAssertion(
  site: Site,
  challenge: string,
  passkey: PasskeyRow,
  response: object,
): Promise<number | undefined> {
  try {
    const result = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: site.name,
      requireUserVerification: true,
      credential: { id: passkey.id, publicKey: new Uint8Array(passkey.public_key), counter: passkey.counter },
    })
    return result.verified ? result.authenticationInfo.newCounter : undefined
  } catch {
    return undefined
  }
}

/** @throws {InvalidInputError} there are too many, or this one is known already */
export async function insertPasskey(
  tx: Tx,
  practice: OpenPractice,
  accountId: string,
  label: string,
  made: Awaited<ReturnType<typeof checkCreation>>,
): Promise<PasskeyRow> {
  if ((await listPasskeys(tx, practice, accountId)).length >= PASSKEYS_MAX)
    throw new InvalidInputError(`an account has at most ${PASSKEYS_MAX} passkeys`)
  const taken = await tx
    .selectFrom('passkey')
    .select('id')
    .where('practice_id', '=', practice.id)
    .where('id', '=', made.id)
    .executeTakeFirst()
  if (taken !== undefined) throw new InvalidInputError('this passkey is known already')
  const row = { ...made, account_id: accountId, practice_id: practice.id, label, created_at: instantText(practice.now()) }
  return tx.insertInto('passkey').values(row).returningAll().executeTakeFirstOrThrow()
}

/** Notes a use. @returns false when the passkey is gone, or another use has gone further meanwhile */
export async function notePasskeyUse(tx: Tx, practice: OpenPractice, passkey: PasskeyRow, counter: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('passkey')
    .set({ counter, last_used_at: instantText(practice.now()) })
    .where('practice_id', '=', practice.id)
    .where('id', '=', passkey.id)
    .where('counter', '=', passkey.counter)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Oldest first. */
export async function listPasskeys(db: Db, practice: OpenPractice, accountId: string): Promise<readonly PasskeyRow[]> {
  return db
    .selectFrom('passkey')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .execute()
}

export async function findPasskey(db: Db, practice: OpenPractice, id: string): Promise<PasskeyRow | undefined> {
  return db.selectFrom('passkey').selectAll().where('practice_id', '=', practice.id).where('id', '=', id).executeTakeFirst()
}

/** @throws {NotFoundError} */
export async function renamePasskeyRow(
  tx: Tx,
  practice: OpenPractice,
  accountId: string,
  id: string,
  label: string,
): Promise<PasskeyRow> {
  const row = await tx
    .updateTable('passkey')
    .set({ label })
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new NotFoundError('no such passkey')
  return row
}

/** @throws {NotFoundError} */
export async function deletePasskey(tx: Tx, practice: OpenPractice, accountId: string, id: string): Promise<void> {
  const { numDeletedRows } = await tx
    .deleteFrom('passkey')
    .where('practice_id', '=', practice.id)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (numDeletedRows !== 1n) throw new NotFoundError('no such passkey')
}

function describe(passkey: PasskeyRow): { id: string; transports: string[] } {
  return { id: passkey.id, transports: transportsSchema.parse(JSON.parse(passkey.transports)) }
}
