/** Codes of an authenticator application: TOTP (RFC 6238), six digits, thirty seconds, one step of tolerance either way; each counts once. */
import { generateSecret, generateURI, verify } from 'otplib'
import { toString as drawQr } from 'qrcode'
import type { Tx } from '#database'
import { seal, unseal } from '#keys'
import type { OpenPractice } from '#open-practice'

const PERIOD_SECONDS = 30

export interface NewTotp {
  /** base32, 160 bits */
  readonly secret: string
  /** `otpauth://totp/…` */
  readonly uri: string
  /** SVG */
  readonly qrSvg: string
}

export async function makeTotp(practiceName: string, login: string): Promise<NewTotp> {
  const secret = generateSecret()
  // A colon would part the label where there is nothing to part.
  const issuer = practiceName.replaceAll(':', ' ')
  const uri = generateURI({ issuer, label: login.replaceAll(':', ' '), secret })
  return { secret, uri, qrSvg: await drawQr(uri, { type: 'svg', margin: 2 }) }
}

export function sealTotp(practice: OpenPractice, accountId: string, secret: string): Uint8Array {
  return seal(practice.master.derive('secrets'), Buffer.from(secret), contextOf(accountId))
}

export function unsealTotp(practice: OpenPractice, accountId: string, sealed: Uint8Array): string {
  return Buffer.from(unseal(practice.master.derive('secrets'), sealed, contextOf(accountId))).toString()
}

/** @returns the step for which the code is right; undefined: it is wrong */
export async function stepOfCode(secret: string, typed: string, now: Temporal.Instant): Promise<number | undefined> {
  const token = typed.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const epoch = Math.floor(now.epochMilliseconds / 1000)
  const result = await verify({ secret, token, epoch, epochTolerance: PERIOD_SECONDS })
  return result.valid ? Math.floor(epoch / PERIOD_SECONDS) + result.delta : undefined
}

/** Marks a step as used. @returns false when it, or a later one, was used before: the code was seen by somebody */
export async function takeStep(tx: Tx, practice: OpenPractice, accountId: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('account')
    .set({ totp_step: step })
    .where('practice_id', '=', practice.id)
    .where('id', '=', accountId)
    .where('totp_sealed', 'is not', null)
    .where((row) => row.or([row('totp_step', 'is', null), row('totp_step', '<', step)]))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function contextOf(accountId: string): string {
  return `couronne totp ${accountId}`
}
