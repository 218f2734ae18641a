/** What a dentist and an assistant do all day: find, open, add, correct, and who may not. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { assertAccessible, assertNoSideways, type Desk } from './desk.ts'
import { assertFocus } from './keyboard.ts'
import { openForm } from './places.ts'
import { enter, openRecord, openRecordDesk, WHO, type Who } from './record-desk.ts'

suite('patients', () => {
  let desk: Desk
  before(async () => {
    desk = await openRecordDesk()
  })
  after(() => desk[Symbol.asyncDispose]())

  test('a patient is found without accents and with a slip, and told from a namesake by birth date, age, file and telephone', async () => {
    const page = await enter(desk, 'owner')
    for (const typed of ['helene beaulac', 'BEAULAK', '12/03/1956', '1042', '0699001231', 'lefevre']) {
      await page.locator('#search').fill(typed)
      await page.getByRole('option').filter({ hasText: 'née le 12/03/1956, 70 ans' }).waitFor()
    }
    await page.locator('#search').fill('beaulac')
    const options = page.getByRole('option')
    await options.filter({ hasText: 'Dossier 2077' }).waitFor()
    assert.equal(await options.filter({ hasText: '06 99 00 12 31' }).count(), 1)
    await assertAccessible(page)
    await page.locator('#search').fill('personne de ce nom')
    await page.getByRole('status').filter({ hasText: 'Aucun patient trouvé' }).waitFor()
    await page.locator('#search').fill('beaulac')
    await options.first().waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: /Patients trouvés/ }).waitFor()
    await page.locator('.patients li').first().waitFor()
    assert.equal(await page.locator('.patients li').count(), 2)
    await page.context().close()
  })

  test('a record is opened with the least, and those who resemble are shown while one types', async () => {
    const page = await enter(desk, 'assistant', '/patients')
    await page.getByRole('button', { name: 'Nouveau patient' }).click()
    await page.getByRole('button', { name: 'Ouvrir le dossier' }).click()
    const missing = page.getByRole('alert').filter({ hasText: 'Cette réponse manque' })
    await missing.getByRole('link', { name: 'Nom de naissance' }).waitFor()
    await page.getByRole('textbox', { name: 'Nom de naissance' }).fill('Beaulac')
    await page.getByRole('textbox', { name: 'Prénoms de naissance' }).fill('Hélène')
    await page.getByText('ressemblent à celui-ci').waitFor()
    await page.getByRole('textbox', { name: 'Nom de naissance' }).fill('D’Aubigné-Œuvré')
    await page.getByRole('textbox', { name: 'Prénoms de naissance' }).fill('Anne, Marie')
    await page.getByRole('textbox', { name: 'Date de naissance' }).fill('3/1990')
    await page.getByLabel('Sexe').selectOption('female')
    await page.getByRole('textbox', { name: 'Numéro', exact: true }).fill('06 99 00 44 55')
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Ouvrir le dossier' }).click()
    await page.getByRole('heading', { level: 1, name: 'Anne D’Aubigné-Œuvré' }).waitFor()
    await page.getByText('née en mars 1990, 36 ans').waitFor()
    const alerts = page.getByRole('region', { name: 'Alertes' })
    assert.match((await alerts.textContent()) ?? '', /Non renseigné\s:\sAllergie/)
    await page.context().close()
  })

  test('alerts say in words what is there, what was asked and is not, and what nobody has asked', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    const text = (await page.getByRole('region', { name: 'Alertes' }).textContent()) ?? ''
    assert.match(text, /Signalé\s:\sAllergie Pénicilline/)
    assert.match(text, /Rien de connu\s:\sInfection/)
    assert.match(text, /Non renseigné\s:\s.*Grossesse/)
    await page.getByRole('region', { name: 'Alertes' }).getByRole('button', { name: 'Grossesse' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('État').selectOption('absent')
    await dialog.getByText('Plus de détails').click()
    await dialog.getByLabel('Vérifié le').fill('2020-01-31')
    await dialog.getByRole('button', { name: 'Enregistrer' }).click()
    await page.getByText('Infection').first().waitFor()
    await page
      .locator('.alerts-absent')
      .filter({ hasText: /Grossesse[^(]*\(à vérifier de nouveau.*31\/01\/2020\)/ })
      .waitFor()
    await page.context().close()
  })

  test('an entry of each kind is added by its form', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'montvent', '1982')
    for (const [kind, fill, shown] of EACH_KIND) {
      await openForm(page, kind)
      const dialog = page.getByRole('dialog')
      await fill(dialog, page)
      await dialog.getByRole('button', { name: 'Enregistrer', exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
      await page.locator('.entry').filter({ hasText: shown }).first().waitFor()
    }
    await page.context().close()
  })

  test('a correction shows what it replaces, asks why, and stays among the versions; what is withdrawn too, and it can be put back', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    await page.locator('.entry-open').filter({ hasText: 'Douleur au froid' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Corriger' }).click()
    await dialog.getByRole('textbox', { name: 'Texte' }).fill('Douleur au chaud, secteur 2.')
    await dialog.getByText('« Douleur au froid, secteur 2. » devient « Douleur au chaud, secteur 2. »').waitFor()
    await dialog.getByRole('button', { name: 'Enregistrer' }).click()
    await dialog.getByRole('alert').filter({ hasText: 'Dites pourquoi' }).waitFor()
    await dialog.getByRole('textbox', { name: 'Pourquoi cette correction' }).fill('Mal entendu')
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Enregistrer' }).click()
    await dialog.getByText('Raison : Mal entendu').waitFor()
    await dialog.getByRole('button', { name: 'Versions' }).click()
    await dialog.getByText('Version 2 : Dr Camille Exemple').waitFor()
    await dialog.getByText('« Douleur au froid, secteur 2. » devient « Douleur au chaud, secteur 2. »').waitFor()
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Revenir' }).click()
    await dialog.getByRole('button', { name: 'Retirer' }).click()
    await dialog.getByRole('textbox', { name: 'Pourquoi le retirer' }).fill('Mauvais dossier')
    await dialog.getByRole('button', { name: 'Retirer' }).click()
    await page.locator('.entry-open').filter({ hasText: 'Douleur au chaud' }).waitFor({ state: 'detached' })
    await page.getByRole('checkbox', { name: 'Montrer aussi ce qui a été retiré' }).check()
    await page.locator('.entry[data-state=withdrawn]').filter({ hasText: 'Douleur au chaud' }).waitFor()
    await page.locator('.entry[data-state=withdrawn] .entry-open').filter({ hasText: 'Douleur au chaud' }).click()
    await dialog.getByRole('button', { name: 'Versions' }).click()
    await dialog.getByRole('button', { name: 'Remettre dans le dossier' }).click()
    await dialog.getByRole('textbox', { name: 'Pourquoi le remettre' }).fill('Le bon dossier')
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Remettre dans le dossier' }).click()
    await dialog.getByText('Raison : Le bon dossier').waitFor()
    await dialog.getByRole('button', { name: 'Corriger' }).waitFor()
    await page.context().close()
  })

  test('a practice in Réunion says so once, and its appointments are at the time there', async () => {
    const page = await enter(desk, 'owner', '/settings')
    await page.getByLabel('Heure de').selectOption({ label: 'La Réunion' })
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Enregistrer' }).first().click()
    await page.getByText('Enregistré').first().waitFor()
    await page.reload()
    assert.equal(await page.getByLabel('Heure de').inputValue(), 'Indian/Reunion')
    await openRecord(page, 'beaulac', '2019')
    await add(page, 'Ajouter un rendez-vous', (dialog) =>
      dialog.getByRole('textbox', { name: 'Motif' }).fill('Contrôle outre-mer'),
    )
    const patientId = new URL(page.url()).pathname.split('/').at(-1)
    const zones = await page.evaluate(async (id) => {
      const reply = await fetch(`/api/patients/${id}/entries?kind=appointment`)
      const { entries } = (await reply.json()) as { entries: { body: { reason?: string; zone: string } }[] }
      return entries.filter(({ body }) => body.reason === 'Contrôle outre-mer').map(({ body }) => body.zone)
    }, patientId)
    assert.deepEqual(zones, ['Indian/Reunion'])
    await page.context().close()
  })

  test('when somebody was quicker, what was typed stays, what they changed is said, and saving again goes on from theirs', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '2019')
    await add(page, 'Ajouter une observation', async (dialog) =>
      dialog.getByRole('textbox', { name: 'Texte' }).fill('Première lecture'),
    )
    const other = await enter(desk, 'practitioner', new URL(page.url()).pathname)
    for (const each of [page, other]) {
      await each.locator('.entry-open').filter({ hasText: 'Première lecture' }).click()
      await each.getByRole('dialog').getByRole('button', { name: 'Corriger' }).click()
    }
    const correct = async (each: Page, text: string) => {
      await each.getByRole('dialog').getByRole('textbox', { name: 'Texte' }).fill(text)
      await each.getByRole('dialog').getByRole('textbox', { name: 'Pourquoi cette correction' }).fill('Relecture')
      await each.getByRole('dialog').getByRole('button', { name: 'Enregistrer' }).click()
    }
    await correct(other, 'Lecture de Sacha')
    await other.getByRole('dialog').getByText('Raison : Relecture').waitFor()
    await correct(page, 'Lecture de Camille')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Quelqu’un a été plus rapide').waitFor()
    await dialog.getByText('« Première lecture » devient « Lecture de Sacha »').waitFor()
    assert.equal(await dialog.getByRole('textbox', { name: 'Texte' }).inputValue(), 'Lecture de Camille')
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Enregistrer' }).click()
    await dialog.getByRole('button', { name: 'Versions (3)' }).waitFor()
    await other.context().close()
    await page.context().close()
  })

  test('a personal note is its author’s alone', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '2019')
    await add(page, 'Ajouter une observation', async (dialog) => {
      await dialog.getByLabel('Sorte').selectOption('personal-note')
      await dialog.getByText('Vous seul la verrez').waitFor()
      await dialog.getByRole('textbox', { name: 'Texte' }).fill('Parents inquiets')
    })
    await page.locator('.entry').filter({ hasText: 'Parents inquiets' }).getByText('Privé').waitFor()
    const other = await enter(desk, 'practitioner', new URL(page.url()).pathname)
    await other.locator('.entry').first().waitFor()
    assert.equal(await other.getByText('Parents inquiets').count(), 0)
    await other.context().close()
    await page.context().close()
  })

  test('an assistant is told that care is closed, opens it for a reason, and the owner sees who did', async () => {
    const page = await enter(desk, 'assistant')
    await openRecord(page, 'beaulac', '1956')
    await page.getByText('Les soins ne sont pas montrés à votre rôle.').waitFor()
    assert.equal(await page.getByText('Restauration').count(), 0)
    await page.getByRole('link', { name: 'Dents' }).click()
    await page.getByText('Cette partie du dossier est fermée à votre rôle').waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Ouvrir exceptionnellement' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Les titulaires sont prévenus tout de suite').waitFor()
    await dialog.getByRole('textbox').fill('urgent')
    await dialog.getByRole('button', { name: 'Ouvrir exceptionnellement' }).click()
    await dialog.getByRole('alert').waitFor()
    await assertAccessible(page)
    await dialog.getByRole('textbox').fill('Le patient saigne, le praticien demande ses dents')
    await dialog.getByRole('button', { name: 'Ouvrir exceptionnellement' }).click()
    await page.getByRole('button', { name: /^Dent 36, présente.:.Restauration/ }).waitFor()
    await page.getByText('Accès exceptionnel jusqu’au').waitFor()
    const owner = await enter(desk, 'owner', `${new URL(page.url()).pathname}?view=access`)
    await owner.getByRole('button', { name: 'Montrer qui l’a ouvert' }).click()
    const row = owner.getByRole('row').filter({ hasText: 'Noa Type' }).filter({ hasText: 'Accès exceptionnel' })
    await row.getByText('Raison : Le patient saigne').waitFor()
    await owner.getByRole('button', { name: 'Vérifier maintenant' }).click()
    await owner.getByText('Le dossier est entier.').waitFor()
    await assertAccessible(owner)
    await owner.context().close()
    await page.context().close()
  })

  test('a data-protection officer, who opens no record, asks by file number who has looked at a patient', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    await page.context().close()
    const officer = await enter(desk, 'data-protection-officer', '/journal')
    const file = officer.getByRole('textbox', { name: 'Numéro de dossier' })
    await file.fill('9999')
    await officer.getByRole('button', { name: 'Montrer', exact: true }).click()
    await officer.getByText('Aucun dossier ne porte ce numéro.').waitFor()
    await file.fill('1042')
    await officer.keyboard.press('Enter')
    await officer.getByText('Dossier 1042 · H. L. · né(e) en 1956').waitFor()
    await officer.getByRole('button', { name: 'Montrer qui l’a ouvert' }).click()
    const visits = officer.getByRole('table', { name: 'Qui a ouvert ce dossier' })
    await visits.getByRole('row').filter({ hasText: 'Dr Camille Exemple' }).first().waitFor()
    await officer.getByRole('cell', { name: 'Trouvé par une recherche' }).first().waitFor()
    assert.doesNotMatch((await officer.locator('main').textContent()) ?? '', /Beaulac|Lefèvre|Pénicilline/)
    await assertAccessible(officer)
    await officer.setViewportSize({ width: 360, height: 800 })
    await assertNoSideways(officer)
    await officer.getByRole('button', { name: 'Revenir à tout le journal' }).click()
    await file.waitFor()
    await officer.context().close()
  })

  test('a relative leads to their own record; an alert is verified in one click; whose patient is answered for any day', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '2019')
    await page.goto(`${new URL(page.url()).pathname}?view=people`)
    await page.getByRole('button', { name: 'Ajouter un proche' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Chercher parmi les patients' }).fill('beaulac')
    await dialog.getByRole('option').filter({ hasText: 'Dossier 1042' }).waitFor()
    await page.setViewportSize({ width: 360, height: 800 })
    await assertNoSideways(page)
    await page.setViewportSize({ width: 1280, height: 800 })
    await dialog.getByRole('option').filter({ hasText: 'Dossier 1042' }).click()
    const familyName = dialog.getByRole('textbox', { name: 'Nom', exact: true })
    assert.equal(await familyName.inputValue(), 'Beaulac')
    await dialog.getByRole('button', { name: 'Ne plus relier' }).click()
    assert.equal(await familyName.inputValue(), '')
    await dialog.getByRole('combobox', { name: 'Chercher parmi les patients' }).fill('beaulac')
    await dialog.getByRole('option').filter({ hasText: 'Dossier 1042' }).click()
    assert.equal(await familyName.inputValue(), 'Beaulac')
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Enregistrer' }).click()
    await page.getByRole('link', { name: 'Ouvrir son dossier' }).click()
    await page.getByText('Dossier 1042').waitFor()
    const alert = page.locator('.alert-present').filter({ hasText: 'Pénicilline' })
    await alert.getByText('à vérifier').waitFor()
    await alert.click()
    await dialog.getByRole('button', { name: 'Vérifié aujourd’hui' }).click()
    await alert.getByText('vérifié le').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: 'Identité et entourage' }).click()
    for (const [steward, from] of [
      ['practice', '2015-01-01'],
      ['company', '2020-01-01'],
    ] as const) {
      await page.getByRole('button', { name: 'Dire à qui est le patient' }).click()
      await dialog.getByLabel('Le patient est').selectOption(steward)
      if (steward === 'company') await dialog.getByRole('textbox', { name: 'Nom de la société' }).fill('SELARL Exemple')
      await dialog.getByLabel('Depuis le').fill(from)
      await dialog.getByRole('button', { name: 'Enregistrer' }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await page.getByText('jusqu’au 31/12/2019').waitFor()
    const day = page.getByLabel('À qui était-il, à une date')
    await day.fill('2016-02-01')
    await page.getByText('Le 1er février 2016 : Patient du cabinet.').waitFor()
    await day.fill('2020-01-01')
    await page.getByText('Le 1er janvier 2020 : Patient de la société SELARL Exemple.').waitFor()
    await assertAccessible(page)
    await page.context().close()
  })

  test('a limited record opens to those who are named, and to others by breaking the glass', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '2019')
    const path = new URL(page.url()).pathname
    await page.goto(`${path}?view=access`)
    await page.getByRole('button', { name: 'Limiter l’accès à ce dossier' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Limiter l’accès à ce dossier' }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByRole('checkbox', { name: 'Dr Camille Exemple' }).check()
    await dialog.getByRole('textbox', { name: 'Pourquoi le limiter' }).fill('Demande des parents')
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Limiter l’accès à ce dossier' }).click()
    await page.getByText('seules ces personnes l’ouvrent : Dr Camille Exemple').waitFor()
    const other = await enter(desk, 'practitioner')
    await other.locator('#search').fill('beaulac')
    await other.getByRole('option').filter({ hasText: 'Accès limité' }).click()
    await other.getByRole('heading', { level: 1, name: 'L’accès à ce dossier est limité' }).waitFor()
    await assertAccessible(other)
    await other.getByRole('button', { name: 'Ouvrir exceptionnellement' }).click()
    await other.getByRole('dialog').getByRole('textbox').fill('Urgence pendant la garde du week-end')
    await other.getByRole('dialog').getByRole('button', { name: 'Ouvrir exceptionnellement' }).click()
    await other.getByRole('heading', { level: 1, name: 'Hélène Beaulac' }).waitFor()
    await page.getByRole('button', { name: 'Lever la limite' }).click()
    await page.getByText('Ce dossier s’ouvre à tous ceux dont le rôle le permet.').waitFor()
    await other.context().close()
    await page.context().close()
  })

  test('the odontogram is one stop of Tab, and the arrows go from tooth to tooth', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    await page.getByRole('link', { name: 'Dents' }).click()
    await page.getByRole('button', { name: /^Dent 16, présente.:.Carie/ }).waitFor()
    await page.getByRole('button', { name: /^Dent 18/ }).focus()
    for (const [key, fdi] of [
      ['ArrowRight', '17'],
      ['End', '28'],
      ['ArrowDown', '38'],
      ['Home', '48'],
      ['ArrowUp', '18'],
    ] as const) {
      await page.keyboard.press(key)
      assert.equal(await page.locator(':focus').getAttribute('data-fdi'), fdi)
    }
    await page.keyboard.press('Tab')
    assert.equal(await page.locator(':focus[data-fdi]').count(), 0)
    await page.getByRole('button', { name: /^Dent 46, implant/ }).click()
    await page.getByRole('region', { name: 'Dent 46' }).getByRole('button', { name: 'Implant 4 × 10 mm' }).click()
    await page.getByRole('dialog').getByText('L2291').waitFor()
    await page.context().close()
  })

  test('a file is dropped or chosen, sent, opened; what its name promises falsely is said', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    await page.getByRole('link', { name: 'Documents' }).click()
    const path = join(desk.top, 'lettre.pdf')
    await writeFile(path, 'Cher confrère, merci de votre avis.')
    const other = join(desk.top, 'autre.pdf')
    await writeFile(other, 'Autre chose.')
    await page.locator('.drop input').setInputFiles(other)
    await page.locator('.upload').getByRole('button', { name: 'Annuler' }).click()
    await page.locator('.upload').waitFor({ state: 'detached' })
    await page.locator('.drop input').setInputFiles(path)
    const type = page.getByLabel('Type de document')
    const chosen = () => type.evaluate((each: HTMLSelectElement) => each.selectedOptions[0]?.textContent)
    await page.getByText('Proposé d’après le fichier').waitFor()
    assert.equal(await chosen(), 'Courrier d’un confrère ou à un confrère')
    await page.getByRole('button', { name: 'Toute la nomenclature' }).press('Enter')
    assert.equal(await chosen(), 'Lettre d’adressage')
    await type.selectOption({ label: 'Note de transfert' })
    await page.getByRole('button', { name: 'Les plus courants' }).click()
    assert.equal(await chosen(), 'Note de transfert')
    await type.selectOption({ label: 'Courrier d’un confrère ou à un confrère' })
    await assertAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await assertNoSideways(page)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('button', { name: 'Déposer' }).click()
    await page.getByText('Déposé : lettre').waitFor()
    await page.getByText('n’est pas ce que le nom du fichier annonce').waitFor()
    await page.locator('.entry-open').filter({ hasText: 'lettre · Courrier d’un confrère' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('dialog').getByRole('link', { name: 'Enregistrer une copie' }).click()
    assert.equal((await download).suggestedFilename(), 'lettre.pdf')
    await page.context().close()
  })

  test('a lost connection does not lose an upload: it goes on', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'montvent', '1982')
    await page.getByRole('link', { name: 'Documents' }).click()
    let lost = 0
    const begun: string[] = []
    await page.route('**/api/patients/*/uploads', async (route) => {
      await page.waitForTimeout(500)
      const response = await route.fetch()
      begun.push(((await response.json()) as { id: string }).id)
      // The first answer is lost: the server has begun all the same.
      await (begun.length === 1 ? route.abort('connectionreset') : route.fulfill({ response }))
    })
    await page.route('**/api/uploads/*', (route) => {
      if (route.request().method() !== 'PATCH' || lost++ > 1) return route.continue()
      return route.abort('connectionreset')
    })
    await page
      .locator('.drop input')
      .setInputFiles({ name: 'photo.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(20_000_000, 7) })
    await page.getByRole('button', { name: 'Déposer' }).dblclick()
    await page.getByRole('alert').waitFor()
    assert.equal(begun.length, 1)
    await page.getByRole('button', { name: 'Déposer' }).click()
    await page.getByText('Déposé : photo').waitFor({ timeout: 180_000 })
    assert.ok(lost > 3)
    assert.deepEqual(begun, [begun[0], begun[0]])
    await page.context().close()
  })

  test('the diary shows who comes, and that they came', async () => {
    const page = await enter(desk, 'assistant', '/agenda')
    const line = page.locator('.agenda li').filter({ hasText: 'Hélène Beaulac', hasNotText: 'Contrôle outre-mer' })
    await line.getByRole('button', { name: 'Venu', exact: true }).click()
    await line.getByText('Venu', { exact: true }).waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Semaine' }).click()
    await page.getByText('Semaine du').waitFor()
    await line.getByRole('button', { name: 'Remettre à venir' }).click()
    await line.getByText('À venir').waitFor()
    await assertAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await assertNoSideways(page)
    await page.context().close()
  })

  test('an appointment is given by keyboard alone, two at once are said, and it is moved and cancelled as versions', async () => {
    const page = await enter(desk, 'assistant', '/agenda')
    await page.getByRole('button', { name: 'Donner un rendez-vous' }).press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Donner ce rendez-vous' }).press('Enter')
    const wrong = dialog.getByRole('alert').filter({ hasText: 'Choisissez un patient dans la liste' })
    await wrong.getByRole('listitem').filter({ hasText: 'Cette réponse manque' }).getByRole('link', { name: 'Heure' }).waitFor()
    await assertAccessible(page)
    await dialog.getByRole('combobox', { name: 'Patient' }).focus()
    await page.keyboard.type('1042')
    await dialog.getByRole('option').filter({ hasText: 'Lefèvre' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Choisir un autre patient' }).press('Enter')
    await assertFocus(page, dialog.getByRole('combobox', { name: 'Patient' }))
    await dialog.getByRole('option').filter({ hasText: 'Lefèvre' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Choisir un autre patient' }).waitFor()
    await dialog.getByText('Choisissez d’abord le praticien').waitFor()
    await page.waitForFunction(() => document.activeElement?.tagName === 'SELECT')
    await page.keyboard.type('Sacha')
    await dialog.getByLabel('Date').fill('2027-03-09')
    await dialog.getByRole('button', { name: '14:00' }).press('Space')
    await dialog.getByLabel('Motif').fill('Détartrage')
    await page.keyboard.press('Enter')
    await page.getByRole('status').filter({ hasText: 'Rendez-vous donné à Hélène Beaulac' }).waitFor()
    await page.getByRole('heading', { name: 'mardi 9 mars 2027' }).waitFor()
    const given = page.locator('.agenda li')
    await given.first().waitFor()
    assert.equal(await given.count(), 1)

    const patient = dialog.getByRole('combobox', { name: 'Patient' })
    const give = page.getByRole('button', { name: 'Donner un rendez-vous' })
    await give.click()
    await dialog.getByLabel('Motif').fill('Pour ce jour-là')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Après' }).click()
    await page.getByRole('heading', { name: 'mercredi 10 mars 2027' }).waitFor()
    assert.equal(await page.getByText('Rendez-vous donné à Hélène Beaulac').count(), 0, 'said of the day before')
    await give.click()
    assert.equal(await dialog.getByLabel('Date').inputValue(), '2027-03-10')
    assert.equal(await dialog.getByLabel('Motif').inputValue(), '')
    await dialog.getByRole('button', { name: 'Annuler' }).click()
    await page.getByRole('button', { name: 'Avant' }).click()
    await page.getByRole('heading', { name: 'mardi 9 mars 2027' }).waitFor()
    await give.click()
    assert.equal(await dialog.getByLabel('Motif').inputValue(), 'Pour ce jour-là')
    await dialog.getByRole('button', { name: 'Annuler' }).click()
    await give.click()
    assert.equal(await dialog.getByLabel('Motif').inputValue(), '')
    await patient.fill('montvent')
    await dialog.getByRole('option').filter({ hasText: 'Montvent' }).click()
    await dialog.getByLabel('Praticien').selectOption({ label: 'Sacha Modèle' })
    await dialog.getByLabel('Heure', { exact: true }).fill('14:15')
    await dialog.getByText('14:00, 30 min, Hélène Beaulac').waitFor()
    await assertAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await assertNoSideways(page)
    await page.setViewportSize({ width: 1280, height: 800 })
    await dialog.getByRole('button', { name: 'Donner ce rendez-vous' }).click()
    await page.getByRole('status').filter({ hasText: 'Zoé Montvent' }).waitFor()
    const doubled = page.locator('.agenda li').filter({ hasText: 'En même temps qu’un autre' })
    await doubled.nth(1).waitFor()

    const moved = page.locator('.agenda li').filter({ hasText: 'Zoé Montvent' })
    await moved.getByRole('button', { name: 'Déplacer' }).click()
    const quicker = await desk.browseBeside(page, '/agenda?on=2027-03-09')
    const theirs = quicker.locator('.agenda li').filter({ hasText: 'Zoé Montvent' })
    await theirs.getByRole('button', { name: 'Venu', exact: true }).click()
    await theirs.locator('.agenda-state').getByText('Venu').waitFor()
    await quicker.close()
    await dialog.getByRole('button', { name: '14:30' }).click()
    await dialog.getByRole('button', { name: 'Déplacer', exact: true }).click()
    await dialog.getByText('mardi 9 mars 2027, 14:15 · 30 min · Sacha Modèle · Venu').waitFor()
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Déplacer', exact: true }).click()
    await page.getByRole('status').filter({ hasText: 'Rendez-vous de Zoé Montvent déplacé' }).waitFor()
    await doubled.first().waitFor({ state: 'detached' })
    await moved.getByRole('button', { name: 'Annulé' }).click()
    await moved.locator('.agenda-state').getByText('Annulé').waitFor()
    await moved.getByRole('link', { name: 'Zoé Montvent' }).click()
    await page.getByRole('link', { name: 'Administratif' }).click()
    await page.getByText('version 4').waitFor()
    await page.context().close()
  })

  test('a quote is printed from its row: what it lacks is said, the sheet alone goes on paper, in French, and it counts as an export', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    const patientId = new URL(page.url()).pathname.split('/').at(-1)
    const exportsSoFar = async () => {
      const { entries } = await (
        await page.request.get(`/api/journal/patients?patientId=${patientId}&action=record.exported`)
      ).json()
      return entries.length
    }
    const before = await exportsSoFar()
    await page.getByRole('link', { name: 'Administratif' }).click()
    await page.getByRole('link', { name: /^Imprimer : .*Couronne zircone/ }).press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Imprimer : devis' }).waitFor()
    await page.getByText('jusqu’à quand le devis est valable').waitFor()
    const paper = page.locator('.paper')
    const amounts = ['550,00', '240,00', '72,00', '478,00']
    const making = ['Panier aux tarifs maîtrisés', 'Zircone', 'France', 'Allemagne', 'Couronne métallique, sans reste à payer.']
    for (const text of ['Hélène Marie LEFÈVRE', 'Née le 12/03/1956', ...amounts, ...making, 'n’a aucune valeur'])
      await paper.getByText(text).first().waitFor()
    await paper.locator('.paper-day').getByText('le 1er juin 2026').waitFor()
    await paper.getByText(/^Version \d+ de la fiche, imprimée le /).waitFor()
    assert.equal(await exportsSoFar(), before + 1)
    await assertAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await assertNoSideways(page)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.evaluate(() => Object.assign(window, { print: () => document.body.setAttribute('data-printed', '') }))
    await page.getByRole('button', { name: 'Imprimer' }).click()
    await page.locator('body[data-printed]').waitFor()
    await page.emulateMedia({ media: 'print' })
    for (const other of ['h1', '.top', '.sample-banner', '.rooms-nav', 'main .note'])
      assert.equal(await page.locator(other).isVisible(), false, other)
    assert.equal(await paper.isVisible(), true)
    assert.equal((await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type \/Page\b/g)?.length, 1)
    await page.emulateMedia({ media: 'screen' })
    await page.getByRole('button', { name: 'Dr Camille Exemple' }).click()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { level: 1, name: 'Print: quote' }).waitFor()
    await paper.getByText('Remboursement de l’assurance maladie').waitFor()
    assert.equal(await paper.getAttribute('lang'), 'fr')
    await page.getByRole('button', { name: 'Dr Camille Exemple' }).click()
    await page.getByRole('button', { name: 'Français' }).click()
    await page.getByRole('heading', { level: 1, name: 'Imprimer : devis' }).waitFor()
    await page.getByRole('link', { name: 'Revenir au dossier' }).click()
    await page.locator('.record h1').waitFor()
    await page.context().close()
  })

  test('all of it speaks English', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    await page.getByRole('button', { name: 'Dr Camille Exemple' }).click()
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByText('born 12/03/1956, 70 years').waitFor()
    await page.getByRole('link', { name: 'Teeth' }).click()
    await page.getByRole('button', { name: /^Tooth 46, implant/ }).waitFor()
    await page.goto('/agenda')
    await page.getByRole('heading', { level: 1, name: 'Diary' }).waitFor()
    await page.getByRole('button', { name: 'Dr Camille Exemple' }).click()
    await page.getByRole('button', { name: 'Français' }).click()
    await page.getByRole('heading', { level: 1, name: 'Agenda' }).waitFor()
    await page.waitForLoadState('networkidle')
    await page.context().close()
  })

  for (const who of ['it-provider', 'data-protection-officer', 'auditor'] as const satisfies readonly Who[])
    test(`${who}: there is no patients’ room, and no search`, async () => {
      const page = await enter(desk, who)
      const rooms = await page.getByRole('navigation', { name: 'Pièces du cabinet' }).getByRole('link').allTextContents()
      assert.equal(rooms.includes('Patients') || rooms.includes('Agenda'), false, WHO[who].login)
      assert.equal(await page.locator('#search').count(), 0)
      await page.goto('/patients')
      await page.locator('h1').waitFor()
      await page.waitForLoadState('networkidle')
      assert.equal(await page.locator('.patients li').count(), 0)
      await page.context().close()
    })
})

async function add(page: Page, name: string, fill: (dialog: Locator) => Promise<unknown>): Promise<void> {
  await page.locator('.add-menu').getByRole('button', { name }).click()
  const dialog = page.getByRole('dialog')
  await fill(dialog)
  await dialog.getByRole('button', { name: 'Enregistrer' }).click()
  await dialog.waitFor({ state: 'detached' })
}

type Fill = (dialog: Locator, page: Page) => Promise<unknown>
const field =
  (name: string, value: string): Fill =>
  (dialog) =>
    dialog.getByRole('textbox', { name }).first().fill(value)

const quoteOf =
  (...lines: readonly (readonly [fee: string, reimbursed: string])[]): Fill =>
  async (dialog) => {
    for (const [i, [fee, reimbursed]] of lines.entries()) {
      if (i > 0) await dialog.getByRole('button', { name: 'Ajouter une ligne' }).click()
      await dialog.getByRole('textbox', { name: 'Acte' }).nth(i).fill(`Acte ${i}`)
      await dialog.getByRole('textbox', { name: 'Honoraires' }).nth(i).fill(fee)
      await dialog.getByRole('textbox', { name: 'Remboursé' }).nth(i).fill(reimbursed)
    }
  }

/** The kind, how its form is filled with the least, and what the timeline then shows. */
const EACH_KIND: readonly (readonly [kind: string, fill: Fill, shown: string | RegExp])[] = [
  ['observation', field('Texte', 'Gencive saine'), 'Gencive saine'],
  [
    'procedure',
    async (dialog) => {
      await dialog.getByRole('textbox', { name: 'Acte : mots ou code CCAM' }).fill('hbmd049')
      await dialog.getByRole('button', { name: /HBMD049/ }).click()
      await dialog.getByText('aucune n’est choisie').waitFor()
      await dialog.getByRole('button', { name: 'Dent 36' }).click()
      await dialog.getByRole('button', { name: 'Mésiale' }).click()
      await dialog.getByRole('button', { name: 'Occlusale' }).click()
      await dialog.getByRole('textbox', { name: 'Honoraires' }).fill('50,61')
    },
    '36 MO',
  ],
  ['appointment', field('Motif', 'Contrôle annuel'), 'Contrôle annuel'],
  ['alert', field('Quoi', 'Latex'), 'Allergie : Latex'],
  [
    'questionnaire',
    async (dialog) => {
      const diabetes = dialog.getByRole('group', { name: 'Diabète' })
      await diabetes.getByRole('radio', { name: 'Oui' }).check()
      await diabetes.getByRole('textbox').fill('Diabète de type 2')
    },
    'Diabète de type 2',
  ],
  ['prescription', field('Médicament, produit ou soin', 'Paracétamol 1 g'), 'Paracétamol 1 g'],
  ['consent', field('À quoi, en mots', 'Avulsion de la 48'), 'Accepté : Avulsion de la 48'],
  ['quote', quoteOf(['500', '120,50'], ['90,10', '0']), 'Reste avant complémentaire : 469,60'],
  // Of what is not said, nothing is reckoned.
  ['quote', quoteOf(['500', '120,50'], ['90,20', '']), /Total\s:\s590,20\s€$/],
  [
    'correspondence',
    async (dialog) => {
      await dialog.getByRole('textbox', { name: 'Nom', exact: true }).fill('Dr Voisin')
      await dialog.getByRole('textbox', { name: 'Objet' }).fill('Avis sur la 48')
    },
    'Dr Voisin : Avis sur la 48',
  ],
  [
    'device',
    async (dialog) => {
      await dialog.getByRole('textbox', { name: 'Quoi' }).fill('Implant 4 × 8')
      await dialog.getByRole('button', { name: 'Dent 46' }).click()
      await dialog.getByRole('textbox', { name: 'Posé le' }).fill('2024')
      await dialog.getByRole('textbox', { name: 'Lot' }).fill('L77')
    },
    'Implant 4 × 8 · 46 · Lot L77',
  ],
  ['claim', field('Objet', 'Couronne descellée'), 'Couronne descellée'],
  ['relatedPerson', field('Nom', 'Montvent'), 'Mère'],
  ['referringDoctor', field('Nom', 'Docteur'), 'Médecin traitant'],
  ['stewardship', async () => undefined, 'Patient du cabinet'],
  ['careLink', (dialog) => dialog.getByLabel('Praticien').selectOption({ label: 'Sacha Modèle' }), 'Sacha Modèle · Soigne'],
]
