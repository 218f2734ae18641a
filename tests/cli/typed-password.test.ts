/** Passwords that somebody types on a terminal: asked for, never shown, asked for again when they are wrong or differ. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Desk, PASSWORD, type Running, until } from './desk.ts'

const NONE = { RESTIC_PASSWORD: undefined }

/** Types an answer to the `count`-th showing of a prompt. */
async function answer(running: Running, prompt: string, text: string, count = 1): Promise<void> {
  await until(() => running.printed.split(prompt).length > count)
  running.child.stdin.write(text)
}

describe('typed passwords', { concurrency: 2 }, () => {
  test('the password is asked for and not shown; after a wrong one it is asked for again, three times in all', async () => {
    await using desk = new Desk({ language: 'fr' })
    const place = await desk.newRepository()
    await using running = desk.startOnTerminal(['vault', 'snapshots', '-r', place], NONE)
    await answer(running, 'mot de passe : ', 'a wrong one\r')
    // A letter too many is taken back.
    await answer(running, 'mot de passe : ', `${PASSWORD}x\u007f\r`, 2)
    assert.equal(await running.ended, 0)
    assert.match(running.printed, /Ce mot de passe n’ouvre pas le dépôt\./)
    assert.doesNotMatch(running.printed, /wrong one|correct horse/)

    await using stubborn = desk.startOnTerminal(['vault', 'snapshots', '-r', place], NONE)
    for (const count of [1, 2, 3]) await answer(stubborn, 'mot de passe : ', 'a wrong one\r', count)
    assert.equal(await stubborn.ended, 12)
  })

  test('a new password is typed twice, and is not empty; the repository opens with it', async () => {
    await using desk = new Desk()
    const place = desk.path('new')
    await using running = desk.startOnTerminal(['vault', 'init', '-r', place], NONE)
    await answer(running, 'new password: ', '\r')
    await answer(running, 'new password: ', 'première clé\r', 2)
    await answer(running, 'once more: ', 'another\r')
    await answer(running, 'new password: ', 'première clé\r', 3)
    await answer(running, 'once more: ', 'première clé\r', 2)
    assert.equal(await running.ended, 0)
    assert.match(running.printed, /An empty password protects nothing\..*The two differ: once again\./s)
    assert.match(running.printed, /This password has 12 characters only/)
    assert.doesNotMatch(running.printed, /première|another/)
    await desk.restic(['-r', place, '--no-cache', 'snapshots'], { env: { RESTIC_PASSWORD: 'première clé' } })
  })

  test('Ctrl-C at the question ends with 130; without a terminal or a password it is said where to put one', async () => {
    await using desk = new Desk()
    const place = await desk.newRepository()
    await using running = desk.startOnTerminal(['vault', 'snapshots', '-r', place], NONE)
    await answer(running, 'password: ', 'half\u0003')
    assert.equal(await running.ended, 130)
    const { stderr } = await desk.vault(['snapshots', '-r', place], { env: NONE, allow: [2], input: '' })
    assert.match(stderr, /no password\. Put it into a file that you alone can read and give --password-file FILE/)
  })
})
