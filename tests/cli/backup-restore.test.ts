/** backup, restore and dump as scripts written for restic call them: what is stored and what comes back is what restic stores and brings back. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { run } from '../peers/peers.ts'
import { Desk, noise, PASSWORD } from './desk.ts'

describe('backup', { concurrency: 2 }, () => {
  let desk: Desk
  let repository: string

  before(async () => {
    desk = new Desk()
    repository = await desk.newRepository()
    desk.newSource()
    desk.write('practice/cache/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55\n')
    desk.write('practice/cache/page', 'x')
    desk.write('practice/private/.nobackup', '')
    desk.write('practice/private/secret.txt', 'x')
    desk.write('practice/UPPER.TXT', 'x')
    desk.write('excluded', '# a comment\n\n$KIND\nletters/old\n')
    desk.write('no-case', 'upper.*\n')
    desk.write('password', `${PASSWORD}\n`)
    desk.write('list', '# what is saved\npractice/letters\npractice/*.sql\n')
    desk.write('verbatim', 'practice/letters\npractice/base.sql\n')
    // Relative: the folders above an absolute target are part of the tree, and /tmp changes under everybody's feet.
    desk.write('raw', 'practice/letters\0practice/UPPER.TXT\0')
  })
  after(() => desk[Symbol.asyncDispose]())

  async function treeOf(program: 'vault' | 'restic', args: readonly string[], input = ''): Promise<unknown> {
    const host = `${program}-${args.join(' ')}`
    const full = ['-r', repository, 'backup', '--host', host, ...args]
    const env = { KIND: '*.bin', RESTIC_PASSWORD_FILE: desk.path('password'), RESTIC_PASSWORD: undefined }
    if (program === 'vault') await desk.vault(full, { env, input })
    else await desk.restic(full, { env, input })
    const { stdout } = await desk.restic(['-r', repository, '--no-lock', 'snapshots', '--json', '--host', host])
    const [snapshot] = JSON.parse(stdout) as { tree: string; paths: string[] }[]
    return { tree: snapshot?.tree, paths: snapshot?.paths }
  }

  for (const args of [
    ['practice'],
    ['practice/letters', 'practice/base.sql', '-x'],
    ['practice', '--exclude', '*.txt', '-e', 'practice/base.sql'],
    ['practice', '--exclude-file', 'excluded', '--iexclude-file=no-case'],
    ['practice', '--iexclude', 'upper.txt', '--exclude-larger-than', '1M'],
    ['practice', '--exclude-caches', '--exclude-if-present', '.nobackup'],
    ['--files-from', 'list'],
    ['--files-from-verbatim', 'verbatim', 'practice/empty'],
    ['--files-from-raw', 'raw'],
  ]) {
    test(`${args.join(' ')}: the same tree as restic`, async () => {
      assert.deepEqual(await treeOf('vault', args), await treeOf('restic', args))
    })
  }

  test('when storing fails, the command whose output is stored ends, and so do we', async () => {
    const place = await desk.newRepository('breaks')
    rmSync(join(place, 'data'), { recursive: true, force: true })
    desk.write('breaks/data', 'a file in the place of a folder')
    const deaf = 'trap "" TERM; head -c 40000000 /dev/urandom; while :; do sleep 1; done'
    const endsAfter = async (...command: string[]) => {
      const args = ['-r', place, 'backup', '--stdin-filename', 'noise', '--stdin-from-command', '--', ...command]
      const { stderr } = await desk.vault(args, { allow: [1], timeoutMs: 100_000 })
      assert.match(stderr, /\[storage-/)
    }
    await Promise.all([endsAfter('cat', '/dev/urandom'), endsAfter('sh', '-c', deaf)])
  })

  test('a repository in what is backed up is remarked upon, unless it is excluded', async () => {
    const place = await desk.newRepository('practice-with-vault/vault')
    desk.write('practice-with-vault/letter', 'a letter\n')
    const backup = ['backup', '-r', place, 'practice-with-vault']
    assert.match((await desk.vault(backup)).stderr, /practice-with-vault\/vault is in what you back up: .* --exclude/)
    assert.equal((await desk.vault([...backup, '--exclude', place])).stderr, '')
  })

  test('a list on standard input', async () => {
    const args = ['--files-from-verbatim', '-']
    const input = 'practice/letters\npractice/empty\n'
    assert.deepEqual(await treeOf('vault', args, input), await treeOf('restic', args, input))
  })

  test('standard input and a command’s output become one file each', async () => {
    const dump = (path: string, tag: string) =>
      desk.restic(['-r', repository, '--no-lock', 'dump', '--tag', tag, 'latest', path]).then(({ stdout }) => stdout)
    const backup = ['-r', repository, 'backup', '--tag']
    await desk.vault([...backup, 'stream', '--stdin', '--stdin-filename', 'dumps/base.sql'], { input: 'select 1;\n' })
    assert.equal(await dump('/dumps/base.sql', 'stream'), 'select 1;\n')
    await desk.vault([
      ...backup,
      'command',
      '--stdin-from-command',
      '--stdin-filename=out',
      '--',
      'sh',
      '-c',
      'echo "a  b"; echo -n c',
    ])
    assert.equal(await dump('/out', 'command'), 'a  b\nc')
    const failed = await desk.vault([...backup, 'failed', '--stdin-from-command', '--', 'sh', '-c', 'echo half; exit 3'], {
      allow: [1],
    })
    assert.match(failed.stderr, /no snapshot was written.*\n.*\[command-failed\]/)
    const { stdout } = await desk.restic(['-r', repository, '--no-lock', 'snapshots', '--json', '--tag', 'failed'])
    assert.deepEqual(JSON.parse(stdout), [])
  })

  test('time, host, tags and parent are as asked for', async () => {
    const args = ['backup', '-r', repository, 'practice/letters', '--tag', 'x,y', '--tag', 'z', '--time', '2024-02-03 04:05:06']
    await desk.vault(args, { env: { RESTIC_HOST: 'reception' } })
    await desk.vault(['backup', '-r', repository, 'practice/letters', '--host', 'reception', '--skip-if-unchanged', '-q'])
    const { stdout } = await desk.restic(['-r', repository, '--no-lock', 'snapshots', '--json', '--host', 'reception'])
    const [snapshot, ...others] = JSON.parse(stdout) as { time: string; tags: string[]; program_version: string }[]
    assert.equal(others.length, 0, 'nothing changed: no second snapshot')
    assert.deepEqual([snapshot?.time, snapshot?.tags], ['2024-02-03T04:05:06+01:00', ['x', 'y', 'z']])
    assert.match(snapshot?.program_version ?? '', /^couronne \d/)
  })

  test('the parent is the snapshot that is named; with --force there is none, and every file is read', async () => {
    const args = ['backup', '-r', repository, 'practice/letters', '--host', 'parents', '--json']
    const summaryOf = async (more: readonly string[]) =>
      JSON.parse((await desk.vault([...args, ...more])).stdout.trim().split('\n').at(-1)!) as Record<string, unknown>
    const [first, second] = [await summaryOf([]), await summaryOf([])]
    const named = await summaryOf(['--parent', String(first.snapshot_id).slice(0, 10)])
    const forced = await summaryOf(['--force'])
    assert.deepEqual([first.files_new, second.files_unmodified, named.files_unmodified, forced.files_new], [2, 2, 2, 2])
    const { stdout } = await desk.restic(['-r', repository, '--no-lock', 'snapshots', '--json', '--host', 'parents'])
    const parents = (JSON.parse(stdout) as { parent?: string }[]).map(({ parent }) => parent)
    assert.deepEqual(parents, [undefined, first.snapshot_id, first.snapshot_id, undefined])
  })

  test('--one-file-system keeps the folder of another one, and nothing of it (needs root, for a disk of its own)', async () => {
    desk.write('disks/own', 'x')
    mkdirSync(desk.path('disks/usb'))
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'couronne-test', desk.path('disks/usb')])
    try {
      writeFileSync(desk.path('disks/usb/other'), 'x')
      const namesOf = async (program: 'vault' | 'restic') => {
        const tag = `disks-${program}`
        await desk[program](['-r', repository, 'backup', 'disks', '--one-file-system', '--tag', tag])
        return (await desk.restic(['-r', repository, '--no-lock', 'ls', '--tag', tag, 'latest', '--json'])).stdout.match(
          /"path":"[^"]+"/g,
        )
      }
      const ours = await namesOf('vault')
      assert.deepEqual(ours, await namesOf('restic'))
      assert.equal(
        ours?.some((path) => path.includes('/disks/usb/other')),
        false,
      )
      assert.equal(
        ours?.some((path) => path.endsWith('/disks/usb"')),
        true,
      )
    } finally {
      await run('umount', [desk.path('disks/usb')])
    }
  })

  test('what does not compress is stored raw, what does is compressed', async () => {
    const place = await desk.newRepository('mixed')
    desk.write('mixed-source/noise', noise(3_000_000, 5))
    desk.write('mixed-source/words', 'mot '.repeat(500_000))
    await desk.vault(['-r', place, 'backup', 'mixed-source', '-q'])
    const { stdout: names } = await desk.restic(['-r', place, '--no-lock', '--no-cache', 'list', 'index'])
    const { stdout } = await desk.restic(['-r', place, '--no-lock', '--no-cache', 'cat', 'index', names.trim()])
    const { packs } = JSON.parse(stdout) as {
      packs: { blobs: { type: string; length: number; uncompressed_length?: number }[] }[]
    }
    const blobs = packs.flatMap((pack) => pack.blobs).filter(({ type }) => type === 'data')
    const [raw, packed] = [
      blobs.filter((blob) => blob.uncompressed_length === undefined),
      blobs.filter((blob) => blob.uncompressed_length !== undefined),
    ]
    // A seal takes 32 bytes.
    assert.equal(
      raw.reduce((sum, { length }) => sum + length - 32, 0),
      3_000_000,
    )
    assert.ok(packed.length > 0 && packed.every(({ length, uncompressed_length: whole }) => length < whole! / 20))
  })

  test('a dry run says what would be stored, and stores nothing', async () => {
    const place = await desk.newRepository('dry')
    const { stdout } = await desk.vault(['-r', place, 'backup', 'practice', '--dry-run', '-vv'])
    assert.match(stdout, /^new {7}\/practice\/base\.sql {2}\(64\.\d KiB added, /m)
    assert.match(stdout, /^new {7}\/practice\/letters\//m)
    assert.match(stdout, /a trial: nothing was stored/)
    assert.equal((await desk.restic(['-r', place, '--no-lock', 'list', 'packs'])).stdout, '')
  })

  test('packs are as large as asked for, and compression is what was asked for', async () => {
    const text = desk.write('text/log', 'the same words over and over again\n'.repeat(100_000))
    desk.write('random/bytes', noise(12_000_000, 3))
    const sizes = async (name: string, args: readonly string[]) => {
      const place = await desk.newRepository(name)
      await desk.vault(['-r', place, 'backup', ...args])
      const { stdout } = await run('find', [join(place, 'data'), '-type', 'f', '-printf', '%s\n'])
      return stdout.trim().split('\n').map(Number)
    }
    const small = await sizes('small-packs', [desk.path('random'), '--pack-size', '4'])
    assert.ok(small.filter((size) => size > 1_000_000).length >= 2, `${small}`)
    const raw = await sizes('stored-raw', [text, '--compression', 'off'])
    const packed = await sizes('packed', [text, '--compression', 'max'])
    assert.ok(Math.max(...raw) > 20 * Math.max(...packed), `${raw} ${packed}`)
  })
})

describe('restore and dump', { concurrency: 2 }, () => {
  let desk: Desk
  let repository: string

  before(async () => {
    desk = new Desk()
    repository = await desk.newRepository()
    const source = desk.newSource()
    writeFileSync(join(source, 'holes'), Buffer.alloc(3_000_000))
    symlinkSync('/nowhere', join(source, 'letters/broken'))
    desk.write('included', '*.txt\n')
    await desk.restic(['-r', repository, 'backup', 'practice'])
  })
  after(() => desk[Symbol.asyncDispose]())

  /** The two folders hold the same: contents, rights, times, links. */
  async function requireSame(ours: string, theirs: string): Promise<void> {
    await run('diff', ['-r', '--no-dereference', ours, theirs])
    const facts = (folder: string) =>
      run('find', ['.', '-mindepth', '1', '-printf', '%P %y %m %s %T@ %l\n'], { cwd: folder }).then(({ stdout }) => lines(stdout))
    // A folder's size is its file system's affair.
    const sizeless = (line: string) => line.replace(/ d (\d+) \d+ /, ' d $1 ')
    assert.deepEqual((await facts(ours)).map(sizeless), (await facts(theirs)).map(sizeless))
  }

  for (const args of [
    ['latest'],
    ['latest:/practice/letters'],
    ['latest', '--include', '/practice/letters', '-i', '*.sql'],
    ['latest', '--exclude', '*.txt'],
    ['latest', '--iinclude', 'LETTER.TXT'],
    ['latest', '--include-file', 'included'],
    ['latest:practice', '--iexclude-file', 'included', '--verify', '--sparse'],
  ]) {
    test(`restore ${args.join(' ')}: what restic restores`, async () => {
      const name = args.join('_').replaceAll(/\W/g, '')
      const [ours, theirs] = [desk.path(`ours-${name}`), desk.path(`theirs-${name}`)]
      await desk.vault(['-r', repository, 'restore', ...args, '--target', ours])
      await desk.restic(['-r', repository, '--no-cache', 'restore', ...args, '--target', theirs])
      await requireSame(ours, theirs)
      if (args.includes('--sparse')) assert.ok(statSync(join(ours, 'holes')).blocks < 100)
    })
  }

  for (const policy of ['always', 'if-changed', 'if-newer', 'never']) {
    test(`restore --overwrite ${policy} --delete: what restic leaves and takes`, async () => {
      const targets = [desk.path(`ours-${policy}`), desk.path(`theirs-${policy}`)]
      for (const target of targets) {
        mkdirSync(join(target, 'letters'), { recursive: true })
        desk.write(`${target.slice(desk.folder.length)}/base.sql`, 'insert into patients values (2);\n'.repeat(2000))
        writeFileSync(join(target, 'letters/letter.txt'), 'newer')
        writeFileSync(join(target, 'letters/stray'), 'x')
        await run('touch', ['-d', '2025-01-01', join(target, 'base.sql')])
        await run('touch', ['-d', '2027-01-01', join(target, 'letters/letter.txt')])
      }
      const args = ['restore', 'latest:/practice', '--overwrite', policy, '--delete', '--target']
      await desk.vault(['-r', repository, ...args, targets[0]!])
      await desk.restic(['-r', repository, '--no-cache', ...args, targets[1]!])
      await run('diff', ['-r', '--no-dereference', ...targets])
      assert.equal(existsSync(join(targets[0]!, 'letters/stray')), false)
    })
  }

  test('a dry run of restore writes nothing', async () => {
    const target = desk.path('not-made')
    const { stdout } = await desk.vault(['-r', repository, 'restore', 'latest', '--target', target, '--dry-run'])
    assert.match(stdout, /a trial: 6 files restored/)
    assert.equal(existsSync(target), false)
  })

  test('dump: a file to standard output, over a file, a folder as tar and zip', async () => {
    const dump = ['-r', repository, 'dump', 'latest']
    const letter = await desk.vault([...dump, '/practice/letters/letter.txt'])
    assert.equal(letter.stdout, 'Cher confrère,\n')
    const target = desk.write('dumped', 'what was here before, and longer than a letter')
    await desk.vault([...dump, '/practice/letters/letter.txt', '--target', target])
    assert.equal(readFileSync(target, 'utf8'), 'Cher confrère,\n')
    const lost = await desk.vault([...dump, '/practice/nothing', '-t', target], { allow: [2] })
    assert.match(lost.stderr, /\/practice\/nothing/)
    assert.equal(readFileSync(target, 'utf8'), 'Cher confrère,\n', 'what was there stays until the new file is whole')
    for (const [format, list] of [
      ['tar', ['tar', '-tf']],
      ['zip', ['python3', '-c', 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))']],
    ] as const) {
      const [ours, theirs] = [desk.path(`ours.${format}`), desk.path(`theirs.${format}`)]
      await desk.vault([...dump, '/practice/letters', '-a', format, '-t', ours])
      await desk.restic([...dump, '--no-cache', '/practice/letters', '-a', format, '-t', theirs])
      const names = async (file: string) => lines((await run(list[0], [...list.slice(1), file])).stdout)
      assert.deepEqual(await names(ours), await names(theirs), format)
    }
  })

  test('a file that cannot be brought back is named, and the exit code is 1', async () => {
    const place = await desk.newRepository('damaged')
    await desk.restic(['-r', place, 'backup', 'practice'])
    const { stdout } = await run('find', [join(place, 'data'), '-type', 'f', '-size', '+500k'])
    const pack = stdout.trim().split('\n')[0]!
    const bytes = readFileSync(pack)
    bytes[1000]! ^= 1
    await run('chmod', ['u+w', pack])
    writeFileSync(pack, bytes)
    const result = await desk.vault(['-r', place, 'restore', 'latest', '--target', desk.path('partly')], { allow: [1] })
    assert.match(result.stderr, /\/practice\/\S+: /)
    assert.match(result.stderr, /INCOMPLETE: 1 item/)
    assert.equal(readFileSync(desk.path('partly/practice/letters/letter.txt'), 'utf8'), 'Cher confrère,\n')
  })
})

function lines(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .sort()
}
