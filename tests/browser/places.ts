/**
 * Every page, form and dialog: its name, and the way there, in French. `pages.test.ts` walks them all in both languages, wide and at 360
 * pixels; a new page is one line here.
 */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENTRY_KINDS } from '@couronne/practice/contract'
import type { Locator, Page } from 'playwright-core'
import { breakJournal, type Desk, OWNER, PASSPHRASE, setProofs, speak } from './desk.ts'
import {
  acceptMapping,
  beginImport,
  EXPORT,
  MEDIUM,
  run,
  sendFiles,
  toStep,
  writeFiles,
  writePatientFolders,
  writeTwice,
} from './import-desk.ts'
import { WHO } from './record-desk.ts'
import { totp } from './totp.ts'

/** Where it is, and what is done there before one looks. */
export interface Place {
  readonly name: string
  /** absent: goes on where the place before it was left */
  readonly path?: string
  readonly go?: (page: Page, desk: Desk) => Promise<unknown>
}

const button = (scope: Page | Locator, name: string | RegExp) =>
  scope.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name }).first()
const press = (name: string | RegExp) => (page: Page) => button(page, name).click()
const pressInDialog = (name: string | RegExp) => (page: Page) => button(page.getByRole('dialog'), name).click()

/** An empty machine, up to its first page inside. */
export const FIRST_RUN: readonly Place[] = [
  { name: 'welcome', path: '/' },
  {
    name: 'the sample is made',
    go: async (page) => {
      await press('Ouvrir le cabinet d’exemple')(page)
      await page.locator('.facts code').first().waitFor()
    },
  },
  { name: 'signing in to the sample', path: '/sign-in' },
  { name: 'set-up: the practice', path: '/set-up', go: (page) => page.locator('summary').click() },
  { name: 'set-up: nothing was filled in', go: press('Continuer') },
  {
    name: 'set-up: the owner',
    go: async (page) => {
      await page.getByRole('textbox', { name: 'Nom du cabinet' }).fill('Cabinet dentaire des Tilleuls')
      await press('Continuer')(page)
    },
  },
  {
    name: 'set-up: how it opens',
    go: async (page) => {
      await page.getByRole('textbox', { name: 'Nom affiché' }).fill(OWNER.displayName)
      await page.getByRole('textbox', { name: 'Identifiant' }).fill(OWNER.login)
      await page.getByLabel('Mot de passe').fill(OWNER.password)
      await page.getByLabel('Le même, encore une fois').fill(OWNER.password)
      await press('Continuer')(page)
    },
  },
  { name: 'set-up: it opens by itself', go: (page) => page.getByRole('radio').nth(1).check() },
  {
    name: 'set-up: the kit',
    go: async (page) => {
      await page.getByRole('radio').first().check()
      await page.locator('input[name=passphrase]').fill(PASSPHRASE)
      await page.locator('input[name=again]').fill(PASSPHRASE)
      await press('Créer le cabinet')(page)
      await page.locator('.kit').waitFor()
    },
  },
  {
    name: 'set-up: the kit is checked',
    go: async (page) => {
      await page.getByRole('checkbox').check()
      await press('Continuer')(page)
    },
  },
]

/** A practice that nobody has opened since the machine started. */
export const SEALED: readonly Place[] = [
  { name: 'unsealing by passphrase', path: '/', go: (page) => page.locator('summary').click() },
  { name: 'unsealing by the kit', go: press(/utiliser le kit de secours/) },
  { name: 'unsealing: words are missing', go: press('Ouvrir') },
  {
    name: 'unsealed; a password is lost',
    path: '/',
    go: async (page) => {
      await page.locator('input[name=passphrase]').fill(PASSPHRASE)
      await press('Ouvrir')(page)
      await page.locator('input[name=login]').waitFor()
      await page.locator('summary').click()
    },
  },
]

/** The address of a record with much in it, and of an invitation that nobody has taken up, which are known once there is a practice. */
export const RECORD = '/the-record'
export const INVITATION = '/the-invitation'

/** Nobody has signed in. */
export const OUTSIDE: readonly Place[] = [
  { name: 'signing in', path: '/sign-in' },
  { name: 'signing in: nothing was typed', go: press('Se connecter') },
  { name: 'under attack', path: '/attack' },
  { name: 'an old invitation', path: '/invitation#none', go: (page) => page.getByText('Ce lien a déjà servi').waitFor() },
  { name: 'an invitation', path: INVITATION },
]

/** As the page's menu has them: an identity comes with its patient, documents and images with their bytes. */
const KINDS_ADDED = ENTRY_KINDS.filter((kind) => kind !== 'identity' && kind !== 'document' && kind !== 'imagingStudy')
const OFTEN: Readonly<Record<string, string>> = {
  observation: 'Ajouter une observation',
  procedure: 'Ajouter un acte',
  appointment: 'Ajouter un rendez-vous',
}
/** With all that is folded away. */
const unfold = async (page: Page) => {
  await page.locator('.entry-form').first().waitFor()
  const folded = page.locator('.entry-form details:not([open]) > summary')
  while ((await folded.count()) > 0) await folded.first().click()
}

/** Opens the form that adds an entry of a kind. */
export async function openForm(page: Page, kind: string): Promise<void> {
  const often = OFTEN[kind]
  if (often === undefined) await page.locator('.add-select').selectOption(kind)
  else await button(page.locator('.add-menu'), often).click()
}

/** From what one has to the report; each goes on where the one before was left. */
function importPlaces(): Place[] {
  return [
    { name: 'imports, before there are any', path: '/imports' },
    { name: 'beginning an import', path: '/imports/new' },
    { name: 'beginning an import: nothing was typed', go: press('Continuer') },
    {
      name: 'beginning an import: of images',
      go: (page) => page.getByRole('radio', { name: 'Des images DICOM' }).check(),
    },
    { name: 'an import: files', go: (page) => beginImport(page, 'Ancien logiciel') },
    { name: 'an import: files have arrived', go: (page) => sendFiles(page, EXPORT) },
    {
      name: 'an import: columns',
      go: async (page) => {
        await toStep(page, 'Colonnes')
        await page.getByText('date impossible').first().waitFor()
        await page.locator('.column-read summary').first().click()
      },
    },
    {
      name: 'an import: a column is missing',
      go: async (page) => {
        await page.getByLabel('Identifiant de chaque ligne', { exact: true }).first().selectOption('')
        await press('Enregistrer')(page)
        await page.locator('.refusal').waitFor()
      },
    },
    {
      name: 'an import: what would be taken over',
      go: async (page) => {
        await page.reload()
        await acceptMapping(page)
        await run(page, 'Faire l’essai à blanc')
        await page.locator('.reasons summary').first().click()
        await page.locator('.raw-row').first().waitFor()
      },
    },
    {
      name: 'an import: decisions',
      go: async (page) => {
        await toStep(page, 'Décisions')
        await page.locator('#rows summary').first().click()
        await page.locator('#rows .raw-row').first().waitFor()
      },
    },
    { name: 'an import: before it is done', go: (page) => toStep(page, 'Reprise') },
    { name: 'an import: done', go: (page) => run(page, 'Reprendre') },
    { name: 'an import’s report', go: (page) => page.getByRole('link', { name: /^Ouvrir le rapport/ }).click() },
    {
      name: 'an import: each night',
      go: async (page) => {
        await page.getByRole('link', { name: 'Revenir à la reprise' }).click()
        await toStep(page, 'Chaque nuit')
      },
    },
    {
      name: 'taking an import off the list',
      go: async (page) => {
        await toStep(page, 'Fichiers')
        await press('Retirer cette reprise de la liste')(page)
      },
    },
    { name: 'an import of images: files', go: (page) => beginImport(page, 'CD du panoramique', 'Des images DICOM') },
    { name: 'an import of images: files have arrived', go: (page) => sendFiles(page, MEDIUM) },
    { name: 'an import of images: nothing to explain', go: (page) => toStep(page, 'Colonnes') },
    {
      name: 'an import of images: where each would go',
      go: async (page) => {
        await toStep(page, 'Essai à blanc')
        await run(page, 'Faire l’essai à blanc')
        await page.locator('.reasons summary').last().click()
        await page.getByText('77654033/CR1/6154').waitFor()
      },
    },
    { name: 'an import of images: before it is done', go: (page) => toStep(page, 'Reprise') },
    { name: 'an import of images: done, and what is left to do', go: (page) => run(page, 'Reprendre') },
    { name: 'imports', path: '/imports' },
    {
      name: 'an import: patients who may be the same',
      go: async (page) => {
        await beginImport(page, 'Deux copies')
        await sendFiles(page, [writeTwice(mkdtempSync(join(tmpdir(), 'couronne-twice-')))])
        await acceptMapping(page)
        await run(page, 'Faire l’essai à blanc')
        await page.getByText('Montrer les paires').first().click()
        await page.locator('.pair-line').first().waitFor()
      },
    },
    {
      name: 'an import of folders per patient: what they are called by',
      go: async (page) => {
        await beginImport(page, 'Documents', 'Un dossier de documents par patient')
        await sendFiles(page, writePatientFolders(mkdtempSync(join(tmpdir(), 'couronne-folders-'))))
        await toStep(page, 'Colonnes')
        await page.getByText('Chaque dossier porte le numéro').waitFor()
      },
    },
    {
      name: 'an import of folders per patient: what would be taken over',
      go: async (page) => {
        await press('Continuer')(page)
        await press('Passer à l’essai à blanc')(page)
        await run(page, 'Faire l’essai à blanc')
        await page.locator('.reasons summary').first().click()
        await page.locator('.raw-row').first().waitFor()
      },
    },
    {
      name: 'an import: an empty table asks',
      go: async (page) => {
        const files = { 'patients.csv': 'NumPat;Nom;Prenom;DateNaiss\n' }
        const folder = writeFiles(mkdtempSync(join(tmpdir(), 'couronne-empty-')), files)
        await beginImport(page, 'Export raté')
        await sendFiles(page, [join(folder, 'patients.csv')])
        await acceptMapping(page)
        await press('Faire l’essai à blanc')(page)
        await page.getByText('Un tableau est vide').waitFor()
      },
    },
  ]
}

/** The owner, in a practice with records. */
export const INSIDE: readonly Place[] = [
  { name: 'home', path: '/' },
  { name: 'the account’s menu', go: (page) => page.locator('.account-button').click() },
  { name: 'the keys', path: '/', go: (page) => page.keyboard.press('?') },
  {
    name: 'what is found while one types',
    path: '/',
    go: async (page) => {
      await page.locator('#search').fill('beaulac')
      await page.getByRole('option').first().waitFor()
    },
  },
  { name: 'patients', path: '/patients' },
  { name: 'patients found', path: '/patients?q=beaulac' },
  { name: 'possible duplicates', path: '/duplicates', go: (page) => page.locator('.pairs li').first().waitFor() },
  { name: 'no duplicates put off', path: '/duplicates?state=later' },
  {
    name: 'two records side by side',
    path: '/duplicates',
    go: async (page) => {
      await page.getByRole('link', { name: 'Comparer Lise Kinerel et Lise Kinerel' }).click()
      await page.locator('.pair-table').waitFor()
    },
  },
  { name: 'saying that they are two people', go: press('Ce sont deux personnes…') },
  {
    name: 'joining two records',
    go: async (page) => {
      await pressInDialog('Annuler')(page)
      await press('C’est la même personne…')(page)
    },
  },
  { name: 'joining two records: no reason was given', go: pressInDialog('Réunir') },
  {
    name: 'a record that joins two',
    go: async (page) => {
      await page.getByRole('dialog').getByRole('textbox').fill('Elle s’est mariée en 2024')
      await pressInDialog('Réunir')(page)
      await page.getByText('Ce dossier réunit deux fiches.').waitFor()
    },
  },
  { name: 'parting two records', go: press(/^Séparer le dossier/) },
  {
    name: 'parted, and noted as two people',
    go: async (page) => {
      await page.getByRole('dialog').getByRole('textbox').fill('Ce sont deux cousines')
      await pressInDialog('Séparer')(page)
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.goto('/duplicates?state=different')
      await page.getByRole('link', { name: 'Comparer Lise Kinerel et Lise Kinerel' }).click()
      await press('Remettre à décider')(page)
      await page.locator('.pairs li').first().waitFor()
    },
  },
  { name: 'a new patient', path: '/patients/new', go: unfold },
  {
    name: 'a new patient who is there already',
    path: '/patients/new',
    go: async (page) => {
      await page.getByRole('textbox', { name: 'Nom de naissance' }).fill('Kinerel')
      await page.getByRole('textbox', { name: 'Prénoms de naissance' }).fill('Lise')
      await page.getByRole('textbox', { name: 'Date de naissance' }).fill('21/08/1974')
      await page.getByText('Cette personne est peut-être déjà là').waitFor()
    },
  },
  { name: 'a new patient: nothing was filled in', path: '/patients/new', go: press('Ouvrir le dossier') },
  { name: 'the diary', path: '/agenda' },
  { name: 'the diary of a week', path: '/agenda?span=week' },
  { name: 'giving an appointment', path: '/agenda', go: press('Donner un rendez-vous') },
  { name: 'giving an appointment: nothing was filled in', go: pressInDialog('Donner ce rendez-vous') },
  {
    name: 'giving an appointment beside another',
    go: async (page) => {
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('combobox', { name: 'Patient' }).fill('montvent')
      await dialog.getByRole('option').filter({ hasText: 'Montvent' }).click()
      await dialog.getByLabel('Praticien').selectOption({ label: 'Camille Exemple' })
      await dialog.getByLabel('Heure', { exact: true }).fill('09:45')
      await dialog.getByText('09:30, 45 min, Hélène Beaulac').waitFor()
    },
  },
  { name: 'moving an appointment', path: '/agenda', go: press('Déplacer') },
  ...['', 'teeth', 'care', 'office', 'documents', 'images', 'missing', 'people', 'access'].map((view) => ({
    name: `record: ${view === '' ? 'timeline' : view}`,
    path: `${RECORD}${view === '' ? '' : `?view=${view}`}`,
  })),
  ...KINDS_ADDED.map((kind) => ({
    name: `adding: ${kind}`,
    path: RECORD,
    go: async (page: Page) => {
      await openForm(page, kind)
      await unfold(page)
    },
  })),
  {
    name: 'a quote on paper',
    path: `${RECORD}?view=office`,
    go: async (page) => {
      await page.getByRole('link', { name: /^Imprimer : .*Couronne zircone/ }).click()
      await page.locator('.paper').waitFor()
    },
  },
  {
    name: 'filing a document',
    path: `${RECORD}?view=documents`,
    go: (page) =>
      page.locator('.drop input').setInputFiles({
        name: 'compte-rendu-d-imagerie-du-confrère-radiologue-2026-03.pdf',
        mimeType: 'application/pdf',
        buffer: Buffer.from('%PDF-1.4'),
      }),
  },
  {
    name: 'images of one tooth',
    path: `${RECORD}?view=images`,
    go: async (page) => {
      await page.getByText('Montrer les images d’une dent').click()
      await button(page, /^Dent 36/).click()
    },
  },
  { name: 'moving an image to another record', path: `${RECORD}?view=images`, go: press(/^Déplacer/) },
  { name: 'moving an image: nothing was said', go: pressInDialog('Déplacer') },
  { name: 'the viewer', path: `${RECORD}/viewer`, go: (page) => page.locator('.picture-box canvas').waitFor() },
  { name: 'the viewer: two pictures', go: press('Comparer avec une autre image') },
  {
    name: 'the viewer: a length, and what the file is',
    path: `${RECORD}/viewer`,
    go: async (page) => {
      await press('Mesurer')(page)
      await page.getByRole('application').press('Enter')
      for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowRight')
      await page.keyboard.press('Enter')
      await page.locator('.measures li').waitFor()
      await page.locator('.picture-facts summary').click()
    },
  },
  { name: 'images to file', path: '/images/tray', go: (page) => page.locator('.tray li').first().waitFor() },
  {
    name: 'images to file: several',
    go: async (page) => {
      await page.locator('.tray').getByRole('checkbox').first().check()
      await press('Ranger dans un dossier')(page)
    },
  },
  { name: 'setting an image aside', path: '/images/tray', go: press(/^Mettre de côté/) },
  { name: 'images that were set aside', path: '/images/tray?state=aside' },
  {
    name: 'an image to file',
    path: '/images/tray',
    go: async (page) => {
      await page
        .getByRole('link', { name: /^Ranger/ })
        .first()
        .click()
      await page.locator('.picture-box canvas').waitFor()
    },
  },
  { name: 'filing an image', go: press('Chercher un patient') },
  { name: 'filing an image: no patient was chosen', go: pressInDialog('Ranger dans ce dossier') },
  {
    name: 'a tooth',
    path: `${RECORD}?view=teeth`,
    go: (page) => button(page, /^Dent 46/).click(),
  },
  {
    name: 'an entry',
    path: RECORD,
    go: (page) => page.locator('.entry-open').filter({ hasText: 'Douleur au froid' }).click(),
  },
  { name: 'an entry’s versions', go: pressInDialog(/^Versions/) },
  {
    name: 'correcting an entry',
    go: async (page) => {
      await pressInDialog('Revenir')(page)
      await pressInDialog('Corriger')(page)
      await page.getByRole('dialog').getByRole('textbox', { name: 'Texte' }).fill('Douleur au chaud, secteur 2.')
    },
  },
  { name: 'correcting an entry: no reason was given', go: pressInDialog('Enregistrer') },
  {
    name: 'withdrawing an entry',
    go: async (page) => {
      await pressInDialog('Revenir')(page)
      await pressInDialog('Retirer')(page)
    },
  },
  {
    name: 'putting an entry back',
    go: async (page) => {
      await page.getByRole('dialog').getByRole('textbox').fill('Mauvais dossier')
      await pressInDialog('Retirer')(page)
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByRole('checkbox', { name: 'Montrer aussi ce qui a été retiré' }).check()
      await page.locator('.entry[data-state=withdrawn] .entry-open').first().click()
      await pressInDialog('Remettre dans le dossier')(page)
    },
  },
  {
    name: 'correcting who somebody is',
    path: `${RECORD}?view=people`,
    go: async (page) => {
      await page.locator('.entry[data-kind=identity] .entry-open').click()
      await pressInDialog('Corriger')(page)
      await unfold(page)
    },
  },
  { name: 'limiting a record', path: `${RECORD}?view=access`, go: press('Limiter l’accès à ce dossier') },
  {
    name: 'who has opened a record, and is it whole',
    path: `${RECORD}?view=access`,
    go: async (page) => {
      await press('Montrer qui l’a ouvert')(page)
      await page.getByRole('table').first().waitFor()
      await press('Vérifier maintenant')(page)
      await page.locator('.verdict-box').waitFor()
    },
  },
  {
    name: 'what is missing, with past care and what is there',
    path: `${RECORD}?view=missing`,
    go: async (page) => {
      await press(/soins antérieurs/)(page)
      await page.locator('summary').click()
    },
  },
  { name: 'waiving what is missing', path: `${RECORD}?view=missing`, go: press('Lever…') },
  { name: 'waiving what is missing: no reason was given', go: pressInDialog('Lever la remarque') },
  { name: 'completeness', path: '/completeness' },
  { name: 'completeness of one rule', path: '/completeness?rule=ins-missing' },
  { name: 'a rule of completeness', path: '/completeness/rules/consent-missing-for-surgery' },
  { name: 'no such rule of completeness', path: '/completeness/rules/none' },
  { name: 'a patient who is not there', path: '/patients/018f0000-0000-7000-8000-000000000000' },
  ...importPlaces(),
  { name: 'people', path: '/people' },
  { name: 'inviting', go: press('Inviter une personne') },
  {
    name: 'invited: the link',
    go: async (page, desk) => {
      await setProofs(desk, Temporal.Now.instant())
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: 'Nom affiché' }).fill('Alix Accueil')
      await dialog.getByRole('textbox', { name: 'Identifiant' }).fill(`alix-${Date.now()}`)
      await pressInDialog('Créer l’invitation')(page)
      await dialog.locator('.secret').waitFor()
    },
  },
  { name: 'adding a practitioner', path: '/people', go: press('Ajouter un praticien') },
  {
    name: 'somebody’s account',
    path: '/people',
    go: (page) => page.locator('.people').getByRole('link', { name: 'Noa Type' }).click(),
  },
  { name: 'closing an account', go: press('Fermer le compte') },
  {
    name: 'a practitioner',
    path: '/people',
    go: (page) => page.getByRole('link', { name: 'Sacha Modèle', exact: true }).click(),
  },
  { name: 'ending a contract', go: press(/^Terminer : /) },
  {
    name: 'adding a contract',
    path: '/people',
    go: async (page) => {
      await page.getByRole('link', { name: 'Sacha Modèle', exact: true }).click()
      await press('Ajouter un contrat')(page)
    },
  },
  { name: 'the journal', path: '/journal', go: (page) => page.locator('summary').click() },
  {
    name: 'the journal of one patient',
    path: '/journal',
    go: async (page) => {
      await page.getByRole('textbox', { name: 'Numéro de dossier, ou son adresse' }).fill('1042')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Toutes les lignes sur ce patient' }).waitFor()
    },
  },
  { name: 'settings', path: '/settings' },
  { name: 'settings: sign-in by a provider', path: '/settings/provider' },
  { name: 'settings: another provider', go: (page) => page.getByRole('radio').nth(1).check() },
  { name: 'settings: nothing was filled in', go: press('Enregistrer') },
  { name: 'settings: reception of images', path: '/settings/reception' },
  { name: 'settings: sealing', path: '/settings/sealing' },
  { name: 'settings: a passphrase is added', go: (page) => page.locator('select').selectOption('passphrase') },
  { name: 'settings: a way in is removed', path: '/settings/sealing', go: press(/^Supprimer/) },
  { name: 'one’s own account', path: '/account' },
  {
    name: 'an authenticator application',
    path: '/account',
    go: async (page, desk) => {
      await setProofs(desk, Temporal.Now.instant())
      await press('Mettre en service')(page)
      await page.locator('.qr').waitFor()
    },
  },
  {
    name: 'recovery codes',
    go: async (page) => {
      const secret = (await page.locator('.secret').textContent())?.replaceAll(' ', '') ?? ''
      await page.getByRole('textbox', { name: 'Code à six chiffres' }).fill(await totp(secret, Date.now()))
      await press('Confirmer')(page)
      await page.getByText('En service').waitFor()
      await press('Faire dix codes')(page)
      await page.locator('.codes').waitFor()
    },
  },
  {
    name: 'is it really you?',
    path: '/account',
    go: async (page, desk) => {
      await setProofs(desk, undefined)
      await press(/^Faire dix nouveaux codes/)(page)
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'no such page', path: '/nowhere' },
  {
    name: 'the journal, broken',
    path: '/journal',
    go: async (page, desk) => {
      await breakJournal(desk)
      await press('Vérifier maintenant')(page)
      await page.locator('.verdict-box.broken').waitFor()
    },
  },
  {
    name: 'the server is away',
    path: '/settings',
    go: async (page) => {
      await page.locator('h1').waitFor()
      for (const language of ['en', 'fr'] as const) await speak(page, language) // what was never loaded cannot be spoken now
      await page.context().setOffline(true)
      await press('Enregistrer')(page)
      await page.locator('.server-away').waitFor()
    },
  },
  {
    name: 'the locked screen',
    go: async (page) => {
      await page.context().setOffline(false)
      await page.locator('.server-away').waitFor({ state: 'detached' })
      await page.locator('.account-button').click()
      await press('Verrouiller l’écran')(page)
      await page.locator('.lock').waitFor()
    },
  },
  { name: 'the locked screen: nothing was typed', go: press('Déverrouiller') },
]

/** The owner, who has an authenticator application, comes back. */
export const SECOND_FACTOR: readonly Place[] = [
  {
    name: 'a second factor is asked for',
    path: '/sign-in',
    go: async (page) => {
      await page.locator('input[name=login]').fill(WHO.owner.login)
      await page.locator('input[name=password]').fill(WHO.owner.password)
      await page.locator('button[type=submit]').click()
      await page.locator('input[name=code]').waitFor()
    },
  },
  { name: 'a second factor: a recovery code', go: press(/utiliser un code de secours/) },
]

/** An assistant, who reads no care. */
export const ASSISTING: readonly Place[] = [
  { name: 'assistant: home', path: '/' },
  { name: 'assistant: care is closed', path: `${RECORD}?view=teeth` },
  { name: 'assistant: breaking the glass', go: press('Ouvrir exceptionnellement') },
  { name: 'assistant: breaking the glass without a reason', go: pressInDialog('Ouvrir exceptionnellement') },
]
