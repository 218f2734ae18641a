/** The form of the OpenID Connect provider, and what it becomes: pure. */
import type { changeOidcSettings, oidcSettingsSchema } from '@couronne/practice/contract'
import type { z } from 'zod'
import type { FieldErrors } from '#forms'
import type { Messages } from '#messages'

export type ProviderSettings = z.output<typeof oidcSettingsSchema>
export type WantedProvider = z.input<(typeof changeOidcSettings)['body']>

export type ProviderValues = {
  preset: string
  publicOrigin: string
  /** Pro Santé Connect's own, of which there are two */
  realm: string
  issuer: string
  label: string
  clientId: string
  clientSecret: string
  countsAsTwoFactors: boolean
  linksByRpps: boolean
}

const PRO_SANTE_CONNECT = 'Pro Santé Connect'
/** Agence du Numérique en Santé, documentation technique; decision 0023. */
export const REALMS = {
  real: 'https://auth.esante.gouv.fr/auth/realms/esante-wallet',
  trial: 'https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet',
} as const

/** @param origin of the page itself: how this server is reached, as far as the page knows */
export function valuesOfProvider(settings: ProviderSettings | undefined, origin: string): ProviderValues {
  const isGeneric = settings?.preset === 'generic'
  return {
    preset: settings?.preset ?? 'pro-sante-connect',
    publicOrigin: settings?.publicOrigin ?? origin,
    realm: settings === undefined || isGeneric ? REALMS.real : settings.issuer,
    issuer: isGeneric ? settings.issuer : '',
    label: isGeneric ? settings.label : '',
    clientId: settings?.clientId ?? '',
    clientSecret: '',
    countsAsTwoFactors: settings?.countsAsTwoFactors ?? false,
    linksByRpps: settings?.linksByRpps ?? false,
  }
}

/** An absent secret: the one that is kept stays. */
export function providerOf(values: ProviderValues): WantedProvider {
  const isGeneric = values.preset === 'generic'
  return {
    preset: isGeneric ? 'generic' : 'pro-sante-connect',
    label: isGeneric ? values.label.trim() : PRO_SANTE_CONNECT,
    issuer: issuerOf(values),
    clientId: values.clientId.trim(),
    publicOrigin: values.publicOrigin.trim().replace(/\/$/, ''),
    countsAsTwoFactors: isGeneric && values.countsAsTwoFactors,
    linksByRpps: !isGeneric && values.linksByRpps,
    ...(values.clientSecret === '' ? {} : { clientSecret: values.clientSecret }),
  }
}

export function issuerOf(values: ProviderValues): string {
  return values.preset === 'generic' ? values.issuer.trim() : values.realm
}

export type SecretState = 'none' | 'kept' | 'of-another-client'

/** Whether a secret that is kept goes with what is asked for now. */
export function secretState(values: ProviderValues, settings: ProviderSettings | undefined): SecretState {
  if (settings?.hasClientSecret !== true) return 'none'
  const isSame = settings.issuer === issuerOf(values) && settings.clientId === values.clientId.trim()
  return isSame ? 'kept' : 'of-another-client'
}

export function checkProvider(
  values: ProviderValues,
  settings: ProviderSettings | undefined,
  m: Messages,
): FieldErrors<ProviderValues> {
  const isGeneric = values.preset === 'generic'
  const isSecretMissing = values.clientSecret === '' && secretState(values, settings) === 'of-another-client'
  return {
    publicOrigin: isOrigin(values.publicOrigin.trim()) ? undefined : m.provider.originWrong,
    issuer: !isGeneric || isSecure(values.issuer.trim()) ? undefined : m.provider.issuerWrong,
    label: isGeneric && values.label.trim() === '' ? m.provider.labelMissing : undefined,
    clientId: values.clientId.trim() === '' ? m.provider.clientIdMissing : undefined,
    clientSecret: isSecretMissing ? m.provider.clientSecretAgain : undefined,
  }
}

/** Whether nobody but this machine knows the address. */
export function isOnlyHere(address: string): boolean {
  return URL.canParse(address) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(address).hostname)
}

/** HTTPS, or plain HTTP on this machine: what the server accepts. */
function isSecure(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, username, search, hash } = new URL(address)
  const isSealed = protocol === 'https:' || (protocol === 'http:' && isOnlyHere(address))
  return isSealed && username === '' && search === '' && hash === ''
}

function isOrigin(address: string): boolean {
  return isSecure(address) && new URL(address).origin === address.replace(/\/$/, '')
}
