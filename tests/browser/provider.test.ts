/** Signing in elsewhere: set up, tried, used, refused in words, given up; the browser really goes to a provider and comes back. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { CLIENT, dentalSurgeon, startProvider } from '../peers/openid-provider.ts'
import { addAuthenticator, assertAccessible, assertNoSideways, Desk, OWNER, warnsBeforeLeaving } from './desk.ts'

const LABEL = 'Connexion du groupe'
const RPPS = '79927398713'

test('the owner sets a provider up, tries it with their own account, and signs in by its button', async () => {
  await using desk = await Desk.openPractice()
  await using provider = await providerFor(desk)
  const page = await signedIn(desk, '/settings')
  await page.getByRole('link', { name: 'Pro Santé Connect' }).click()
  await page.getByText('eidas1').waitFor()
  await page.getByRole('radio', { name: 'Un autre fournisseur' }).check()
  await page.getByRole('button', { name: 'Enregistrer' }).click()
  await page.getByRole('alert').getByText('Donnez cet identifiant.').waitFor()
  await assertAccessible(page)
  assert.equal(await page.locator('.copyable .secret').textContent(), `${desk.address}/api/sign-in/oidc/callback`)
  await page.getByRole('textbox', { name: 'Nom sur le bouton' }).fill(LABEL)
  await page.getByRole('textbox', { name: 'Adresse du fournisseur' }).fill('http://127.0.0.1:1')
  await page.getByRole('textbox', { name: 'Identifiant de Couronne' }).fill(CLIENT.id)
  await page.getByLabel('Secret', { exact: false }).first().fill(CLIENT.secret)
  await page.getByRole('button', { name: 'Enregistrer' }).click()
  await page.getByRole('alert').getByText('ne répond pas comme il le devrait').waitFor()
  await page.getByRole('textbox', { name: 'Adresse du fournisseur' }).fill(provider.issuer)
  await page.getByRole('button', { name: 'Enregistrer' }).click()
  await page.getByText('C’est enregistré : le fournisseur a répondu.').waitFor()
  assert.equal(await warnsBeforeLeaving(page), false)
  await assertAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  await assertNoSideways(page)

  provider.signsIn('camille-chez-eux')
  await page.getByRole('button', { name: 'Relier mon compte pour essayer' }).click()
  await page.getByText('C’est fait : votre compte est relié.').waitFor()
  assert.equal(new URL(page.url()).pathname, '/account')
  await page.getByText(`Votre compte est relié à ${LABEL}`).waitFor()
  await assertNoSideways(page)
  await assertAccessible(page)

  const elsewhere = await desk.browse('/sign-in')
  await elsewhere.getByRole('button', { name: `Se connecter avec ${LABEL}` }).click()
  await elsewhere.getByRole('heading', { name: 'Bonjour' }).waitFor()
})

test('whoever is a stranger, cancels, or takes too long is told so on the page to which they come back', async () => {
  await using desk = await Desk.openPractice()
  await using provider = await providerFor(desk)
  const page = await signedIn(desk, '/account')
  await setUp(page, desk, provider.issuer)
  const elsewhere = await desk.browse('/sign-in')
  const byProvider = elsewhere.getByRole('button', { name: `Se connecter avec ${LABEL}` })
  provider.signsIn(undefined)
  await byProvider.click()
  await elsewhere.getByRole('alert').getByText('annulée ou refusée').waitFor()
  provider.signsIn('a stranger')
  await byProvider.click()
  await elsewhere.getByRole('alert').getByText('n’est relié à personne ici').waitFor()
  await assertAccessible(elsewhere)
  await elsewhere.goto('/api/sign-in/oidc/callback?state=of-yesterday')
  await elsewhere.getByRole('alert').getByText('pris trop de temps').waitFor()

  provider.signsIn(undefined)
  await page.goto('/account')
  await page.getByRole('button', { name: 'Relier mon compte' }).click()
  await page.getByRole('alert').getByText('Votre compte n’est pas relié').waitFor()
  assert.equal(new URL(page.url()).pathname, '/account', 'still signed in, and on the page where one was')
  await assertAccessible(page)
})

test('a provider that counts as one factor is followed by the other, a passkey too', async () => {
  await using desk = await Desk.openPractice()
  await using provider = await providerFor(desk)
  const page = await signedIn(desk, '/account')
  await setUp(page, desk, provider.issuer)
  await addAuthenticator(page)
  await page.goto('/account')
  await page.getByRole('textbox', { name: 'Nom de la clé' }).fill('mon téléphone')
  await page.getByRole('button', { name: 'Ajouter une clé d’accès' }).click()
  await page.getByRole('listitem').getByText('mon téléphone').waitFor()
  provider.signsIn('camille-chez-eux')
  await page.getByRole('button', { name: 'Relier mon compte' }).click()
  await page.getByText('C’est fait : votre compte est relié.').waitFor()
  await page.getByRole('button', { name: OWNER.displayName }).click()
  await page.getByRole('button', { name: 'Se déconnecter' }).click()
  await page.getByRole('button', { name: `Se connecter avec ${LABEL}` }).click()
  await page.getByRole('heading', { name: 'Une preuve de plus' }).waitFor()
  await assertAccessible(page)
  await page.getByRole('button', { name: 'Utiliser ma clé d’accès' }).click()
  await page.getByRole('heading', { name: 'Bonjour' }).waitFor()
})

test('an account is unlinked, and a provider given up, by typing its name; the button goes', async () => {
  await using desk = await Desk.openPractice()
  await using provider = await providerFor(desk)
  const page = await signedIn(desk, '/account')
  await setUp(page, desk, provider.issuer)
  provider.signsIn('camille-chez-eux')
  await page.goto('/account')
  await page.getByRole('button', { name: 'Relier mon compte' }).click()
  await page.getByText('C’est fait').waitFor()
  await page.getByRole('button', { name: 'Ne plus le relier' }).click()
  await assertAccessible(page)
  await confirm(page, LABEL, 'Ne plus le relier')
  await page.getByRole('button', { name: 'Relier mon compte' }).waitFor()
  await page.goto('/settings/provider')
  await page.getByRole('button', { name: `Retirer ${LABEL}` }).click()
  await assertAccessible(page)
  await confirm(page, LABEL, 'Supprimer')
  await page.getByRole('button', { name: `Retirer ${LABEL}` }).waitFor({ state: 'detached' })
  const elsewhere = await desk.browse('/sign-in')
  await elsewhere.getByRole('button', { name: 'Clé d’accès' }).waitFor()
  assert.equal(await elsewhere.getByRole('button', { name: LABEL }).count(), 0)
})

test('Pro Santé Connect takes a dental surgeon with card or telephone, and says what was missing', async () => {
  await using desk = await Desk.openPractice()
  await using strong = await startProvider({
    redirectUri: `${desk.address}/api/sign-in/oidc/callback`,
    acr: 'eidas1',
    claims: dentalSurgeon(RPPS),
  })
  await using weak = await startProvider({
    redirectUri: `${desk.address}/api/sign-in/oidc/callback`,
    acr: 'password',
    claims: dentalSurgeon(RPPS),
  })
  for (const { issuer } of [strong, weak]) desk.elsewhere.add(issuer)
  const page = await signedIn(desk, '/account')
  await setUp(page, desk, weak.issuer, { preset: 'pro-sante-connect', label: 'Pro Santé Connect' })
  weak.signsIn(`8${RPPS}`)
  await page.goto('/account')
  await page.getByRole('button', { name: 'Relier mon compte' }).click()
  await page.getByRole('alert').getByText('la carte CPS ou l’application e-CPS n’a pas servi').waitFor()
  await setUp(page, desk, strong.issuer, { preset: 'pro-sante-connect', label: 'Pro Santé Connect' })
  strong.signsIn(`8${RPPS}`)
  await page.goto('/settings/provider')
  await page.getByRole('button', { name: 'Relier mon compte pour essayer' }).click()
  await page.getByText('C’est fait : votre compte est relié.').waitFor()
  const elsewhere = await desk.browse('/sign-in')
  await elsewhere.getByRole('button', { name: 'Se connecter avec Pro Santé Connect' }).click()
  await elsewhere.getByRole('heading', { name: 'Bonjour' }).waitFor()
})

async function providerFor(desk: Desk) {
  const provider = await startProvider({ redirectUri: `${desk.address}/api/sign-in/oidc/callback` })
  desk.elsewhere.add(provider.issuer)
  return provider
}

/** As the form would. */
async function setUp(page: Page, desk: Desk, issuer: string, change: object = {}): Promise<void> {
  const settings = {
    preset: 'generic',
    label: LABEL,
    issuer,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    publicOrigin: desk.address,
    countsAsTwoFactors: false,
    linksByRpps: false,
    ...change,
  }
  const status = await page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch('/api/settings/oidc', { method: 'PUT', headers, body })).status
  }, JSON.stringify(settings))
  assert.equal(status, 200)
}

async function signedIn(desk: Desk, path: string): Promise<Page> {
  const page = await desk.browse('/sign-in')
  await desk.signIn(page)
  await page.goto(path)
  await page.locator('h1').waitFor()
  return page
}

async function confirm(page: Page, name: string, action: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill(name)
  await dialog.getByRole('button', { name: action, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}
