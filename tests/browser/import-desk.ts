/** Imports as somebody does them in a browser: files chosen, steps gone through, what a page says read. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'

/** A practice program's export, in windows-1252, with every trap in it. */
export const EXPORT = join(import.meta.dirname, '../vectors/legacy-export')

/** A disc with images, its DICOMDIR, and some of what that lists. */
export const MEDIUM = join(import.meta.dirname, '../../samples/dicom/media')

/**
 * A source of that name, at the step of its files.
 *
 * @param kind as the page calls what one has; absent: CSV
 */
export async function beginImport(page: Page, title: string, kind?: string): Promise<void> {
  await page.goto('/imports/new')
  if (kind !== undefined) await page.getByRole('radio', { name: kind }).check()
  await page.getByRole('textbox', { name: 'Nom de cette reprise' }).fill(title)
  await page.getByRole('button', { name: 'Continuer' }).click()
  await page.getByRole('heading', { level: 1, name: `${title} : fichiers` }).waitFor()
}

/** @param chosen a folder, or files */
export async function sendFiles(page: Page, chosen: string | readonly string[]): Promise<void> {
  const field = page.locator('.drop input').nth(typeof chosen === 'string' ? 1 : 0)
  await field.setInputFiles(typeof chosen === 'string' ? chosen : [...chosen])
  await page.getByRole('button', { name: 'Envoyer', exact: true }).click()
  await page.getByText(/arrivés?\.$/).waitFor()
}

export async function toStep(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Étapes de la reprise' }).getByRole('link', { name, exact: true }).click()
  await page.getByRole('heading', { level: 1 }).filter({ hasText: name.toLowerCase() }).waitFor()
}

/** Saves what is proposed, and is at the dry run. */
export async function acceptMapping(page: Page): Promise<void> {
  await toStep(page, 'Colonnes')
  await page.getByRole('button', { name: 'Enregistrer et passer à l’essai' }).click()
  await page.getByRole('heading', { level: 1 }).filter({ hasText: 'essai à blanc' }).waitFor()
}

/** Patients of an old program, two of whom are one with a slip of the pen. @param folder where the file is written */
export function writeTwice(folder: string): string {
  const rows = [
    '1;EXEMPLE;Lucie;24/01/1985;F',
    '2;ROCHE;Paul;04/11/1964;M',
    '3;EXEMPEL;Lucie;24/01/1985;F',
    '4;EXEMPLE;Lucie;24/01/1985;F',
  ]
  const text = `NumPat;NomNaiss;Prenom;DateNaiss;Sexe\r\n${rows.join('\r\n')}\r\n`
  return join(writeFiles(folder, { 'patients.csv': text }), 'patients.csv')
}

/** A folder for each of two patients, and for one whom nobody knows. @param folder where they are written */
export function writePatientFolders(folder: string): string {
  const image = readFileSync(join(EXPORT, 'IMAGES/00000123/20260312_101500.jpg'))
  const files = {
    '124/RADIO/20260312_panoramique.jpg': image,
    '125/photo.jpg': Buffer.concat([image, Buffer.of(0)]),
    '999/x.jpg': image,
  }
  for (const path of Object.keys(files)) mkdirSync(join(folder, path, '..'), { recursive: true })
  return writeFiles(folder, files)
}

/** Until the report stands on the page. */
export async function run(page: Page, button: string): Promise<Locator> {
  await page.getByRole('button', { name: button, exact: true }).click()
  const sum = page.locator('.import-sum')
  await sum.waitFor()
  return sum
}

/** The columns of a table of the mapping, by their names. */
export function column(page: Page, name: string): Locator {
  return page.getByLabel(`Ce qu’est la colonne ${name}`, { exact: true })
}

/** Files of a test, in a folder of its own. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): string {
  mkdirSync(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
  return folder
}

/** As many patients as wanted, and two procedures each. */
export function manyRows(patients: number): Record<string, string> {
  const rows = Array.from({ length: patients }, (_, i) => i + 1)
  return {
    'patients.csv': `NumPat;Nom;Prenom;DateNaiss;Sexe\n${rows.map((i) => `${i};NOM${i};Anne;24/01/1985;F\n`).join('')}`,
    'actes.csv': `NumActe;NumPat;Date;Code;Libelle\n${rows
      .flatMap((i) => [2 * i, 2 * i + 1].map((act) => `${act};${i};12/03/2026;HBMD049;Restauration\n`))
      .join('')}`,
  }
}
