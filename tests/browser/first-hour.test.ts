/**
 * A newcomer's first hour, as one walk: a practice set up by keyboard alone, its owner protected, two people invited, a record with an act
 * and a document, found and opened by others, and all of it in the journal. On PostgreSQL; on both engines with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type PostgresqlServer, startPostgresql } from '../peers/postgresql.ts'
import { assertAccessible, Desk, OWNER, PASSPHRASE } from './desk.ts'
import { enterOn, hasFocus, reach, typeIn } from './keyboard.ts'
import { openRecord } from './record-desk.ts'
import { totp } from './totp.ts'

type Engine = 'embedded' | 'PostgreSQL'
/** Every other test of the pages is on the embedded database. */
const ENGINES: readonly Engine[] = process.env.COURONNE_CAMPAIGN === '1' ? ['embedded', 'PostgreSQL'] : ['PostgreSQL']
const SACHA = { name: 'Dr Sacha Modèle', login: 'sacha', password: 'molaire-lune-bleue-31' }
const NOA = { name: 'Noa Type', login: 'noa', password: 'fauteuil-bleu-lampe-7' }

let postgresql: PostgresqlServer | undefined
after(async () => postgresql?.stop())

for (const engine of ENGINES)
  test(`the first hour of a practice, from an empty machine to a journal that is whole: ${engine}`, async () => {
    await using desk = await openDesk(engine)
    const page = await desk.browse('/', { permissions: ['clipboard-read', 'clipboard-write'] })
    await setUp(page)
    await protectAccount(desk, page)
    await sayWhoTreats(page)
    const sacha = await invite(desk, page, SACHA, 'practitioner')
    const noa = await invite(desk, page, NOA, 'assistant')
    const rooms = noa.getByRole('navigation', { name: 'Pièces du cabinet' }).getByRole('link')
    assert.deepEqual(await rooms.allTextContents(), ['Accueil', 'Patients', 'Agenda', 'Images à ranger', 'Équipe', 'Réglages'])

    await openNewRecord(page)
    await noteAct(page)
    await fileDocument(desk, page)

    await openRecord(sacha, 'vuibert', '1990')
    await sacha
      .locator('.entry')
      .filter({ hasText: 'HBMD049' })
      .or(sacha.locator('.entry').filter({ hasText: '36 MO' }))
      .waitFor()
    await sacha.locator('.entry-open').filter({ hasText: 'Avis sur la 36' }).click()
    await sacha.getByRole('dialog').getByRole('link', { name: 'Enregistrer une copie' }).waitFor()

    await breakGlass(noa)
    await seeNotice(page)
    await readJournal(page)
    await closeAccount(page, noa)
    assert.equal(desk.app.installation.practice().engine, engine === 'embedded' ? 'sqlite' : 'postgresql')
  })

async function openDesk(engine: Engine): Promise<Desk> {
  if (engine === 'embedded') return Desk.open()
  postgresql = await startPostgresql()
  return Desk.open({ database: await postgresql.makeDatabase() })
}

/** By keyboard alone. */
async function setUp(page: Page): Promise<void> {
  await enterOn(page, page.getByRole('button', { name: 'Créer mon cabinet' }))
  await page.getByText('Étape 1 sur 4').waitFor()
  await typeIn(page, 'Nom du cabinet', 'Cabinet dentaire des Tilleuls')
  await page.keyboard.press('Enter')
  await page.getByText('Étape 2 sur 4').waitFor()
  assert.equal(await hasFocus(page.locator('h1')), true)
  await typeIn(page, 'Nom affiché', OWNER.displayName)
  await typeIn(page, 'Identifiant', OWNER.login)
  await typeIn(page, 'Mot de passe', OWNER.password)
  await typeIn(page, 'Le même, encore une fois', OWNER.password)
  await page.keyboard.press('Enter')
  await page.getByText('Étape 3 sur 4').waitFor()
  await typeIn(page, 'Phrase de passe', PASSPHRASE)
  await typeIn(page, 'La même, encore une fois', PASSPHRASE)
  await page.keyboard.press('Enter')
  await page.locator('.kit').waitFor()
  const words = await page.locator('.kit-words li').allTextContents()
  assert.equal(words.length, 24)
  await reach(page, page.getByRole('checkbox'))
  await page.keyboard.press('Space')
  await enterOn(page, page.getByRole('button', { name: 'Continuer' }))
  await page.getByText('Vérifions la feuille').waitFor()
  for (const label of await page.locator('form label').allTextContents())
    await typeIn(page, label, (words[Number(label.replaceAll(/\D/g, '')) - 1] as string).toUpperCase())
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `Bonjour, ${OWNER.displayName}` }).waitFor()
}

/** An authenticator application, and codes for the day when it is lost: shown once, each good for one time. */
async function protectAccount(desk: Desk, page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Protéger votre compte par un second facteur' }).click()
  await page.getByRole('button', { name: 'Mettre en service' }).click()
  const secret = ((await page.locator('.factor .secret').textContent()) ?? '').replaceAll(' ', '')
  await page.getByRole('textbox', { name: 'Code à six chiffres' }).fill(await totp(secret, Date.now()))
  await page.getByRole('button', { name: 'Confirmer' }).click()
  await page.getByText('En service').waitFor()
  await page.getByRole('button', { name: 'Faire dix codes' }).click()
  await page.getByText('Il vous reste 10 codes.').waitFor()
  const codes = await page.locator('.codes li').allTextContents()
  assert.equal(new Set(codes).size, 10)
  await page.reload()
  await page.getByText('Il vous reste 10 codes.').waitFor()
  assert.equal(await page.locator('.codes').count(), 0, 'they are not shown again')

  const elsewhere = await desk.browse('/sign-in')
  await passPassword(elsewhere)
  await elsewhere.getByRole('textbox', { name: 'Code à six chiffres' }).fill(await totp(secret, Date.now() + 30_000))
  await elsewhere.getByRole('button', { name: 'Confirmer' }).click()
  await elsewhere.getByRole('heading', { name: `Bonjour, ${OWNER.displayName}` }).waitFor()
  await signOut(elsewhere)
  await passPassword(elsewhere)
  await passRecoveryCode(elsewhere, codes[3] ?? '')
  await elsewhere.getByText('Un code de secours a servi').waitFor()
  await elsewhere.goto('/account')
  await elsewhere.getByText('Il vous reste 9 codes.').waitFor()
  await signOut(elsewhere)
  await passPassword(elsewhere)
  await passRecoveryCode(elsewhere, codes[3] ?? '')
  await elsewhere.getByRole('alert').waitFor()
  await assertAccessible(elsewhere)
  await elsewhere.context().close()
}

async function passPassword(page: Page): Promise<void> {
  await page.locator('input[name=login]').fill(OWNER.login)
  await page.locator('input[name=password]').fill(OWNER.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Une preuve de plus' }).waitFor()
}

async function passRecoveryCode(page: Page, code: string): Promise<void> {
  await page.getByRole('button', { name: /utiliser un code de secours/ }).click()
  await page.getByRole('textbox', { name: 'Code de secours' }).fill(code)
  await page.keyboard.press('Enter')
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: OWNER.displayName }).click()
  await page.getByRole('button', { name: 'Se déconnecter' }).click()
  await page.getByRole('heading', { name: 'Se connecter' }).waitFor()
}

async function sayWhoTreats(page: Page): Promise<void> {
  await toRoom(page, 'Accueil')
  await page.getByRole('link', { name: 'Dire qui soigne ici' }).click()
  await page.getByRole('button', { name: 'Ajouter un praticien' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Prénom').fill('Camille')
  await dialog.getByLabel('Nom', { exact: true }).fill('Exemple')
  await dialog.getByRole('checkbox', { name: 'C’est moi' }).check()
  await dialog.getByLabel('Premier jour').fill('2020-01-01')
  await dialog.getByRole('button', { name: 'Ajouter' }).click()
  await dialog.waitFor({ state: 'detached' })
  await toRoom(page, 'Accueil')
  await page.getByRole('heading', { name: 'Pour commencer' }).waitFor()
  assert.equal(await page.getByRole('link', { name: 'Dire qui soigne ici' }).count(), 0)
}

/** @returns where they are signed in */
async function invite(desk: Desk, page: Page, who: typeof SACHA, role: string): Promise<Page> {
  await toRoom(page, 'Équipe')
  await page.getByRole('button', { name: 'Inviter une personne' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Nom affiché' }).fill(who.name)
  await dialog.getByRole('textbox', { name: 'Identifiant' }).fill(who.login)
  await dialog.getByLabel('Rôle').selectOption(role)
  await dialog.getByRole('button', { name: 'Créer l’invitation' }).click()
  await dialog.getByText('Ce lien ne s’ouvre que sur cet ordinateur').waitFor()
  await dialog.getByRole('button', { name: 'Copier le lien' }).click()
  await dialog.getByText('Copié.').waitFor()
  const link = await page.evaluate(() => navigator.clipboard.readText())
  await dialog.getByRole('button', { name: 'Fermer' }).click()

  const theirs = await desk.browse(link)
  await theirs.getByRole('heading', { name: `Bienvenue, ${who.name}` }).waitFor()
  for (const password of ['motdepasse123', who.password]) {
    await theirs.getByLabel('Mot de passe').first().fill(password)
    await theirs.getByLabel('Le même, encore une fois').fill(password)
    await theirs.getByRole('button', { name: 'Choisir ce mot de passe' }).click()
    if (password !== who.password) await theirs.getByRole('alert').getByText('parmi les plus répandus').waitFor()
  }
  await theirs.getByRole('heading', { name: 'Votre compte est prêt' }).waitFor()
  await theirs.getByRole('button', { name: 'Se connecter' }).click()
  await desk.signIn(theirs, who.login, who.password)
  return theirs
}

async function openNewRecord(page: Page): Promise<void> {
  await toRoom(page, 'Patients')
  await page.getByRole('button', { name: 'Nouveau patient' }).click()
  await page.getByRole('textbox', { name: 'Nom de naissance' }).fill('Vuibert')
  await page.getByRole('textbox', { name: 'Prénoms de naissance' }).fill('Inès')
  await page.getByRole('textbox', { name: 'Date de naissance' }).fill('17/04/1990')
  await page.getByLabel('Sexe').selectOption('female')
  await page.getByRole('button', { name: 'Ouvrir le dossier' }).click()
  await page.getByRole('heading', { level: 1, name: 'Inès Vuibert' }).waitFor()
}

/** From the tooth; who does it is proposed. */
async function noteAct(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Dents' }).click()
  await page.getByRole('button', { name: /^Dent 36/ }).click()
  await page
    .getByRole('region', { name: 'Dent 36' })
    .getByRole('button', { name: /un acte/ })
    .click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Acte : mots ou code CCAM' }).fill('hbmd049')
  await dialog.getByRole('button', { name: /HBMD049/ }).click()
  await dialog.getByRole('button', { name: 'Mésiale' }).click()
  await dialog.getByRole('button', { name: 'Occlusale' }).click()
  assert.equal(await dialog.getByLabel('Praticien').locator('option:checked').textContent(), 'Camille Exemple')
  await dialog.getByRole('button', { name: 'Enregistrer', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /^Dent 36, présente.:.Restauration/ }).waitFor()
}

async function fileDocument(desk: Desk, page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Documents' }).click()
  const path = join(desk.top, 'Avis sur la 36.txt')
  await writeFile(path, 'Cher confrère, merci de votre avis.')
  await page.locator('.drop input').setInputFiles(path)
  await page.getByLabel('Type de document').selectOption({ label: 'Courrier d’un confrère ou à un confrère' })
  await page.getByRole('button', { name: 'Déposer' }).click()
  await page.getByText('Déposé : Avis sur la 36').waitFor()
}

async function breakGlass(page: Page): Promise<void> {
  await openRecord(page, 'vuibert', '1990')
  await page.getByRole('link', { name: 'Dents' }).click()
  await page.getByRole('button', { name: 'Ouvrir exceptionnellement' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('Le patient saigne, le praticien demande ses dents')
  await dialog.getByRole('button', { name: 'Ouvrir exceptionnellement' }).click()
  await page.getByRole('button', { name: /^Dent 36, présente.:.Restauration/ }).waitFor()
}

/** The owner is told on their first page, is led to the record, and says when they have seen it. */
async function seeNotice(page: Page): Promise<void> {
  await page.goto('/')
  const notice = page.getByRole('listitem').filter({ hasText: 'Un dossier fermé a été ouvert par accès exceptionnel' })
  await notice.getByText(NOA.name).waitFor()
  await assertAccessible(page)
  await notice.getByRole('link').click()
  await page.getByRole('heading', { level: 1, name: 'Inès Vuibert' }).waitFor()
  await page.getByRole('button', { name: 'Vérifier maintenant' }).click()
  await page.getByText('Le dossier est entier.').waitFor()
  await toRoom(page, 'Accueil')
  await notice.getByRole('button', { name: 'J’ai vu' }).click()
  await notice.waitFor({ state: 'detached' })
}

async function readJournal(page: Page): Promise<void> {
  await toRoom(page, 'Journal')
  for (const [who, did] of [
    [OWNER.displayName, 'Patient ajouté'],
    [OWNER.displayName, 'Document ajouté'],
    [SACHA.name, 'Dossier consulté'],
    [NOA.name, 'Accès exceptionnel à un dossier'],
  ] as const)
    await page.getByRole('row').filter({ hasText: who }).filter({ hasText: did }).first().waitFor()
  await page.getByText('Le patient saigne, le praticien demande ses dents').waitFor()
  await page
    .getByRole('row')
    .filter({ hasText: 'Dossier complété' })
    .getByText(/^Acte …/)
    .first()
    .waitFor()
  await page.getByRole('combobox', { name: 'Action' }).selectOption({ label: 'Cabinet créé' })
  await page.getByText('1 ligne.').waitFor()
  await page.getByRole('button', { name: 'Vérifier maintenant' }).click()
  await page.getByText('Le journal est entier.').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Fichier JSON' }).click()
  assert.match((await download).suggestedFilename(), /\.jsonl$/)
}

async function closeAccount(page: Page, theirs: Page): Promise<void> {
  await toRoom(page, 'Équipe')
  await page.getByRole('link', { name: NOA.name }).click()
  await page.getByRole('button', { name: 'Fermer le compte' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill(NOA.name)
  await page.getByRole('dialog').getByRole('button', { name: 'Fermer le compte' }).click()
  await page.getByText('Ce compte est fermé').waitFor()
  await theirs.getByRole('link', { name: 'Équipe' }).first().click()
  await theirs.getByRole('heading', { name: 'Se connecter' }).waitFor()
}

async function toRoom(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Pièces du cabinet' }).getByRole('link', { name }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
}
