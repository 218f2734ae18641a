/** The session in a browser: locked, cut off, ended, protected by more than a password; and nothing typed is lost. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { addAuthenticator, assertAccessible, Desk, OWNER, warnsBeforeLeaving } from './desk.ts'

test('a wrong password is refused in words that say neither which nor why', async () => {
  await using desk = await Desk.openPractice()
  const page = await desk.browse('/sign-in')
  await page.getByRole('textbox', { name: 'Identifiant' }).fill('nobody')
  await page.getByLabel('Mot de passe').fill('not the password')
  await page.getByRole('button', { name: 'Se connecter', exact: true }).click()
  await page.getByRole('alert').getByText('L’identifiant ou le mot de passe ne convient pas').waitFor()
  await assertAccessible(page)
  assert.equal(await page.getByRole('textbox', { name: 'Identifiant' }).inputValue(), 'nobody')
})

test('the lock hides the page, keeps what was typed in it, in every tab, and opens by password', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/settings')
  const name = page.getByRole('textbox', { name: 'Nom du cabinet' })
  await name.fill('Cabinet des Platanes')
  const beside = await desk.browseBeside(page, '/people')
  await beside.getByRole('heading', { name: 'Équipe' }).waitFor()
  await page.getByRole('button', { name: OWNER.displayName }).click()
  await page.getByRole('button', { name: 'Verrouiller l’écran' }).click()
  await page.getByRole('heading', { name: 'Écran verrouillé' }).waitFor()
  assert.equal(await page.title(), 'Écran verrouillé · Couronne')
  assert.equal(await name.isVisible(), false)
  await assertAccessible(page)
  await beside.getByRole('heading', { name: 'Écran verrouillé' }).waitFor()
  await page.getByLabel('Mot de passe').first().fill('wrong')
  await page.getByRole('button', { name: 'Déverrouiller' }).click()
  await page.getByRole('alert').waitFor()
  await unlock(page)
  assert.equal(await name.inputValue(), 'Cabinet des Platanes')
  await beside.getByRole('heading', { name: 'Équipe' }).waitFor()
})

test('what is sent while the screen was locked elsewhere is sent when it opens', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/settings')
  await page.getByRole('textbox', { name: 'Nom du cabinet' }).fill('Cabinet des Platanes')
  const locked = await page.evaluate(async () => (await fetch('/api/session/lock', { method: 'POST' })).status)
  assert.equal(locked, 204)
  await page.getByRole('button', { name: 'Enregistrer' }).first().click()
  await unlock(page)
  await page.getByText('C’est enregistré').waitFor()
  assert.equal(await page.locator('header .brand-name').textContent(), 'Cabinet des Platanes')
})

test('a locked screen is locked still when the page is loaded anew', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/settings')
  await page.evaluate(() => fetch('/api/session/lock', { method: 'POST' }))
  await page.reload()
  await unlock(page)
  await page.getByRole('textbox', { name: 'Nom du cabinet' }).waitFor()
})

test('a session that ended asks to sign in, comes back where one was, with what one had typed', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/settings')
  await page.getByRole('textbox', { name: 'Nom du cabinet' }).fill('Cabinet des Platanes')
  await page.evaluate(() => fetch('/api/session/sign-out', { method: 'POST' }))
  await page.getByRole('button', { name: 'Enregistrer' }).first().click()
  await page.getByRole('heading', { name: 'Se connecter' }).waitFor()
  await page.locator('input[name=login]').fill(OWNER.login)
  await page.locator('input[name=password]').fill(OWNER.password)
  await page.locator('button[type=submit]').click()
  await page.getByText('Voici ce que vous aviez commencé à écrire').waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Nom du cabinet' }).inputValue(), 'Cabinet des Platanes')
})

test('a server that is away is said, what was typed stays, and the page goes on when it is back', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/settings')
  const name = page.getByRole('textbox', { name: 'Nom du cabinet' })
  await name.fill('Cabinet des Platanes')
  await page.context().setOffline(true)
  await page.getByRole('button', { name: 'Enregistrer' }).first().click()
  await page.getByText('Couronne ne répond plus').waitFor()
  await assertAccessible(page)
  assert.equal(await name.inputValue(), 'Cabinet des Platanes')
  await page.context().setOffline(false)
  await page.getByText('Couronne ne répond plus').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Enregistrer' }).first().click()
  await page.getByText('C’est enregistré').waitFor()
})

test('a practice that was sealed under an open page asks to be opened', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/people')
  await desk.stopServer()
  await desk.startServer()
  await page.getByRole('link', { name: 'Journal' }).click()
  await page.getByRole('heading', { name: 'Ouvrir le cabinet' }).waitFor()
})

test('a passkey is added, then opens the account without a password, and is removed by typing its name', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/account')
  await addAuthenticator(page)
  await page.getByRole('textbox', { name: 'Nom de la clé' }).fill('mon téléphone')
  await page.getByRole('button', { name: 'Ajouter une clé d’accès' }).click()
  await page.getByRole('listitem').getByText('mon téléphone').waitFor()
  await assertAccessible(page)
  await page.getByRole('button', { name: OWNER.displayName }).click()
  await page.getByRole('button', { name: 'Se déconnecter' }).click()
  await page.getByRole('heading', { name: 'Se connecter' }).waitFor()
  await page.getByRole('button', { name: 'Clé d’accès' }).click()
  await page.getByRole('heading', { name: 'Bonjour' }).waitFor()
  await page.goto('/account')
  await page.getByRole('button', { name: 'Renommer la clé mon téléphone' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('mon nouveau téléphone')
  await page.getByRole('dialog').getByRole('button', { name: 'Renommer' }).click()
  await page.getByRole('listitem').getByText('mon nouveau téléphone').waitFor()
  await page.getByRole('button', { name: 'Supprimer la clé mon nouveau téléphone' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('autre chose')
  await dialog.getByRole('button', { name: 'Supprimer' }).click()
  await dialog.getByRole('alert').getByText('Recopiez exactement : mon nouveau téléphone').waitFor()
  await assertAccessible(page)
  await dialog.getByRole('textbox').fill('Mon nouveau téléphone')
  await dialog.getByRole('button', { name: 'Supprimer' }).click()
  await page.getByRole('listitem').getByText('mon nouveau téléphone').waitFor({ state: 'detached' })
})

test('a password is changed, and leaving the page then asks nothing: there is nothing left to lose', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/account')
  const form = page.getByRole('form', { name: 'Mot de passe' })
  await form.getByLabel('Mot de passe actuel').fill(OWNER.password)
  await form.getByLabel('Nouveau mot de passe').fill('fauteuil-bleu-lampe-7')
  await form.getByLabel('Le même, encore une fois').fill('fauteuil-bleu-lampe-8')
  assert.equal(await warnsBeforeLeaving(page), true)
  await form.getByRole('button', { name: 'Changer le mot de passe' }).click()
  await form.getByRole('alert').getByText('Les deux mots de passe diffèrent.').waitFor()
  await form.getByLabel('Le même, encore une fois').fill('fauteuil-bleu-lampe-7')
  await form.getByRole('button', { name: 'Changer le mot de passe' }).click()
  await page.getByText('Le mot de passe est changé.').waitFor()
  assert.equal(await warnsBeforeLeaving(page), false)
})

test('an authenticator application is set up from the text under its picture, and its code is asked for', async () => {
  await using desk = await Desk.openPractice()
  const page = await signedIn(desk, '/account')
  await page.getByRole('button', { name: 'Mettre en service' }).click()
  await page.locator('.qr').waitFor()
  await assertAccessible(page)
  const secret = (await page.locator('.secret').textContent())?.replaceAll(' ', '') ?? ''
  await page.getByRole('textbox', { name: 'Code à six chiffres' }).fill(await totp(secret, Date.now()))
  await page.getByRole('button', { name: 'Confirmer' }).click()
  await page.getByText('En service').waitFor()
  const elsewhere = await desk.browse('/sign-in')
  await elsewhere.locator('input[name=login]').fill(OWNER.login)
  await elsewhere.locator('input[name=password]').fill(OWNER.password)
  await elsewhere.locator('button[type=submit]').click()
  await elsewhere.getByRole('heading', { name: 'Une preuve de plus' }).waitFor()
  await assertAccessible(elsewhere)
  await elsewhere.getByRole('textbox', { name: 'Code à six chiffres' }).fill(await totp(secret, Date.now() + 30_000))
  await elsewhere.getByRole('button', { name: 'Confirmer' }).click()
  await elsewhere.getByRole('heading', { name: 'Bonjour' }).waitFor()
})

async function signedIn(desk: Desk, path: string): Promise<Page> {
  const page = await desk.browse('/sign-in')
  await desk.signIn(page)
  await page.goto(path)
  await page.locator('h1').waitFor()
  return page
}

async function unlock(page: Page): Promise<void> {
  const lock = page.locator('.lock')
  await lock.getByLabel('Mot de passe').first().fill(OWNER.password)
  await lock.getByRole('button', { name: 'Déverrouiller' }).click()
  await lock.waitFor({ state: 'detached' })
}

/** RFC 6238 with its usual parameters: what an authenticator application shows. */
async function totp(base32: string, atMs: number): Promise<string> {
  const bits = [...base32]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const bytes = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(Math.floor(atMs / 30_000)))
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter.buffer))
  const offset = mac.getUint8(mac.byteLength - 1) & 15
  return String((mac.getUint32(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
