/** Ctrl-C, kill, a busy repository, files that cannot be read: what is said, with which exit code, and that the same command goes on. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Desk, jsonLines, noise, until } from './desk.ts'

const FILES = 24
const CAMPAIGN = process.env.COURONNE_CAMPAIGN === '1'

/** A desk with two dozen files of 400 KB in a repository. */
async function newDesk(): Promise<Desk & { readonly place: string }> {
  const desk = new Desk()
  const place = await desk.newRepository()
  for (let i = 0; i < FILES; i++) desk.write(`source/${i}.bin`, noise(400_000, i + 1))
  return Object.assign(desk, { place })
}

const locksOf = (place: string) => readdirSync(join(place, 'locks'))

function requireSameFiles(folder: string, source: string): void {
  assert.deepEqual(readdirSync(folder).sort(), readdirSync(source).sort())
  for (const name of readdirSync(source))
    assert.deepEqual(readFileSync(join(folder, name)), readFileSync(join(source, name)), name)
}

describe('interrupted', { concurrency: 2 }, () => {
  test('Ctrl-C in a backup: exit 130, no lock left, no snapshot; the next run uses what is stored already', async () => {
    await using desk = await newDesk()
    await using running = desk.start(['vault', 'backup', '-r', desk.place, 'source', '--limit-upload', '800', '--pack-size', '4'])
    await until(() =>
      readdirSync(join(desk.place, 'data'), { recursive: true }).some((name) => /\b[0-9a-f]{64}$/.test(String(name))),
    )
    // It has its name a moment before it counts as stored: its folder is flushed in between.
    await pause(700)
    assert.equal(await running.kill('SIGINT'), 130)
    assert.match(running.said, /^stopping cleanly \(Ctrl-C again: at once\)$/m)
    assert.doesNotMatch(running.said, /\[unexpected\]/)
    assert.deepEqual(locksOf(desk.place), [])
    assert.deepEqual(JSON.parse((await desk.vault(['-r', desk.place, 'snapshots', '--json'])).stdout), [])
    const { stdout } = await desk.vault(['backup', '-r', desk.place, 'source', '--json'])
    const { data_added: added } = jsonLines(stdout).at(-1) as { data_added: number }
    assert.ok(added > 0 && added < FILES * 400_000 - 3_000_000, `${added} bytes: what was stored was sent again`)
    await desk.requireSound(desk.place)
  })

  test('whenever Ctrl-C comes in a backup of large files, it ends as stopped, with no lock left', async () => {
    await using desk = await newDesk()
    for (let i = 0; i < 6; i++) desk.write(`large/${i}.bin`, noise(20_000_000, i + 1))
    for (let round = 0; round < (CAMPAIGN ? 60 : 5); round++) {
      const place = await desk.newRepository(`place-${round}`)
      await using running = desk.start(['vault', 'backup', '-r', place, 'large'])
      await until(() => existsSync(join(place, 'locks')) && locksOf(place).length > 0)
      await pause(Math.random() * 600)
      const code = await running.kill('SIGINT')
      // None: the signal came when all was done and nobody listened any more.
      assert.ok(code === 130 || code === 0 || code === null, `${code}: ${running.said}`)
      assert.deepEqual(locksOf(place), [])
    }
  })

  test('Ctrl-C while a folder becomes an archive: exit 130, no lock left, and no file that looks like the archive', async () => {
    await using desk = await newDesk()
    desk.write('source/large.bin', noise(20_000_000, 99))
    await desk.vault(['backup', '-r', desk.place, 'source', '-q'])
    for (const archive of ['tar', 'zip']) {
      const args = ['dump', '-r', desk.place, 'latest', '/source', '-a', archive, '-t', desk.path('archive')]
      await using running = desk.start(['vault', ...args, '--limit-download', '3000'])
      const begun = () => readdirSync(desk.folder).find((name) => name.startsWith('archive.'))
      await until(() => begun() !== undefined && statSync(desk.path(begun()!)).size > 1_000_000)
      assert.equal(await running.kill('SIGINT'), 130, running.said)
      assert.deepEqual(locksOf(desk.place), [])
      assert.deepEqual(
        readdirSync(desk.folder).filter((name) => name.startsWith('archive')),
        [],
      )
    }
  })

  test('a program that ends before its work is done does not say that it was', async () => {
    await using desk = new Desk()
    // Nobody ever hears what became of the last line, and nothing else keeps the process alive.
    const env = { NODE_OPTIONS: '--import=data:text/javascript,process.stdout.write=()=>true' }
    await desk.couronne(['version'], { env, allow: [1] })
  })

  test('a log that is full, or that nobody reads any more, stops no backup', async () => {
    await using desk = await newDesk()
    for (const [at, log] of ['2>/dev/full', '2>&1 >out | true'].entries()) {
      await desk.shell(`"$NODE" "$COURONNE" vault backup -r ${desk.place} source nowhere ${log}`, { allow: [0, 3] })
      assert.deepEqual(locksOf(desk.place), [])
      const { stdout } = await desk.vault(['snapshots', '-r', desk.place, '--json'])
      assert.equal((JSON.parse(stdout) as unknown[]).length, at + 1)
    }
  })

  test('a restore that was killed is run again: what is there stays, the rest follows, and nothing half-written looks whole', async () => {
    await using desk = await newDesk()
    await desk.vault(['backup', '-r', desk.place, 'source', '-q'])
    const target = desk.path('target')
    const args = ['restore', '-r', desk.place, 'latest:/source', '--target', target]
    await using running = desk.start(['vault', ...args, '--limit-download', '1500'])
    const whole = (name: string) => /^\d+\.bin$/.test(name) && statSync(join(target, name)).size === 400_000
    await until(() => existsSync(target) && readdirSync(target).filter(whole).length >= 3)
    await running.kill('SIGKILL')
    const { stdout } = await desk.vault([...args, '--json'])
    const summary = jsonLines(stdout).at(-1) as { files_skipped?: number; files_restored?: number; bytes_skipped?: number }
    assert.ok((summary.files_skipped ?? 0) >= 3 && (summary.files_restored ?? 0) > 0, JSON.stringify(summary))
    requireSameFiles(target, desk.path('source'))
    const again = jsonLines((await desk.vault([...args, '--json'])).stdout).at(-1) as {
      files_skipped: number
      bytes_restored?: number
    }
    assert.deepEqual([again.files_skipped, again.bytes_restored ?? 0], [FILES, 0])
  })

  test('a restore into what has changed meanwhile writes only what differs', async () => {
    await using desk = await newDesk()
    await desk.vault(['backup', '-r', desk.place, 'source', '-q'])
    const changed = readFileSync(desk.path('source/3.bin'))
    writeFileSync(desk.path('source/3.bin'), changed.with(200_000, changed[200_000]! ^ 1))
    const args = ['restore', '-r', desk.place, 'latest:/source', '--target', desk.path('source'), '--json']
    const summary = jsonLines((await desk.vault(args)).stdout).at(-1) as { files_skipped: number; files_restored: number }
    assert.equal(summary.files_skipped, FILES - 1)
    assert.deepEqual(readFileSync(desk.path('source/3.bin')), changed)
  })

  test('a busy repository: exit 11 and who is there; --retry-lock waits until it is free; --no-lock reads all the same', async () => {
    await using desk = await newDesk()
    await using holder = desk.start(['vault', 'backup', '-r', desk.place, '--stdin', '--tag', 'slow'])
    await until(() => locksOf(desk.place).length === 1)
    const [fr, en] = await Promise.all([
      desk.vault(['prune', '-r', desk.place, '--instant-delete'], { allow: [11], env: { COURONNE_LANG: 'fr' } }),
      desk.vault(['prune', '-r', desk.place, '--instant-delete'], { allow: [11] }),
    ])
    assert.match(fr.stderr, /^couronne : Une autre opération est en cours sur ce dépôt\..*\n.*PID \d+ .*\[locked\]/)
    assert.match(en.stderr, new RegExp(`PID ${holder.child.pid} `))
    const waiting = desk.vault(['prune', '-r', desk.place, '--instant-delete', '--retry-lock', '1m'])
    await desk.vault(['snapshots', '-r', desk.place, '--no-lock'])
    holder.child.stdin.end('select 1;\n')
    assert.equal(await holder.ended, 0)
    assert.match((await waiting).stdout, /^done: /m)
    assert.deepEqual(locksOf(desk.place), [])
  })

  test('source files that cannot be read: exit 3, each is named, and the snapshot is labelled incomplete', async () => {
    await using desk = await newDesk()
    const args = ['backup', '-r', desk.place, 'source', desk.path('not there'), desk.path('gone')]
    const { stdout, stderr } = await desk.vault(args, { allow: [3], env: { COURONNE_LANG: 'fr' } })
    for (const name of ['not there', 'gone']) assert.match(stderr, new RegExp(`^${desk.path(name)} ?: `, 'm'))
    assert.match(`${stdout}${stderr}`, /INCOMPLET/)
    const list = await desk.restic(['-r', desk.place, '--no-lock', '--no-cache', 'snapshots', '--json', '--tag', 'incomplete'])
    assert.equal((JSON.parse(list.stdout) as unknown[]).length, 1)
  })
})
