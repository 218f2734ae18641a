/** The practice's OpenID Connect provider, as a setting; the client's secret is sealed in it. */
import { isLoopback } from '@couronne/vault/loopback'
import { z } from 'zod'
import type { Db, Tx } from '#database'
import { InvalidInputError } from '#errors'
import { seal, unseal } from '#keys'
import type { Actor, OpenPractice } from '#open-practice'
import { loadSetting, removeSetting, saveSetting } from '#settings'
import { type changeOidcSettings, OIDC_PRESETS, type oidcSettingsSchema } from './contract.ts'

const NAME = 'people.oidc'
const CALLBACK_PATH = '/api/sign-in/oidc/callback'
const PRO_SANTE_CONNECT_HOST = /(^|\.)esante\.gouv\.fr$/

const storedSchema = z.object({
  preset: z.enum(OIDC_PRESETS),
  label: z.string(),
  issuer: z.string(),
  clientId: z.string(),
  publicOrigin: z.string(),
  countsAsTwoFactors: z.boolean(),
  linksByRpps: z.boolean(),
  /** sealed, base64 */
  clientSecret: z.string().optional(),
})

export type OidcSettings = z.output<typeof storedSchema>
type WantedOidcSettings = z.output<(typeof changeOidcSettings)['body']>

export async function loadOidcSettings(db: Db, practiceId: string): Promise<OidcSettings | undefined> {
  return loadSetting(db, practiceId, NAME, storedSchema)
}

/** What is wanted, checked and sealed. @throws {InvalidInputError} an address is not what it must be */
export function prepareOidcSettings(
  practice: OpenPractice,
  wanted: WantedOidcSettings,
  before: OidcSettings | undefined,
): OidcSettings {
  const { clientSecret, ...facts } = wanted
  refuseInsecure('issuer', facts.issuer)
  refuseInsecure('publicOrigin', facts.publicOrigin)
  const publicOrigin = new URL(facts.publicOrigin).origin
  if (publicOrigin !== facts.publicOrigin.replace(/\/$/, ''))
    throw wrong('publicOrigin', 'scheme, host and port are expected, no path')
  const issuer = new URL(facts.issuer)
  if (facts.preset === 'pro-sante-connect' && !PRO_SANTE_CONNECT_HOST.test(issuer.hostname) && !isLoopback(issuer.hostname))
    throw wrong('issuer', 'Pro Santé Connect is at esante.gouv.fr')
  const isSameClient = before?.issuer === facts.issuer && before.clientId === facts.clientId
  const sealed =
    clientSecret === undefined ? (isSameClient ? before.clientSecret : undefined) : sealSecret(practice, clientSecret)
  return { ...facts, publicOrigin, ...(sealed === undefined ? {} : { clientSecret: sealed }) }
}

/** Keeps them. Accounts forget whom the former provider said they are, unless it is the same. */
export async function saveOidcSettings(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  settings: OidcSettings,
  before: OidcSettings | undefined,
): Promise<void> {
  if (before !== undefined && before.issuer !== settings.issuer) await forgetLinks(tx, practice)
  await saveSetting(tx, practice, actor, NAME, settings)
}

export async function deleteOidcSettings(tx: Tx, practice: OpenPractice): Promise<void> {
  await forgetLinks(tx, practice)
  await removeSetting(tx, practice.id, NAME)
}

export function clientSecretOf(practice: OpenPractice, settings: OidcSettings): string | undefined {
  if (settings.clientSecret === undefined) return undefined
  const sealed = Buffer.from(settings.clientSecret, 'base64')
  return Buffer.from(unseal(practice.master.derive('secrets'), sealed, contextOf(practice))).toString()
}

/** Exactly what is declared at the provider. It never comes from the request. */
export function redirectUriOf(settings: OidcSettings): string {
  return `${settings.publicOrigin}${CALLBACK_PATH}`
}

export function showOidcSettings(settings: OidcSettings): z.output<typeof oidcSettingsSchema> {
  const { clientSecret, ...facts } = settings
  return { ...facts, hasClientSecret: clientSecret !== undefined, redirectUri: redirectUriOf(settings) }
}

/** Plain HTTP stays on this machine. */
export function isPlainHere(url: URL): boolean {
  return url.protocol === 'http:' && isLoopback(url.hostname)
}

function refuseInsecure(path: string, address: string): void {
  const url = new URL(address)
  if (url.protocol !== 'https:' && !isPlainHere(url)) throw wrong(path, 'https is expected')
  if (url.username !== '' || url.search !== '' || url.hash !== '') throw wrong(path, 'an address alone is expected')
}

function wrong(path: string, message: string): InvalidInputError {
  return new InvalidInputError(`OpenID Connect: ${message}`, [{ path, problem: 'address', message }])
}

async function forgetLinks(tx: Tx, practice: OpenPractice): Promise<void> {
  await tx.updateTable('account').set({ oidc_subject: null }).where('practice_id', '=', practice.id).execute()
}

function sealSecret(practice: OpenPractice, secret: string): string {
  return Buffer.from(seal(practice.master.derive('secrets'), Buffer.from(secret), contextOf(practice))).toString('base64')
}

function contextOf(practice: OpenPractice): string {
  return `couronne oidc client secret ${practice.id}`
}
