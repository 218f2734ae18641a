/** Several mirrors through the command line: made, filled, left behind, caught up, healed, let go; each alone is whole for stock restic. */
import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { run } from '../peers/peers.ts'
import { startRestServer } from '../peers/rest-server.ts'
import { Desk, jsonLines, noise, PASSWORD } from './desk.ts'

const fr = { env: { COURONNE_LANG: 'fr' } }

/** A desk with a source and a repository `first`, to which it was backed up. */
async function newDesk(): Promise<Desk & { readonly first: string }> {
  const desk = new Desk()
  const first = await desk.newRepository('first')
  desk.newSource()
  await desk.vault(['backup', '-r', first, 'practice', '-q'])
  return Object.assign(desk, { first })
}

async function snapshotCount(desk: Desk, place: string, password = PASSWORD): Promise<number> {
  const { stdout } = await desk.restic(['-r', place, '--no-lock', '--no-cache', 'snapshots', '--json'], {
    env: { RESTIC_PASSWORD: password },
  })
  return (JSON.parse(stdout) as unknown[]).length
}

/** The same objects under the same names, keys and locks aside. */
async function requireSameObjects(a: string, b: string): Promise<void> {
  for (const kind of ['data', 'index', 'snapshots']) await run('diff', ['-r', join(a, kind), join(b, kind)])
}

/** All files below a folder. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

describe('mirrors', { concurrency: 2 }, () => {
  test('a mirror is added and filled, is on the list, and gets the next backup; after it is removed it gets none', async () => {
    await using desk = await newDesk()
    const second = desk.path('second')
    const alone = await desk.vault(['mirror', 'list', '-r', desk.first], fr)
    assert.match(alone.stdout, /^une seule copie : .*\nUne deuxième, ailleurs : couronne vault mirror add -r \S+ ADRESSE\n$/)
    const added = await desk.vault(['mirror', 'add', '-r', desk.first, second, '--name', 'disk2'], fr)
    assert.match(
      added.stdout,
      /second : à jour \(\d+ objets copiés, .*\)\nLes prochaines sauvegardes de cette machine iront aussi là\.\n$/,
    )
    await requireSameObjects(desk.first, second)

    appendFileSync(desk.path('practice/base.sql'), '-- more\n')
    await desk.vault(['backup', '-r', desk.first, 'practice', '-q'])
    await requireSameObjects(desk.first, second)
    assert.equal(await snapshotCount(desk, second), 2)
    await desk.requireSound(second)

    const list = await desk.vault(['mirror', 'list', '-r', second])
    assert.match(list.stdout, /^Name +Complete on +Address +State\n─+\n/)
    assert.match(list.stdout, new RegExp(`^disk2 +\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d +${second} +current$`, 'm'))
    const [, json] = JSON.parse((await desk.vault(['mirror', 'list', '-r', second, '--json'])).stdout) as Record<
      string,
      unknown
    >[]
    assert.deepEqual([json?.name, json?.address, json?.owed, json?.behind_since], ['disk2', second, 0, undefined])

    const removed = await desk.vault(['mirror', 'remove', '-r', desk.first, 'disk2'])
    assert.match(removed.stdout, /disk2 \(.*second\) is no mirror any more; nothing there was deleted/)
    await desk.vault(['backup', '-r', desk.first, 'practice', '-q'])
    assert.equal(await snapshotCount(desk, second), 2)
    assert.equal(await snapshotCount(desk, desk.first), 3)
  })

  test('init and backup with several -r, or a file that names them, make one repository of several mirrors', async () => {
    await using desk = new Desk()
    desk.newSource()
    const [a, b] = [desk.path('a'), desk.path('b')]
    const created = await desk.vault(['init', '-r', a, '-r', b], fr)
    assert.match(created.stdout, /^dépôt [0-9a-f]{10} créé : .*a \+ .*b\n/)
    const twice = await desk.vault(['snapshots', '-r', a, '-r', `${a}/.`], { ...fr, allow: [2] })
    assert.match(twice.stderr, /a : mène au même endroit que .*a, ce ne serait pas une deuxième copie/)
    await desk.vault(['backup', '-r', a, '-r', b, 'practice', '-q'])
    const addresses = desk.write('addresses', `# both disks\n${a}\n${b}\n`)
    await desk.vault(['backup', '--repository-file', addresses, 'practice', '-q'])
    await requireSameObjects(a, b)
    for (const place of [a, b]) {
      assert.equal(await snapshotCount(desk, place), 2)
      await desk.requireSound(place)
    }
    const { stdout } = await desk.vault(['check', '--repository-file', addresses, '--read-data'])
    assert.match(stdout, /^no error: 2 snapshots, \d+ packs, 2 mirrors; \d+ packs read/)
  })

  test('a mirror that is away stops nobody: it is said, listed as behind, and brought up to date by sync', async () => {
    await using desk = await newDesk()
    const second = desk.path('second')
    await desk.vault(['mirror', 'add', '-r', desk.first, second, '--name', 'usb', '-q'])
    renameSync(second, desk.path('in a drawer'))
    appendFileSync(desk.path('practice/base.sql'), '-- more\n')
    const backup = await desk.vault(['backup', '-r', desk.first, 'practice'], fr)
    assert.match(backup.stderr, /second : en retard \(/)
    assert.match(backup.stdout, /instantané [0-9a-f]{8} enregistré/)
    const { stdout } = await desk.vault(['mirror', 'list', '-r', desk.first])
    assert.match(stdout, /^usb .*behind since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d: /m)
    const vain = await desk.vault(['mirror', 'sync', '-r', desk.first], { allow: [1] })
    assert.match(vain.stderr, /second: stays behind \(/)

    // Named by another path, it is no third one.
    symlinkSync(second, desk.path('other-path'))
    await desk.vault(['backup', '-r', desk.first, '-r', desk.path('other-path'), 'practice', '-q'])
    assert.doesNotMatch((await desk.vault(['mirror', 'list', '-r', desk.first])).stdout, /other-path/)
    // Named as well, it is no more current than it was.
    await desk.vault(['backup', '-r', desk.first, '-r', second, 'practice', '-q'])
    assert.match((await desk.vault(['mirror', 'list', '-r', desk.first, '-r', second])).stdout, /^usb .*behind since/m)

    renameSync(desk.path('in a drawer'), second)
    const synced = await desk.vault(['mirror', 'sync', '-r', desk.first])
    assert.match(synced.stdout, /second: current \(\d+ objects copied, /)
    await requireSameObjects(desk.first, second)
    assert.equal((await desk.vault(['mirror', 'sync', '-r', desk.first], fr)).stdout, 'toutes les copies sont à jour\n')
    await desk.requireSound(second)
  })

  test('two disks by turns: each week the one that is plugged in is gone on with, and when they meet both have all', async () => {
    await using desk = await newDesk()
    const disks = [desk.first, desk.path('second')] as const
    await desk.vault(['mirror', 'add', '-r', disks[0], disks[1], '-q'])
    const drawer = (place: string) => `${place} in the drawer`
    renameSync(disks[1], drawer(disks[1]))
    let here = 0
    for (let week = 1; week <= 4; week++) {
      appendFileSync(desk.path('practice/base.sql'), `-- week ${week}\n`)
      const { stderr } = await desk.vault(['backup', '-r', disks[here]!, 'practice', '-q'], fr)
      if (week > 1) assert.match(stderr, /en retard depuis le .*, mais aucune copie à jour ne répond : on continue sur elle/)
      if (week === 2) await desk.vault(['forget', '--prune', '--instant-delete', '-r', disks[here]!, '--keep-last', '2', '-q'])
      await desk.requireSound(disks[here]!)
      renameSync(disks[here]!, drawer(disks[here]!))
      here = 1 - here
      renameSync(drawer(disks[here]!), disks[here]!)
    }
    renameSync(drawer(disks[1 - here]!), disks[1 - here]!)
    await desk.vault(['backup', '-r', disks[0], 'practice', '-q'])
    for (const disk of disks) {
      await desk.requireSound(disk)
      assert.ok((await snapshotCount(desk, disk)) >= 5)
    }
    await requireSameObjects(...disks)
    assert.match((await desk.vault(['check', '-r', disks[0], '--read-data'])).stdout, /no error/)
  })

  test('two disks by turns, and what one got in its week is pruned on the other: stock restic restores it from both', async () => {
    await using desk = new Desk()
    const [first, second] = [await desk.newRepository('first'), desk.path('second')]
    desk.write('practice/x-ray.bin', noise(3_000_000, 3))
    desk.write('practice/base.sql', 'week 0\n')
    const backUp = async (place: string) => {
      const { stdout } = await desk.vault(['backup', '-r', place, 'practice', '--json', '-q'])
      return jsonLines(stdout).find(({ message_type }) => message_type === 'summary')!.snapshot_id as string
    }
    await backUp(first)
    await desk.vault(['mirror', 'add', '-r', first, second, '-q'])
    renameSync(second, `${second} away`)
    appendFileSync(desk.path('practice/base.sql'), 'week 1\n')
    const ofFirst = await backUp(first)
    renameSync(first, `${first} away`)
    renameSync(`${second} away`, second)
    const xRay = readFileSync(desk.path('practice/x-ray.bin'))
    rmSync(desk.path('practice/x-ray.bin'))
    appendFileSync(desk.path('practice/base.sql'), 'week 2\n')
    await backUp(second)
    await desk.vault(['forget', '-r', second, '--keep-last', '1', '--prune', '--instant-delete', '-q'])
    renameSync(`${first} away`, first)
    appendFileSync(desk.path('practice/base.sql'), 'week 3\n')
    await backUp(second)
    await desk.vault(['mirror', 'sync', '-r', second, '-q'])
    for (const place of [first, second]) {
      await desk.requireSound(place)
      const target = desk.path('restored', place.slice(-6))
      await desk.restic(['-r', place, '--no-cache', 'restore', ofFirst, '--target', target, '-q'])
      const [restored] = filesIn(target).filter((path) => path.endsWith('x-ray.bin'))
      assert.ok(readFileSync(restored!).equals(xRay))
    }
    await requireSameObjects(first, second)
    assert.match((await desk.vault(['mirror', 'sync', '-r', second])).stdout, /all mirrors are current/)
  })

  test('the disk that was current is lost for good: the other is gone on with, and a third one can be added', async () => {
    await using desk = await newDesk()
    const second = desk.path('second')
    await desk.vault(['mirror', 'add', '-r', desk.first, second, '-q'])
    renameSync(second, desk.path('in a drawer'))
    await desk.vault(['backup', '-r', desk.first, 'practice', '-q'])
    rmSync(desk.first, { recursive: true })
    renameSync(desk.path('in a drawer'), second)
    await desk.vault(['mirror', 'remove', '-r', second, 'first', '-q'])
    await desk.vault(['backup', '-r', second, 'practice', '-q'])
    await desk.vault(['mirror', 'add', '-r', second, desk.path('third'), '-q'])
    assert.match((await desk.vault(['check', '-r', second])).stdout, /no error: 2 snapshots, \d+ packs, 2 mirrors/)
    await desk.requireSound(desk.path('third'))
  })

  test('a server that does not answer is no sound mirror: check and heal say so and do not end well', async () => {
    await using desk = await newDesk()
    {
      await using server = await startRestServer()
      await desk.vault(['mirror', 'add', '-r', desk.first, `${server.address}practice/`, '-q'])
    }
    for (const verb of ['check', 'heal']) {
      const { stdout, stderr } = await desk.vault([verb, '-r', desk.first], { allow: [1] })
      assert.match(stderr, /rest:http.*ECONNREFUSED|not tried, since it could not be reached/)
      assert.doesNotMatch(stdout, /no error/)
    }
  })

  test('a mirror that could not get everything is said to be incomplete, on the list too, and the exit code is 1', async () => {
    await using desk = await newDesk()
    const [pack] = filesIn(join(desk.first, 'data'))
    chmodSync(pack!, 0o600)
    writeFileSync(pack!, readFileSync(pack!).fill(7, 100, 140))
    const added = await desk.vault(['mirror', 'add', '-r', desk.first, desk.path('second'), '--name', 'usb'], { allow: [1] })
    assert.match(added.stderr, /data\/[0-9a-f]{8}: is damaged or missing on every mirror/)
    assert.match(added.stderr, /second: INCOMPLETE, it lacks 1 object that no other mirror has right\. Next: couronne vault heal/)
    const { stdout } = await desk.vault(['mirror', 'list', '-r', desk.first])
    assert.match(stdout, /^usb +— .*what it lacks is damaged everywhere: heal \[.*data\/[0-9a-f]{64}\]$/m)
    assert.match((await desk.vault(['mirror', 'sync', '-r', desk.first], { ...fr, allow: [1] })).stderr, /INCOMPLÈTE/)
  })

  test('key: --mirror takes a name, an address or a path, and nothing else; a key that goes leaves others to be looked at', async () => {
    await using desk = await newDesk()
    const second = desk.path('second')
    const next = desk.write('next', 'next password\n')
    await desk.vault(['mirror', 'add', '-r', desk.first, second, '--name', 'usb', '-q'])
    for (const action of ['add', 'passwd']) {
      const wrong = ['key', action, '-r', desk.first, '--mirror', 'disk', '--new-password-file', next]
      const { stdout, stderr } = await desk.vault(wrong, { ...fr, allow: [2] })
      assert.match(stderr, /--mirror disk : aucune copie de ce dépôt ne s’appelle ainsi\. Il y a : first, usb/)
      assert.equal(stdout, '')
    }
    await desk.vault(['key', 'passwd', '-r', desk.first, '--mirror', 'usb', '--new-password-file', next])
    assert.equal(await snapshotCount(desk, second, 'next password'), 1)
    await desk.vault(['key', 'add', '-r', desk.first, '--mirror', 'second', '--new-password-file', next])
    await desk.vault(['key', 'add', '-r', desk.first, '--mirror', desk.first, '--new-password-file', next])
    const { stdout } = await desk.vault(['key', 'list', '-r', desk.first, '--json'])
    const added = (JSON.parse(stdout) as { id: string; mirror: string; current: boolean }[]).find(
      ({ mirror, current }) => mirror === desk.first && !current,
    )!
    const removed = await desk.vault(['key', 'remove', '-r', desk.first, added.id])
    assert.match(removed.stdout, new RegExp(`removed from ${desk.first};`))
    assert.match(removed.stderr, /second: has keys of its own; if this password has one there \(key list\), remove it too/)
  })

  test('what a mirror that takes part owes is paid by sync', async () => {
    await using desk = await newDesk()
    await using server = await startRestServer({ appendOnly: true })
    await desk.vault(['mirror', 'add', '-r', desk.first, `${server.address}practice/`, '-q'])
    await desk.vault(['backup', '-r', desk.first, 'practice', '-q'])
    await desk.vault(['forget', '-r', desk.first, '--keep-last', '1', '-q'])
    const { stderr } = await desk.vault(['mirror', 'sync', '-r', desk.first])
    assert.match(stderr, /snapshots\/[0-9a-f]{8}: was removed elsewhere and stays here/)
  })

  test('a mirror has a password of its own, from a file; key --mirror changes that one alone', async () => {
    await using desk = await newDesk()
    const second = desk.path('second')
    const own = desk.write('own', 'a colleague’s\n')
    await desk.vault(['mirror', 'add', '-r', desk.first, second, '--mirror-password-file', own, '-q'])
    assert.equal(await snapshotCount(desk, second, 'a colleague’s'), 1)
    assert.equal((await desk.restic(['-r', second, '--no-lock', 'snapshots'], { allow: 'any' })).status, 12)
    await desk.vault(['backup', '-r', desk.first, 'practice', '-q'])
    assert.equal(await snapshotCount(desk, second, 'a colleague’s'), 2)
    const third = desk.write('third', 'a third one\n')
    await desk.vault(['key', 'add', '-r', desk.first, '--mirror', second, '--new-password-file', third])
    assert.equal(await snapshotCount(desk, second, 'a third one'), 2)
    assert.equal(
      (await desk.restic(['-r', desk.first, '--no-lock', 'snapshots'], { env: { RESTIC_PASSWORD: 'a third one' }, allow: 'any' }))
        .status,
      12,
    )
  })

  test('heal: what is damaged or missing in one mirror comes back from the other, byte for byte', async () => {
    await using desk = await newDesk()
    const second = desk.path('second')
    await desk.vault(['mirror', 'add', '-r', desk.first, second, '-q'])
    const packs = packsOf(second)
    const [altered, cut, lost] = [packs[0]!, packs[1]!, join(second, 'index', readdirSync(join(second, 'index'))[0]!)]
    overwrite(altered, flipped(readFileSync(altered)))
    overwrite(cut, readFileSync(cut).subarray(0, 100))
    rmSync(lost)
    const both = ['-r', desk.first, '-r', second]
    assert.match((await desk.vault(['check', ...both], { allow: [1] })).stderr, /\d ERRORS?: /)
    const healed = await desk.vault(['heal', ...both], fr)
    assert.match(healed.stdout, /^soigné : data\/[0-9a-f]{8} sur .*second, depuis .*first$/m)
    assert.match(healed.stdout, /second : à jour \(1 objet copié, /)
    assert.match(healed.stdout, /^2 objets soignés en .* ; nouveau contrôle : aucune erreur$/m)
    await requireSameObjects(desk.first, second)
    await desk.requireSound(second)
    const json = jsonLines((await desk.vault(['heal', ...both, '--json'])).stdout).at(-1)
    assert.equal(json?.message_type, 'summary')
    // Nothing but structure is looked at when that is asked for.
    overwrite(altered, flipped(readFileSync(altered)))
    await desk.vault(['heal', ...both, '--structure-only'])
    assert.equal((await desk.vault(['check', '-r', second, '--read-data'], { allow: [1] })).status, 1)
    await desk.vault(['heal', ...both, '--read-data-subset', '1/1'])
    await desk.requireSound(second)
  })

  test('heal without another mirror says what is lost, saves the rest, and ends with 1', async () => {
    await using desk = await newDesk()
    const pack = packsOf(desk.first).find((file) => readFileSync(file).length > 500_000)!
    overwrite(pack, flipped(readFileSync(pack)))
    const { stderr, stdout } = await desk.vault(['heal', '-r', desk.first], { allow: [1] })
    assert.match(`${stdout}${stderr}`, new RegExp(pack.slice(-64)))
    await desk.vault(['restore', '-r', desk.first, 'latest', '--target', desk.path('back')], { allow: [1] })
    assert.equal(readFileSync(desk.path('back/practice/letters/letter.txt'), 'utf8'), 'Cher confrère,\n')
  })
})

function packsOf(place: string): string[] {
  return readdirSync(join(place, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
}

function flipped(bytes: Buffer): Buffer {
  bytes[200]! ^= 8
  return bytes
}

/** Objects are read-only files. */
function overwrite(file: string, bytes: Uint8Array): void {
  chmodSync(file, 0o600)
  writeFileSync(file, bytes)
}
