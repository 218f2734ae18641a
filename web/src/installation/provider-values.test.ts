import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Messages } from '#messages'
import { checkProvider, type ProviderSettings, providerOf, REALMS, secretState, valuesOfProvider } from './provider-values.ts'

const WORDS = {
  provider: { originWrong: 'origin', issuerWrong: 'issuer', clientSecretAgain: 'secret again' },
} as unknown as Messages
const ORIGIN = 'https://couronne.exemple.fr'
const KEPT: ProviderSettings = {
  preset: 'generic',
  label: 'Connexion du groupe',
  issuer: 'https://connexion.exemple.fr/realms/groupe',
  clientId: 'couronne',
  publicOrigin: ORIGIN,
  countsAsTwoFactors: true,
  linksByRpps: false,
  hasClientSecret: true,
  redirectUri: `${ORIGIN}/api/sign-in/oidc/callback`,
}

test('nothing set up yet: Pro Santé Connect, the real one, at the address of this page', () => {
  const values = { ...valuesOfProvider(undefined, ORIGIN), clientId: 'cabinet', clientSecret: 'secret' }
  assert.deepEqual(providerOf(values), {
    preset: 'pro-sante-connect',
    label: 'Pro Santé Connect',
    issuer: REALMS.real,
    clientId: 'cabinet',
    clientSecret: 'secret',
    publicOrigin: ORIGIN,
    countsAsTwoFactors: false,
    linksByRpps: false,
  })
})

test('what is kept comes back as it was, without its secret, which stays', () => {
  const { hasClientSecret: _, redirectUri: __, ...facts } = KEPT
  assert.deepEqual(providerOf(valuesOfProvider(KEPT, 'https://elsewhere.example')), facts)
  assert.equal(secretState(valuesOfProvider(KEPT, ORIGIN), KEPT), 'kept')
})

test('a kept secret goes with its client: another client, or another provider, asks for its own', () => {
  const values = { ...valuesOfProvider(KEPT, ORIGIN), clientId: 'another' }
  assert.equal(secretState(values, KEPT), 'of-another-client')
  assert.equal(checkProvider(values, KEPT, WORDS).clientSecret, 'secret again')
  assert.equal(checkProvider({ ...values, clientSecret: 'new' }, KEPT, WORDS).clientSecret, undefined)
  assert.equal(secretState({ ...valuesOfProvider(KEPT, ORIGIN), preset: 'pro-sante-connect' }, KEPT), 'of-another-client')
})

test('addresses are secure, or on this machine; Couronne’s own has no path', () => {
  const values = valuesOfProvider(KEPT, ORIGIN)
  const origin = (publicOrigin: string) => checkProvider({ ...values, publicOrigin }, KEPT, WORDS).publicOrigin
  for (const good of [ORIGIN, `${ORIGIN}/`, 'https://couronne.local:8420', 'http://localhost:8420'])
    assert.equal(origin(good), undefined)
  for (const bad of ['', 'couronne.exemple.fr', 'http://couronne.exemple.fr', `${ORIGIN}/page`, `${ORIGIN}?a=1`])
    assert.equal(origin(bad), 'origin', bad)
  const issuer = (address: string) => checkProvider({ ...values, issuer: address }, KEPT, WORDS).issuer
  assert.equal(issuer('https://connexion.exemple.fr/realms/groupe'), undefined)
  for (const bad of ['', 'http://connexion.exemple.fr', 'https://moi@connexion.exemple.fr'])
    assert.equal(issuer(bad), 'issuer', bad)
})
