/** The other verbs as people and scripts call them; stock restic says whether what they did is right. */
import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Desk, jsonLines, PASSWORD, until } from './desk.ts'

describe('verbs', { concurrency: 2 }, () => {
  let desk: Desk
  let template: string
  let ids: readonly string[]

  before(async () => {
    desk = new Desk()
    template = await desk.newRepository('template')
    const source = desk.newSource()
    for (const [i, time] of ['2025-12-31 22:00:00', '2026-01-01 22:00:00', '2026-01-02 22:00:00'].entries()) {
      await desk.restic(['-r', template, 'backup', 'practice', '--host', 'alpha', '--time', time, '--tag', `day${i}`])
      appendFileSync(join(source, 'base.sql'), `-- ${i}\n`)
    }
    ids = await snapshotIds(template)
  })
  after(() => desk[Symbol.asyncDispose]())

  async function snapshotIds(place: string): Promise<string[]> {
    const { stdout } = await desk.restic(['-r', place, '--no-lock', '--no-cache', 'snapshots', '--json'])
    return (JSON.parse(stdout) as { id: string }[]).map(({ id }) => id)
  }

  /** Without the locks of those who read the template at this moment. */
  function copyOf(name: string): string {
    const isLock = (path: string) => dirname(path) === join(template, 'locks')
    cpSync(template, desk.path(name), { recursive: true, filter: (path) => !isLock(path) })
    return desk.path(name)
  }

  const fr = { env: { COURONNE_LANG: 'fr' } }

  test('snapshots: a table, newest last, with local times', async () => {
    const { stdout } = await desk.vault(['snapshots', '-r', template])
    assert.match(stdout, /^ID {8}Time {17}Host {3}Size {6}Paths, tags\n─+\n/)
    assert.match(
      stdout,
      new RegExp(`^${ids[0]!.slice(0, 8)}  2025-12-31 22:00:00  alpha  +1\\.5 MiB  ${desk.path('practice')}\n +\\[day0\\]$`, 'm'),
    )
    assert.match(stdout, /^3 snapshots$/m)
    const french = await desk.vault(['snapshots', '-r', template, '--latest', '1', '--compact', '-g', 'host'], fr)
    assert.match(french.stdout, /^alpha\nInstantané {2}Date +Machine {2}Taille\n/)
    assert.match(french.stdout, /1,5 Mio\n1 instantané\n$/)
  })

  test('ls: names; with -l restic’s own columns', async () => {
    const names = await desk.vault(['ls', '-r', template, '--no-lock', 'latest', '/practice/letters'])
    assert.equal(names.stdout, '/practice/letters\n/practice/letters/letter.txt\n/practice/letters/old\n')
    const theirs = await desk.restic(['ls', '-r', template, '--no-lock', '-l', 'latest'])
    const ours = await desk.vault(['ls', '-r', template, '--no-lock', '-l', 'latest'])
    assert.deepEqual(ours.stdout.split('\n'), theirs.stdout.split('\n').slice(1))
  })

  test('find: by name, newest snapshot first, and nothing', async () => {
    const found = await desk.vault(['find', '-r', template, '--no-lock', 'ÉLAN.txt', '-i', '-s', 'latest'], fr)
    assert.match(found.stdout, /^dans l’instantané [0-9a-f]{8} du 2026-01-02 22:00:00 :\n\/practice\/letters\/old\/Élan\.txt\n$/)
    const all = await desk.vault(['find', '-r', template, '--no-lock', '*.sql'])
    assert.deepEqual(
      [...all.stdout.matchAll(/of (\S+) /g)].map((match) => match[1]),
      ['2026-01-02', '2026-01-01', '2025-12-31'],
    )
    assert.equal((await desk.vault(['find', '-r', template, '--no-lock', 'nothing'])).stdout, 'nothing found\n')
  })

  test('diff, stats and list say what restic says', async () => {
    const diff = await desk.vault(['diff', '-r', template, '--no-lock', ids[0]!.slice(0, 8), 'latest'])
    assert.match(diff.stdout, /^M {4}\/practice\/base\.sql\n\nfiles: {3}0 new, 0 removed, 1 modified\n/)
    const stats = await desk.vault(['stats', '-r', template, '--no-lock', '--mode', 'raw-data'], fr)
    assert.match(stats.stdout, /Instantanés : {2}3\nMorceaux : +\d+\nTaille : +1,[45] Mio\n/)
    for (const kind of ['blobs', 'packs', 'index', 'snapshots', 'keys']) {
      const [ours, theirs] = await Promise.all([
        desk.vault(['list', '-r', template, '--no-lock', kind]),
        desk.restic(['list', '-r', template, '--no-lock', '--no-cache', kind]),
      ])
      assert.deepEqual(ours.stdout.split('\n').sort(), theirs.stdout.split('\n').sort(), kind)
    }
  })

  test('cat: the bytes that restic prints; the master key only when it is asked for', async () => {
    const first = async (kind: string) =>
      (await desk.restic(['list', '-r', template, '--no-lock', '--no-cache', kind])).stdout.split('\n')[0]!
    const blob = (await first('blobs')).split(' ')[1]!
    for (const args of [
      ['config'],
      ['snapshot', ids[1]!],
      ['index', await first('index')],
      ['key', await first('keys')],
      ['blob', blob],
      ['tree', `${ids[0]}:/practice/letters`],
    ]) {
      const [ours, theirs] = await Promise.all([
        desk.vault(['cat', '-r', template, '--no-lock', ...args]),
        desk.restic(['cat', '-r', template, '--no-lock', '--no-cache', ...args]),
      ])
      assert.deepEqual(
        ours.stdoutBytes.toString('latin1').trimEnd(),
        theirs.stdoutBytes.toString('latin1').trimEnd(),
        String(args),
      )
    }
    const refused = await desk.vault(['cat', '-r', template, 'masterkey'], { allow: [1] })
    assert.match(refused.stderr, /\[refused\]/)
    const shown = await desk.vault(['cat', '-r', template, 'masterkey', '--reveal'])
    const stock = await desk.restic(['cat', '-r', template, 'masterkey'])
    assert.deepEqual(JSON.parse(shown.stdout), JSON.parse(stock.stdout))
  })

  test('check: sound; then damage is named with what to do, in both languages', async () => {
    const place = copyOf('to-damage')
    assert.match((await desk.vault(['check', '-r', place])).stdout, /^no error: 3 snapshots, \d+ packs, 1 mirror, in /)
    assert.match(
      (await desk.vault(['check', '-r', place, '--read-data-subset', '1/1'], fr)).stdout,
      /^aucune erreur .* paquets relus/,
    )
    const pack = filesOf(join(place, 'data')).find((file) => readFileSync(file).length > 500_000)!
    const bytes = readFileSync(pack)
    bytes[999]! ^= 4
    overwrite(pack, bytes)
    const structure = await desk.vault(['check', '-r', place, '-q'])
    assert.equal(structure.stdout, '', 'a flipped bit is seen by reading it only')
    const english = await desk.vault(['check', '-r', place, '--read-data'], { allow: [1] })
    assert.match(english.stderr, new RegExp(`^data/${pack.slice(-64)}.*\n  to do: heal`, 'm'))
    assert.match(english.stderr, /^\d ERRORS?: .*\nNext: couronne vault heal/m)
    const french = await desk.vault(['check', '-r', place, '--read-data'], { ...fr, allow: [1] })
    assert.match(french.stderr, /^objet abîmé : data\/.*\n.*\n {2}à faire : heal/m)
    assert.match(french.stderr, /\d ERREURS? : .*\nEnsuite : couronne vault heal/)
  })

  test('forget keeps what the rules keep and says why; --prune gives the room back', async () => {
    const place = copyOf('to-forget')
    const dry = await desk.vault(['forget', '-r', place, '--keep-yearly', '2', '--keep-tag', 'day2', '-n'], fr)
    assert.match(dry.stdout, /: 2 gardés, 1 retiré\n/)
    assert.match(dry.stdout, /de l’année/)
    assert.match(dry.stdout, /essai : 1 instantané à retirer ; rien n’a été fait/)
    assert.equal((await snapshotIds(place)).length, 3)
    await desk.vault(['forget', '-r', place, '-y', '2', '--group-by', '', '--prune', '--instant-delete', '-q'])
    assert.deepEqual(await snapshotIds(place), [ids[0], ids[2]])
    await desk.requireSound(place)
    const mistaken = ['forget', '-r', place, '--keep-last', '1', '--group-by', '', '--prune', '--max-unused', 'little']
    assert.match((await desk.vault(mistaken, { allow: [2] })).stderr, /--max-unused little: expected/)
    assert.equal((await snapshotIds(place)).length, 2, 'what is wrong with the pruning is said before anything is forgotten')
    const refused = await desk.vault(['forget', '-r', place, '--host', 'beta', '--unsafe-allow-remove-all'], { allow: 'any' })
    assert.equal(refused.status, 0, 'nothing is of that host: nothing goes')
    const all = await desk.vault(['forget', '-r', place, '--unsafe-allow-remove-all'], { allow: [1] })
    assert.match(all.stderr, /\[refused\]/)
    const named = await desk.vault(['forget', '-r', place, ids[0]!.slice(0, 8)])
    assert.match(named.stdout, /1 snapshot removed; “couronne vault prune” gives back the room/)
    assert.deepEqual(await snapshotIds(place), [ids[2]])
  })

  test('prune shows its plan, marks, and a day later deletes; restic finds all sound in between', async () => {
    const place = copyOf('to-prune')
    desk.write('extra/noise', 'x'.repeat(100_000) + Math.random())
    const { stdout } = await desk.vault(['backup', '-r', place, 'extra', '--json'])
    const { snapshot_id } = jsonLines(stdout).at(-1) as { snapshot_id: string }
    await desk.vault(['forget', '-r', place, snapshot_id])
    const dry = await desk.vault(['prune', '-r', place, '--dry-run'])
    assert.match(dry.stdout, /^used: .*\nto repack: /)
    const marked = await desk.vault(['prune', '-r', place])
    assert.match(marked.stdout, /marked: a “prune” in a day gives back their room/)
    await desk.requireSound(place)
    const small = await desk.vault(['prune', '-r', place, '--repack-small', '--max-unused', '0', '--instant-delete'], fr)
    assert.match(small.stdout, /terminé : /)
    await desk.requireSound(place)
    assert.deepEqual(await snapshotIds(place), ids)
  })

  test('copy between different keys; a repository made with the same chunker stores nothing twice', async () => {
    const from = { RESTIC_FROM_PASSWORD: PASSWORD, RESTIC_FROM_REPOSITORY: template, RESTIC_PASSWORD: 'another password' }
    const place = desk.path('copied')
    await desk.vault(['init', '-r', place, '--from-repo', template, '--copy-chunker-params', '-q'], {
      env: { RESTIC_FROM_PASSWORD: PASSWORD, RESTIC_PASSWORD: 'another password' },
    })
    const polynomial = async (repository: string, password: string) => {
      const { stdout } = await desk.restic(['-r', repository, '--no-lock', 'cat', 'config'], {
        env: { RESTIC_PASSWORD: password },
      })
      return (JSON.parse(stdout) as { chunker_polynomial: string }).chunker_polynomial
    }
    assert.equal(await polynomial(place, 'another password'), await polynomial(template, PASSWORD))
    const some = await desk.vault(['copy', '-r', place, '--tag', 'day0'], { env: from })
    assert.match(some.stdout, /1 copied .*, 0 there already, 0 failed/)
    const rest = await desk.vault(['copy', '-r', place], { env: { ...from, COURONNE_LANG: 'fr' } })
    assert.match(rest.stdout, /2 recopiés .*, 1 déjà là, 0 en échec/)
    const result = await desk.restic(['-r', place, '--no-cache', 'check', '--read-data'], {
      env: { RESTIC_PASSWORD: 'another password' },
    })
    assert.match(result.stdout, /no errors were found/)
  })

  test('tag and rewrite change snapshots as restic reads them', async () => {
    const place = copyOf('to-tag')
    assert.match(
      (await desk.vault(['tag', '-r', place, '--add', 'litige,2026', '--remove', 'day2', 'latest'], fr)).stdout,
      /1 instantané modifié/,
    )
    assert.match(
      (await desk.vault(['rewrite', '-r', place, '--exclude', '/practice/letters', '-n'])).stdout,
      /3 snapshots to rewrite; nothing was done/,
    )
    const excludes = desk.write('rewrite-excludes', '/practice/letters\n')
    await desk.vault(['rewrite', '-r', place, '--exclude-file', excludes, '--forget', '--new-host', 'omega'])
    const { stdout } = await desk.restic(['-r', place, '--no-lock', '--no-cache', 'snapshots', '--json'])
    const snapshots = JSON.parse(stdout) as { tags: string[]; hostname: string }[]
    assert.deepEqual(
      snapshots.map(({ hostname }) => hostname),
      ['omega', 'omega', 'omega'],
    )
    assert.deepEqual(snapshots.at(-1)?.tags, ['litige', '2026'])
    const listing = await desk.restic(['-r', place, '--no-lock', '--no-cache', 'ls', 'latest'])
    assert.doesNotMatch(listing.stdout, /letters/)
    await desk.requireSound(place)
  })

  test('key: another password, a changed one, one that goes', async () => {
    const place = copyOf('to-key')
    const [second, third] = [desk.write('second', 'second password\n'), desk.write('third', 'third password\n')]
    await desk.vault(['key', 'add', '-r', place, '--new-password-file', second, '--user', 'nadia', '--host', 'reception'])
    const table = await desk.vault(['key', 'list', '-r', place], {
      env: { RESTIC_PASSWORD: 'second password', COURONNE_LANG: 'fr' },
    })
    assert.match(table.stdout, /^\*[0-9a-f]{8} {2}nadia {2}reception {2}\d{4}-/m)
    const changed = await desk.vault(['key', 'passwd', '-r', place, '--new-password-file', third])
    assert.match(changed.stdout, /password changed, the old one opens nothing any more/)
    assert.equal((await desk.restic(['-r', place, '--no-lock', 'snapshots'], { allow: 'any' })).status, 12)
    await desk.restic(['-r', place, '--no-lock', 'snapshots'], { env: { RESTIC_PASSWORD: 'third password' } })
    const { stdout } = await desk.vault(['key', 'list', '-r', place, '--json'], { env: { RESTIC_PASSWORD: 'third password' } })
    const nadia = (JSON.parse(stdout) as { id: string; userName: string }[]).find(({ userName }) => userName === 'nadia')!
    await desk.vault(['key', 'remove', nadia.id, '-r', place], { env: { RESTIC_PASSWORD: 'third password' } })
    const gone = await desk.vault(['snapshots', '-r', place], { env: { RESTIC_PASSWORD: 'second password' }, allow: [12] })
    assert.match(gone.stderr, /\[wrong-password\]/)
  })

  test('unlock removes a lock whose process is gone, and leaves a living one', async () => {
    const place = copyOf('to-unlock')
    const before = await desk.vault(['unlock', '-r', place], fr)
    assert.match(before.stdout, /^0 verrou retiré/)
    const locks = () => readdirSync(join(place, 'locks')).filter((name) => !name.includes('-tmp-'))
    const backup = ['backup', '-r', place, '--stdin']
    await using living = desk.start(['vault', ...backup])
    await using killed = desk.start(['vault', ...backup])
    await until(() => locks().length === 2)
    // A process that is killed leaves its lock.
    await killed.kill('SIGKILL')
    assert.equal((await desk.vault(['unlock', '-r', place])).stdout, '1 lock removed\n')
    assert.equal(locks().length, 1)
    assert.equal((await desk.vault(['unlock', '-r', place, '--remove-all'])).stdout, '1 lock removed\n')
    await living.kill('SIGKILL')
  })

  test('migrate: from version 1 to 2, and nothing to do afterwards', async () => {
    const place = await desk.newRepository('version-1', { version: 1 })
    await desk.vault(['backup', '-r', place, 'practice', '-q'])
    assert.match((await desk.vault(['migrate', '-r', place])).stdout, /possible: upgrade_repo_v2 \(version 1 to 2\)/)
    assert.match((await desk.vault(['migrate', '-r', place, 'upgrade_repo_v2'], fr)).stdout, /Le dépôt est en version 2/)
    assert.match((await desk.vault(['migrate', '-r', place])).stdout, /nothing to do/)
    await desk.requireSound(place)
  })

  test('repair: index from the packs, what is left of a broken pack, snapshots without what is lost', async () => {
    const place = copyOf('to-repair')
    for (const index of filesOf(join(place, 'index'))) rmSync(index)
    assert.match(
      (await desk.vault(['repair', 'index', '-r', place, '-n'])).stdout,
      /packs to read: [1-9].*\na trial: nothing was done/,
    )
    await desk.vault(['repair', 'index', '-r', place], fr)
    await desk.requireSound(place)
    const pack = filesOf(join(place, 'data')).find((file) => readFileSync(file).length > 500_000)!
    const bytes = readFileSync(pack)
    bytes[999]! ^= 4
    overwrite(pack, bytes)
    const id = pack.slice(-64)
    const packs = await desk.vault(['repair', 'packs', id, '-r', place, '--keep-damaged', desk.path('kept')])
    assert.match(packs.stdout, /\d+ blobs? saved, 1 lost\. Next: couronne vault repair snapshots/)
    assert.ok(existsSync(desk.path('kept', `pack-${id}`)))
    const repaired = await desk.vault(['repair', 'snapshots', '-r', place, '--forget'], fr)
    assert.match(repaired.stdout, /3 instantanés réparés, 0 retiré/)
    await desk.requireSound(place)
  })

  test('recover gathers folders that no snapshot shows any more', async () => {
    const place = copyOf('to-recover')
    await desk.vault(['forget', '-r', place, ids[2]!, '-q'])
    assert.match((await desk.vault(['recover', '-r', place], fr)).stdout, /1 dossier dans l’instantané [0-9a-f]{8}/)
    assert.match((await desk.vault(['recover', '-r', place])).stdout, /nothing to recover/)
    await desk.requireSound(place)
  })

  test('output that finds no room is an error in words, for lists and for files', async () => {
    for (const words of ['snapshots', 'dump latest /practice/base.sql']) {
      const line = `"$NODE" "$COURONNE" vault -r '${template}' --no-lock ${words} > /dev/full`
      const { stderr } = await desk.shell(line, { allow: [1] })
      assert.match(stderr, /^couronne: No room left here\. Make some, then run again\.\n {2}ENOSPC/)
      assert.doesNotMatch(stderr, /node:internal|\n {4}at /)
    }
  })

  test('the last snapshots do not go by their names either, unless that is asked for', async () => {
    const place = copyOf('to-forget-all')
    const refused = await desk.vault(['forget', '-r', place, ...ids], { allow: [1] })
    assert.match(refused.stderr, /these are all the snapshots that there are: with --unsafe-allow-remove-all they go \[refused\]/)
    assert.deepEqual((await snapshotIds(place)).length, 3)
    await desk.vault(['forget', '-r', place, ...ids, '--unsafe-allow-remove-all'])
    assert.deepEqual(await snapshotIds(place), [])
  })

  test('flags that scripts pass: accepted, and without harm', async () => {
    const ignored = [
      '--no-extra-verify',
      '--http-user-agent',
      'x',
      '--cleanup-cache',
      '-o',
      'rest.connections=7',
      '-o',
      'b2.connections=2',
    ]
    const limits = [
      '--limit-upload=100000',
      '--limit-download',
      '100000',
      '--stuck-request-timeout',
      '5m',
      '--retry-lock=1m',
      '--verbose=2',
    ]
    const env = { RESTIC_PROGRESS_FPS: '5', RESTIC_FEATURES: '', RESTIC_READ_CONCURRENCY: '4' }
    const place = copyOf('accepted')
    const { stdout } = await desk.vault(
      [...ignored, '-r', place, ...limits, 'backup', '--no-scan', '--read-concurrency', '3', 'practice'],
      { env },
    )
    assert.match(stdout, /snapshot [0-9a-f]{8} saved/)
    const piped = await desk.vault(['-r', place, 'snapshots', '--json=true'], {
      env: { RESTIC_PASSWORD: undefined },
      input: `${PASSWORD}\n`,
    })
    assert.equal((JSON.parse(piped.stdout) as unknown[]).length, 4)
    const command = await desk.vault(['-r', place, '--password-command', `printf '%s' "${PASSWORD}"`, 'list', 'keys'], {
      env: { RESTIC_PASSWORD: undefined },
    })
    assert.match(command.stdout, /^[0-9a-f]{64}\n$/)
    const address = desk.write('address', `${place}\n`)
    await desk.vault(['snapshots', '-q'], { env: { RESTIC_REPOSITORY_FILE: address } })
  })

  test('a reader who has seen enough ends the listing, not the lock', async () => {
    const place = copyOf('piped')
    const { stdout } = await desk.shell(
      `"$NODE" "$COURONNE" vault ls -r ${place} latest | head -n 1; echo "exit \${PIPESTATUS[0]}"`,
    )
    assert.match(stdout, /^\/practice\nexit (0|141)\n$/)
    assert.deepEqual(readdirSync(join(place, 'locks')), [])
    const help = await desk.shell(`"$NODE" "$COURONNE" vault serve --help | head -n 1; echo "exit \${PIPESTATUS[0]}"`)
    assert.deepEqual([help.stdout.split('\n').at(-2), help.stderr], ['exit 0', ''])
  })
})

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
}

/** Objects are read-only files. */
function overwrite(file: string, bytes: Uint8Array): void {
  chmodSync(file, 0o600)
  writeFileSync(file, bytes)
}
