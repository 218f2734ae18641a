/** From an empty machine to an open practice, and back from a sealed one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { assertAccessible, assertNoSideways, Desk, OWNER, PASSPHRASE } from './desk.ts'

test('what is wrong is said where it is, and the reader is taken there', async () => {
  await using desk = await Desk.open()
  const page = await desk.browse('/set-up')
  await page.getByRole('button', { name: 'Continuer' }).click()
  const summary = page.getByRole('alert')
  await summary.getByText('Une réponse est à corriger').waitFor()
  await assertAccessible(page)
  await summary.getByRole('link').click()
  const field = page.getByRole('textbox', { name: 'Nom du cabinet' })
  assert.equal(await field.evaluate((each) => each === document.activeElement), true)
  assert.match(await descriptionOf(field), /Donnez un nom au cabinet/)
  await field.fill('Cabinet des Tilleuls')
  await page.getByText('Donnez un nom au cabinet').first().waitFor({ state: 'detached' })
})

test('a password that everybody has is refused where it was chosen', async () => {
  await using desk = await Desk.open()
  const page = await desk.browse('/set-up')
  await setUpTo(page, 'opening', 'motdepasse123')
  await makeIt(page)
  await page.getByText('Étape 2 sur 4').waitFor()
  await page.getByRole('alert').getByText('parmi les plus répandus').waitFor()
  await page.getByLabel('Mot de passe').fill(OWNER.password)
  await page.getByLabel('Le même, encore une fois').fill(OWNER.password)
  await page.getByRole('button', { name: 'Continuer' }).click()
  await makeIt(page)
  await page.locator('.kit').waitFor()
})

test('the kit’s sheet prints on one A4 page, with the words and nothing of the frame', async () => {
  await using desk = await Desk.open()
  const page = await desk.browse('/set-up')
  await setUpTo(page, 'kit')
  await page.emulateMedia({ media: 'print' })
  assert.equal(await page.locator('.kit-words').isVisible(), true)
  assert.equal(await page.locator('header.top').isVisible(), false)
  assert.equal(await page.getByRole('button', { name: 'Imprimer' }).isVisible(), false)
  const pdf = await page.pdf({ preferCSSPageSize: true })
  assert.equal(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length, 1)
})

test('a machine that opens by itself is set up only once that is understood', async () => {
  await using desk = await Desk.open()
  const page = await desk.browse('/set-up')
  await setUpTo(page, 'opening')
  await page.getByRole('radio', { name: 'La machine ouvre les données toute seule' }).check()
  await page.getByText('Tout. La clé part avec elle').waitFor()
  await page.getByRole('button', { name: 'Créer le cabinet' }).click()
  await page.getByRole('alert').getByText('Cochez la case').waitFor()
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Créer le cabinet' }).click()
  await page.locator('.kit').waitFor()
  await desk.stopServer()
  await desk.startServer()
  await page.goto('/')
  await page.getByRole('heading', { name: 'Se connecter' }).waitFor()
})

test('the sample practice opens with one button and says who may sign in', async () => {
  await using desk = await Desk.open()
  const page = await desk.browse()
  await page.getByRole('button', { name: 'Ouvrir le cabinet d’exemple' }).click()
  await page.getByText('exemple-couronne-dentiste').waitFor()
  await assertAccessible(page)
  await page.getByRole('button', { name: 'Se connecter' }).click()
  await desk.signIn(page, 'dentiste', 'exemple-couronne-dentiste')
  await page.getByText('toutes les personnes sont inventées').waitFor()
})

test('the making of the sample practice shows how far it is, after a reload too; a failure says what to do', async () => {
  await using desk = await Desk.open()
  let gate = Promise.withResolvers<void>()
  desk.makingSample = (onProgress) => {
    onProgress({ step: 'records', done: 1250, total: 3000 })
    return gate.promise
  }
  const page = await desk.browse()
  const open = page.getByRole('button', { name: 'Ouvrir le cabinet d’exemple' })
  await open.click()
  await page.getByRole('progressbar', { name: 'Écriture des dossiers' }).waitFor()
  await page.getByText(/^1\s250 sur 3\s000\./).waitFor()
  await assertAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  await assertNoSideways(page)
  await page.route('**/api/installation/sample/events', (route) => route.fulfill({ status: 502 }), { times: 1 })
  await page.reload()
  await page.getByText(/^1\s250 sur 3\s000\./).waitFor()
  gate.reject(new Error('the power went'))
  await page.getByRole('alert').filter({ hasText: 'Le cabinet d’exemple n’a pas pu être préparé' }).waitFor()
  await page.reload()
  await page.getByRole('alert').getByText('vous pouvez recommencer').waitFor()
  await assertAccessible(page)
  gate = Promise.withResolvers<void>()
  await open.click()
  await page.getByText(/^1\s250 sur 3\s000\./).waitFor()
  await page.reload()
  await page.getByRole('progressbar').waitFor()
  gate.resolve()
  await page.getByRole('heading', { name: 'Se connecter' }).waitFor()
})

test('a sealed practice says so; a wrong passphrase opens nothing, four letters of each word of the kit do', async () => {
  await using desk = await Desk.openPractice()
  await desk.stopServer()
  await desk.startServer()
  const page = await desk.browse('/journal')
  await page.getByRole('heading', { name: 'Ouvrir le cabinet' }).waitFor()
  await assertAccessible(page)
  await page.getByRole('textbox', { name: 'Phrase de passe' }).fill('ce n’est pas la bonne phrase')
  await page.getByRole('button', { name: 'Ouvrir', exact: true }).click()
  await page.getByRole('alert').getByText('Cela n’ouvre pas les données').waitFor()
  await page.getByRole('button', { name: 'utiliser le kit de secours' }).click()
  const words = desk.recoveryWords.normalize('NFC').split(' ')
  await wordField(page, 1).fill('zzzzz')
  await wordField(page, 2).focus()
  await page.getByText('Mot inconnu').waitFor()
  await assertAccessible(page)
  for (const [place, word] of words.entries()) await wordField(page, place + 1).fill(word.slice(0, 4))
  await page.getByRole('button', { name: 'Ouvrir', exact: true }).focus()
  await page.getByText('24 mots reconnus sur 24').waitFor()
  await page.getByRole('button', { name: 'Ouvrir', exact: true }).click()
  await page.getByRole('heading', { name: 'Se connecter' }).waitFor()
})

async function setUpTo(page: Page, step: 'opening' | 'kit', password = OWNER.password): Promise<void> {
  await page.getByRole('textbox', { name: 'Nom du cabinet' }).fill('Cabinet dentaire des Tilleuls')
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.getByRole('textbox', { name: 'Nom affiché' }).fill(OWNER.displayName)
  await page.getByRole('textbox', { name: 'Identifiant' }).fill(OWNER.login)
  await page.getByLabel('Mot de passe').fill(password)
  await page.getByLabel('Le même, encore une fois').fill(password)
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.getByText('Étape 3 sur 4').waitFor()
  if (step === 'opening') return
  await makeIt(page)
  await page.locator('.kit').waitFor()
}

async function makeIt(page: Page): Promise<void> {
  await page.locator('input[name=passphrase]').fill(PASSPHRASE)
  await page.locator('input[name=again]').fill(PASSPHRASE)
  await page.getByRole('button', { name: 'Créer le cabinet' }).click()
}

function wordField(page: Page, place: number): ReturnType<Page['locator']> {
  return page.getByRole('textbox', { name: `Mot n° ${place}`, exact: true })
}

/** What is read with a field, after its name. */
function descriptionOf(field: ReturnType<Page['locator']>): Promise<string> {
  return field.evaluate((each) =>
    (each.getAttribute('aria-describedby') ?? '')
      .split(/\s+/)
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' '),
  )
}
