/** Working without a mouse. */
import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'

const PRESSES_MAX = 120

/** Presses Tab, or another key, until it is there. */
export async function reach(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  await target.waitFor()
  for (let presses = 0; presses < PRESSES_MAX; presses++) {
    if (await hasFocus(target)) return
    await page.keyboard.press(key)
  }
  assert.fail(`it is not reached by the Tab key: ${target}`)
}

/** Reaches a button or a link, and presses Enter on it. */
export async function enterOn(page: Page, target: Locator): Promise<void> {
  await reach(page, target)
  await page.keyboard.press('Enter')
}

/** Reaches a field by its label and types, in the place of what it holds. */
export async function typeIn(scope: Page | Locator, label: string | RegExp, text: string): Promise<void> {
  const page = 'page' in scope ? scope.page() : scope
  const exact = typeof label === 'string' ? { exact: true } : {}
  const secret = scope.locator('input[type=password]').and(scope.getByLabel(label, exact))
  await reach(page, scope.getByRole('textbox', { name: label, ...exact }).or(secret))
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(text)
}

export function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((each) => each === document.activeElement)
}

/** Until the focus is there; where it is when it never is. */
export async function assertFocus(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 50) {
    if (await hasFocus(target)) return
    await page.waitForTimeout(50)
  }
  const found = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))
  assert.fail(`the focus is not on ${target} but on ${found}`)
}
