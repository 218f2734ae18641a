/** From a device to the eye: an image is sent, waits in the tray, goes into a record, is looked at, measured, compared; and moved when it was wrong. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { assertAccessible, assertNoSideways, type Desk, speak } from './desk.ts'
import { drawn, drawnIn, ordinaryPicture, redrawn, sendImages } from './images-desk.ts'
import { assertFocus, enterOn, reach } from './keyboard.ts'
import { enter, openRecord, openRecordDesk } from './record-desk.ts'

const REASON = 'Numéro mal tapé sur l’appareil'
const IO_MM = 0.02
const IO_ROWS = 1000

suite('images', () => {
  let desk: Desk
  before(async () => {
    desk = await openRecordDesk()
  })
  after(() => desk[Symbol.asyncDispose]())

  test('a radiograph whose number nobody has waits in the tray, and goes into the record of whom one chooses', async () => {
    const page = await enter(desk, 'assistant')
    assert.equal(await sendImages(desk, ['dental/p1_IO_36.dcm']), 0)
    await page.goto('/')
    await page.locator('.duties').getByRole('link', { name: 'Images à ranger' }).click()
    await page.getByRole('navigation').getByRole('link', { name: 'Images à ranger (1)' }).waitFor()
    const line = page.locator('.tray li').filter({ hasText: 'VERSAIRE' })
    await line.getByText('Le numéro vient d’un autre cabinet').waitFor()
    await assertAccessible(page)
    await line.getByRole('link', { name: /^Ranger/ }).click()
    await page.getByText('Ce que dit le fichier :').waitFor()
    assert.ok((await drawn(page)).shades > 50)
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Chercher un patient' }).click()
    const dialog = page.getByRole('dialog')
    await choosePatient(dialog, 'beaulac', '1956')
    await dialog.getByText('Le fichier nomme quelqu’un d’autre').waitFor()
    await dialog.getByRole('button', { name: 'Ranger dans ce dossier' }).click()
    await dialog.locator('.refusal').waitFor()
    await dialog.getByRole('textbox', { name: 'Pourquoi dans ce dossier' }).fill(REASON)
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Ranger dans ce dossier' }).click()
    await page.getByRole('heading', { level: 1, name: 'Hélène Beaulac' }).waitFor()
    const card = page.locator('.thumbnails li')
    await card.getByText('dent 36').waitFor()
    await page.getByRole('navigation').getByRole('link', { name: 'Images à ranger', exact: true }).waitFor()
    await page.context().close()
  })

  test('the viewer draws it, changes with the contrast, turns, and says whose name the file bears', async () => {
    const page = await enter(desk, 'owner')
    await openViewer(page, 'Hélène Beaulac', '1956', /dent 36/)
    const first = await drawn(page)
    await page.getByText('nomme une autre personne, VERSAIRE Anne').waitFor()
    await page.getByLabel('Contraste').selectOption({ label: 'Automatique' })
    const automatic = await redrawn(page, first)
    await page.getByRole('button', { name: 'Inverser' }).click()
    const inverted = await redrawn(page, automatic)
    await page.getByRole('button', { name: 'Tourner', exact: true }).click()
    const turned = await redrawn(page, inverted)
    await page.getByRole('button', { name: 'Contraste', exact: true }).click()
    await drag(page, [100, 100], [160, 130])
    await redrawn(page, turned)
    await page
      .getByLabel('Contraste')
      .locator('option:checked')
      .filter({ hasText: 'Réglé à la main' })
      .waitFor({ state: 'attached' })
    await page.getByText('Image brute reçue, jamais modifiée').click()
    await page.getByText('son empreinte vient d’être vérifiée').waitFor()
    assert.match((await page.locator('.fingerprint').textContent()) ?? '', /^[0-9a-f]{64}$/)
    await page.context().close()
  })

  test('the original that is saved is what was sent, byte for byte', async () => {
    const page = await enter(desk, 'owner')
    await openViewer(page, 'Hélène Beaulac', '1956', /dent 36/)
    await drawn(page)
    await page.getByText('Image brute reçue, jamais modifiée').click()
    const sha256 = await page.locator('.fingerprint').textContent()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Enregistrer l’original' }).click(),
    ])
    const bytes = Buffer.concat(await Array.fromAsync(await download.createReadStream()))
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
    assert.equal(digest, sha256)
    await page.context().close()
  })

  test('a length is in millimetres at the detector, by dragging, and goes when it is removed', async () => {
    const page = await enter(desk, 'owner')
    await openViewer(page, 'Hélène Beaulac', '1956', /dent 36/)
    await drawn(page)
    await page.getByRole('button', { name: 'Mesurer' }).click()
    const { height } = (await page.locator('.picture-box').boundingBox()) ?? { height: 0 }
    await drag(page, [300, 150], [300, 250])
    const mm = ((100 * IO_ROWS) / height) * IO_MM
    const shown = (await page.locator('.measures li').textContent()) ?? ''
    const found = Number(/: ([\d,]+)/.exec(shown)?.[1]?.replace(',', '.'))
    assert.ok(Math.abs(found - mm) < 0.15, `${shown}, ${mm} mm`)
    assert.match(shown, /mm sur le capteur/)
    await page.getByText('Les mesures ne sont pas gardées').waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Retirer la mesure 1' }).click()
    assert.equal(await page.locator('.measures li').count(), 0)
    await page.context().close()
  })

  test('each compression that dcmtk can send is shown; one picture in several is drawn the same', async () => {
    const page = await enter(desk, 'owner')
    const files = [
      'MR_small.dcm',
      'MR_small_RLE.dcm',
      'MR_small_jpeg_ls_lossless.dcm',
      'MR_small_jp2klossless.dcm',
      'MR_small_bigendian.dcm',
      'MR_small_implicit.dcm',
      'SC_rgb_jpeg_gdcm.dcm',
      'examples_ybr_color.dcm',
      'examples_jpeg2k.dcm',
      'JPEG2000.dcm',
      'JPGExtended.dcm',
      'examples_palette.dcm',
      'examples_overlay.dcm',
      'CT_small.dcm',
    ]
    assert.equal(await sendImages(desk, files), 0)
    await page.goto('/images/tray')
    await page.locator('.tray li').first().waitFor()
    for (const box of await page.locator('.tray').getByRole('checkbox').all()) await box.check()
    await page.getByRole('button', { name: 'Ranger dans un dossier' }).click()
    const dialog = page.getByRole('dialog')
    await choosePatient(dialog, 'montvent', '1982')
    await dialog.getByRole('textbox', { name: 'Pourquoi dans ce dossier' }).fill('Images d’essai du constructeur')
    await dialog.getByRole('button', { name: 'Ranger dans ce dossier' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Ouvrir le dossier' }).click()
    await page.locator('.thumbnails li').first().waitFor()
    const links = await page.locator('.thumbnail-link').evaluateAll((all) => all.map((each) => each.getAttribute('href') ?? ''))
    assert.ok(links.length >= 5, `${links.length} studies`)
    let seen = 0
    for (const link of links) {
      await page.goto(link)
      await drawn(page)
      const steps = page.locator('.slices input')
      const count = (await steps.count()) === 0 ? 1 : Number(await steps.getAttribute('max')) + 1
      seen += count
      assert.equal(await page.locator('.picture-message[role=alert]').count(), 0, link)
    }
    assert.ok(seen >= files.length, `${seen} pictures`)
    await page.context().close()
  })

  test('two pictures stand side by side, a photograph beside a radiograph, and move together when asked to', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    await file(page, 'photo-36.jpg', 'image/jpeg', ordinaryPicture(desk, '+oj', 'examples_rgb_color.dcm'))
    await file(page, 'scan.tif', 'image/tiff', ordinaryPicture(desk, '+ot', 'CT_small.dcm'))
    await openViewer(page, 'Hélène Beaulac', '1956', /dent 36/)
    await drawn(page)
    await page.getByRole('button', { name: 'Comparer avec une autre image' }).click()
    await page.getByLabel('À côté').selectOption({ label: await optionOf(page, 'À côté', 'photo-36') })
    await drawn(page, 1)
    const [left, right] = [await drawnIn(page, 0), await drawnIn(page, 1)]
    await page.getByRole('checkbox', { name: 'Même cadrage pour les deux' }).check()
    await page.locator('.pane').first().getByRole('button', { name: 'Agrandir' }).click()
    await redrawn(page, left, 0)
    await redrawn(page, right, 1)
    await assertAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    await assertNoSideways(page)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.reload()
    await drawn(page, 1)
    await page.getByLabel('À côté').selectOption({ label: await optionOf(page, 'À côté', 'scan') })
    await page.getByText('voici son aperçu réduit').waitFor()
    await page.getByRole('button', { name: 'Ne plus comparer' }).click()
    assert.equal(await page.locator('.pane').count(), 1)
    await page.context().close()
  })

  test('what holds no picture says so in words, and offers the original', async () => {
    const page = await enter(desk, 'owner')
    assert.equal(await sendImages(desk, ['test-SR.dcm']), 0)
    await page.goto('/images/tray')
    await page.getByRole('link', { name: /^Ranger : Test/ }).click()
    await page.getByText('ne contient pas d’image').waitFor()
    await page.getByRole('link', { name: 'Enregistrer l’original' }).waitFor()
    await page.context().close()
  })

  test('an image is set aside with a reason, and brought back', async () => {
    assert.equal(await sendImages(desk, ['test-SR.dcm']), 0)
    const page = await enter(desk, 'practitioner', '/images/tray')
    await page.locator('.tray li').first().waitFor()
    const before = await page.locator('.tray li').count()
    await page
      .getByRole('button', { name: /^Mettre de côté/ })
      .first()
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Pourquoi' }).fill('Essai')
    await dialog.getByRole('button', { name: 'Mettre de côté' }).click()
    await dialog.locator('.refusal').waitFor()
    await dialog.getByRole('textbox', { name: 'Pourquoi' }).fill('Image d’essai de l’installateur')
    await dialog.getByRole('button', { name: 'Mettre de côté' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Mises de côté (1)' }).click()
    await page.getByText('Mise de côté : Image d’essai de l’installateur').waitFor()
    await assertAccessible(page)
    await page.getByRole('button', { name: /^Remettre à ranger/ }).click()
    await page.getByText('Rien n’a été mis de côté').waitFor()
    await page.getByRole('link', { name: `À ranger (${before})`, exact: true }).waitFor()
    await page.context().close()
  })

  test('a study in the wrong record moves to the right one, and back to the tray when nobody knows', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'montvent', '1982')
    await page.goto(`${new URL(page.url()).pathname}?view=images`)
    const cards = page.locator('.thumbnails li')
    await cards.first().waitFor()
    const count = await cards.count()
    await cards
      .first()
      .getByRole('button', { name: /^Déplacer/ })
      .click()
    const dialog = page.getByRole('dialog')
    await choosePatient(dialog, 'beaulac', '2019')
    await dialog.getByRole('textbox', { name: 'Pourquoi la déplacer' }).fill('Dossier choisi par erreur')
    await assertAccessible(page)
    await dialog.getByRole('button', { name: 'Déplacer', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    await cards.nth(count - 1).waitFor({ state: 'detached' })
    await openRecord(page, 'beaulac', '2019')
    await page.goto(`${new URL(page.url()).pathname}?view=images`)
    await cards
      .first()
      .getByRole('button', { name: /^Déplacer/ })
      .click()
    await dialog.getByLabel('Où va-t-elle').selectOption('tray')
    await dialog.getByRole('textbox', { name: 'Pourquoi la déplacer' }).fill('Personne ne sait de qui elle est')
    await dialog.getByRole('button', { name: 'Déplacer', exact: true }).click()
    await page.getByText('Aucune image dans ce dossier').waitFor()
    await page.goto('/images/tray')
    await page.getByText('Quelqu’un l’a sortie d’un dossier').waitFor()
    await page.context().close()
  })

  test('by keyboard alone: from the record to the picture, its contrast, a length, another picture beside', async () => {
    const page = await enter(desk, 'owner')
    await openRecord(page, 'beaulac', '1956')
    await page.goto(`${new URL(page.url()).pathname}?view=images`)
    await enterOn(page, page.getByRole('link', { name: /^Voir : .*dent 36/ }))
    await page.getByRole('heading', { level: 1, name: 'Images : Hélène Beaulac' }).waitFor()
    const box = page.getByRole('application')
    const first = await drawn(page)
    await enterOn(page, page.getByRole('button', { name: 'Contraste', exact: true }))
    await reach(page, box)
    await page.keyboard.press('Shift+ArrowDown')
    const darker = await redrawn(page, first)
    await page.keyboard.press('+')
    const larger = await redrawn(page, darker)
    await page.keyboard.press('0')
    await redrawn(page, larger)
    await reach(page, page.getByRole('button', { name: 'Mesurer' }), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await reach(page, box)
    await page.keyboard.press('Enter')
    for (let i = 0; i < 5; i++) await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('Enter')
    await page.locator('.measures li').filter({ hasText: 'mm sur le capteur' }).waitFor()
    await assertFocus(page, box)
    await reach(page, page.getByRole('button', { name: 'Comparer avec une autre image' }), 'Shift+Tab')
    await page.keyboard.press('Enter')
    await drawn(page, 1)
    await page.context().close()
  })

  test('slices of a cone beam volume go by with the wheel, the arrows and the slider', async () => {
    const page = await enter(desk, 'owner')
    assert.equal(
      await sendImages(
        desk,
        Array.from({ length: 6 }, (_, i) => `dental/p3_CT_CBCT_0${i}.dcm`),
      ),
      0,
    )
    await page.goto('/images/tray')
    await page
      .locator('.tray li')
      .filter({ hasText: 'GUILLAUME' })
      .getByRole('link', { name: /^Ranger/ })
      .click()
    const first = await drawn(page)
    const slices = page.locator('.slices label')
    const at = async () => Number(/\d+/.exec((await slices.textContent()) ?? '')?.[0])
    assert.match((await slices.textContent()) ?? '', /sur 6/)
    const begun = await at()
    const [key, back] = begun < 6 ? (['ArrowDown', 'ArrowUp'] as const) : (['ArrowUp', 'ArrowDown'] as const)
    await page.getByRole('application').focus()
    await page.keyboard.press(key)
    const second = await redrawn(page, first)
    assert.equal(Math.abs((await at()) - begun), 1)
    await page.keyboard.press(back)
    await redrawn(page, second)
    await page.getByRole('application').hover()
    await page.mouse.wheel(0, key === 'ArrowDown' ? 100 : -100)
    await page.waitForTimeout(200)
    assert.equal(Math.abs((await at()) - begun), 1)
    await page.locator('.slices input').focus()
    await page.keyboard.press('Home')
    assert.equal(await at(), 1)
    await page.context().close()
  })

  test('two fingers enlarge, one moves, and the page does not scroll meanwhile', async () => {
    const page = await enter(desk, 'owner', '/', { hasTouch: true, viewport: { width: 360, height: 740 } })
    await openViewer(page, 'Hélène Beaulac', '1956', /dent 36/)
    const first = await drawn(page)
    await page.locator('.picture-box').evaluate((box) => box.scrollIntoView({ block: 'start' }))
    const box = (await page.locator('.picture-box').boundingBox()) ?? { x: 0, y: 0 }
    const session = await page.context().newCDPSession(page)
    const touch = (type: string, points: readonly (readonly [number, number])[]) =>
      session.send('Input.dispatchTouchEvent', {
        type: type as 'touchStart',
        touchPoints: points.map(([x, y], id) => ({ x: box.x + x, y: box.y + y, id })),
      })
    await touch('touchStart', [
      [150, 150],
      [180, 180],
    ])
    for (let i = 1; i <= 6; i++)
      await touch('touchMove', [
        [150 - i * 10, 150 - i * 10],
        [180 + i * 10, 180 + i * 10],
      ])
    await touch('touchEnd', [])
    await redrawn(page, first)
    await page.context().close()
  })

  test('the IT provider sees that images come and what was refused, sets it, and sees no patient', async () => {
    const page = await enter(desk, 'it-provider', '/settings/reception')
    await page.getByText('Couronne écoute').waitFor()
    assert.equal(await sendImages(desk, ['CT_small.dcm'], { aeTitle: 'ELSEWHERE' }), 1)
    await page.reload()
    await page.getByText('Dernier refus').waitFor()
    await page.getByText(/PANO1.*ELSEWHERE/).waitFor()
    await page.getByText('AE title appelé : COURONNE').waitFor()
    assert.doesNotMatch((await page.locator('main').textContent()) ?? '', /VERSAIRE|GUILLAUME|Beaulac/i)
    await page.getByRole('textbox', { name: 'Appareils connus' }).fill('PANO1 = Panoramique\nÀ CÔTÉ')
    await page.getByRole('button', { name: 'Enregistrer' }).click()
    await page.getByRole('alert').filter({ hasText: 'Une ligne n’est pas un nom DICOM' }).first().waitFor()
    await page.getByRole('textbox', { name: 'Appareils connus' }).fill('PANO1 = Panoramique')
    await assertAccessible(page)
    await page.getByRole('button', { name: 'Enregistrer' }).click()
    await page.getByText('Enregistré').waitFor()
    await page.goto('/images/tray')
    await page.getByRole('alert').first().waitFor()
    await page.context().close()
  })

  test('in English too', async () => {
    const page = await enter(desk, 'owner')
    await openViewer(page, 'Hélène Beaulac', '1956', /dent 36/)
    await drawn(page)
    await speak(page, 'en')
    await page.getByText('Raw image as received, never changed').waitFor()
    await page.context().close()
  })
})

async function choosePatient(dialog: Locator, name: string, born: string): Promise<void> {
  await dialog.getByRole('combobox', { name: 'De quel patient' }).fill(name)
  await dialog.getByRole('option').filter({ hasText: born }).click()
}

async function openViewer(page: Page, patient: string, born: string, picture: RegExp): Promise<void> {
  await openRecord(page, patient.split(' ').at(-1)?.toLowerCase() ?? '', born)
  await page.goto(`${new URL(page.url()).pathname}?view=images`)
  await page.getByRole('link', { name: picture }).click()
  await page.getByRole('heading', { level: 1, name: `Images : ${patient}` }).waitFor()
}

/** From a point of the picture's box to another. */
async function drag(page: Page, [fromX, fromY]: readonly [number, number], [toX, toY]: readonly [number, number]): Promise<void> {
  const box = page.locator('.picture-box')
  await box.scrollIntoViewIfNeeded()
  const { x, y } = (await box.boundingBox()) ?? { x: 0, y: 0 }
  await page.mouse.move(x + fromX, y + fromY)
  await page.mouse.down()
  await page.mouse.move(x + toX, y + toY, { steps: 5 })
  await page.mouse.up()
}

/** Files a document in the record that is open. */
async function file(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  await page.goto(`${new URL(page.url()).pathname}?view=documents`)
  await page.locator('.drop input').setInputFiles({ name, mimeType, buffer })
  await page.getByRole('button', { name: 'Déposer' }).click()
  await page.getByText(`Déposé : ${name.split('.')[0]}`).waitFor()
}

/** The whole label of the choice that holds a word. */
async function optionOf(page: Page, label: string, word: string): Promise<string> {
  return (await page.getByLabel(label).locator('option').filter({ hasText: word }).first().textContent()) ?? ''
}
