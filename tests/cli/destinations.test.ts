/** Each kind of destination by its address, with credentials from where restic takes them; both programs write one repository there. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { startRestServer } from '../peers/rest-server.ts'
import { startS3 } from '../peers/s3.ts'
import { startSshd } from '../peers/sshd.ts'
import { Desk, jsonLines, PASSWORD } from './desk.ts'

/** Init, backup, restore and check of ours; backup and check of restic's. */
async function useByTurns(
  desk: Desk,
  address: string,
  options: { ours?: string[]; theirs?: string[]; env?: Record<string, string> },
) {
  const { ours = [], theirs = [], env = {} } = options
  desk.newSource()
  await desk.vault(['-r', address, ...ours, 'init'], { env })
  await desk.vault(['-r', address, ...ours, 'backup', 'practice'], { env })
  await desk.restic(['-r', address, ...theirs, '--no-cache', 'backup', 'practice'], { env })
  const { stdout } = await desk.vault(['-r', address, ...ours, 'snapshots', '--json'], { env })
  const [first, second] = JSON.parse(stdout) as { tree: string }[]
  assert.equal(first?.tree, second?.tree)
  await desk.vault(['-r', address, ...ours, 'restore', 'latest:/practice', '--target', desk.path('back'), '--verify'], { env })
  assert.deepEqual(readFileSync(desk.path('back/image.bin')), readFileSync(desk.path('practice/image.bin')))
  assert.match((await desk.vault(['-r', address, ...ours, 'check', '--read-data'], { env })).stdout, /^no error: 2 snapshots/)
  await desk.restic(['-r', address, ...theirs, '--no-cache', 'check', '--read-data'], { env })
}

describe('destinations', { concurrency: 2 }, () => {
  test('REST over TLS with an authority of one’s own; user and password from the environment, or in the address', async () => {
    await using desk = new Desk()
    await using server = await startRestServer({ tls: true, accounts: { practice: 'pass word' } })
    const address = `${server.address}practice/`
    const authority = ['--cacert', server.caCertificateFile!]
    await useByTurns(desk, address, { ours: authority, theirs: authority, env: { ...server.env } })
    const inside = address.replace('https://', 'https://practice:pass%20word@')
    const { stdout } = await desk.vault(['-r', inside, ...authority, 'snapshots', '-q'])
    assert.match(stdout, /2 snapshots/)
    const stranger = await desk.vault(['-r', address, ...authority, 'snapshots'], { allow: [1] })
    assert.match(stranger.stderr, /The destination refuses: credentials wrong or missing.*\n.*401.*\[storage-refused\]/s)
    const distrusted = await desk.vault(['-r', address, 'snapshots'], { env: server.env, allow: [1] })
    assert.match(distrusted.stderr, /certificate is not trusted/)
    await desk.vault(['-r', address, '--insecure-tls', 'snapshots', '-q'], { env: server.env })
  })

  test('SFTP with a key and a list of known hosts, given as restic gives ssh its arguments', async () => {
    await using desk = new Desk()
    await using server = await startSshd()
    const address = `${server.address}/${server.folder}/vault`
    const args = ['-o', `sftp.args=${server.sshArguments.join(' ')}`]
    await useByTurns(desk, address, { ours: args, theirs: args })
    assert.ok(readdirSync(join(server.folder, 'vault/snapshots')).length === 2)
    const unknown = ['-o', `sftp.args=-i ${server.keyFile} -o UserKnownHostsFile=${desk.write('known', '')}`]
    const refused = await desk.vault(['-r', address, ...unknown, 'snapshots'], { allow: [1] })
    assert.match(refused.stderr, /\[storage-refused\]/)
    const stranger = await desk.vault(['-r', address, ...args, '-o', `sftp.args=-i ${server.strangerKeyFile}`, 'snapshots'], {
      allow: [1],
    })
    assert.match(stranger.stderr, /\[storage-refused\]/)
  })

  test('S3 with credentials from AWS_*, or the file that Amazon’s programs share; objects are held, and held longer', async () => {
    await using desk = new Desk()
    await using server = await startS3()
    const address = `${server.address}/bucket/practice`
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = server.env
    await useByTurns(desk, address, { env: { ...server.env } })
    const shared = desk.write(
      'aws',
      `[vault]\naws_access_key_id = ${AWS_ACCESS_KEY_ID}\naws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}\n`,
    )
    const env = { AWS_SHARED_CREDENTIALS_FILE: shared, AWS_PROFILE: 'vault' }
    assert.match((await desk.vault(['-r', address, '-o', 's3.region=us-east-1', 'snapshots'], { env })).stdout, /2 snapshots/)
    const refused = await desk.vault(['-r', address, 'snapshots'], {
      env: { ...server.env, AWS_SECRET_ACCESS_KEY: 'wrong' },
      allow: [1],
    })
    assert.match(refused.stderr, /\[storage-refused\]/)

    const held = `${server.address}/held/practice`
    const days = ['-r', held, '-o', 's3.retention-days=1']
    await desk.vault([...days, 'init', '-q'], { env: server.env })
    await desk.vault([...days, 'backup', 'practice', '-q'], { env: server.env })
    const longer = (args: readonly string[] = []) =>
      desk.vault(['-r', held, 'retention', '--days', '9', '--json', ...args], { env: server.env })
    const trial = jsonLines((await longer(['--dry-run'])).stdout).at(-1) as { objects: number }
    const first = jsonLines((await longer()).stdout).at(-1) as { extended: number; already_held: number; not_held: string[] }
    // What is planned, and the key of this mirror.
    assert.deepEqual([first.extended, first.already_held, first.not_held], [trial.objects + 1, 0, []])
    const until = (jsonLines((await longer()).stdout).at(-1) as { until: string }).until
    const again = await desk.vault(['-r', held, 'retention', '--until', until.slice(0, 10)], {
      env: { ...server.env, COURONNE_LANG: 'fr' },
    })
    assert.match(again.stdout, new RegExp(`: 0 objet prolongé, ${trial.objects + 1} déjà tenus, jusqu’au `))
    // Locks come and go all the same.
    assert.equal((await desk.vault(['-r', held, 'unlock', '--remove-all'], { env: server.env })).stdout, '0 locks removed\n')
  })

  test('--limit-upload and --limit-download keep to so many KiB a second', async () => {
    await using desk = new Desk()
    const place = await desk.newRepository()
    desk.newSource()
    const seconds = async (args: readonly string[]) => {
      const began = performance.now()
      await desk.vault(['-r', place, ...args])
      return (performance.now() - began) / 1000
    }
    // 1,500 KB that do not compress, at 600 KiB a second; without a limit it takes a third of a second.
    assert.ok((await seconds(['backup', 'practice', '--limit-upload', '600'])) > 1.5)
    assert.ok((await seconds(['restore', 'latest', '--target', desk.path('back'), '--limit-download', '600'])) > 1.5)
  })

  test('an address may come from a file or a variable, a password from a file, a variable or a command', async () => {
    await using desk = new Desk()
    const place = await desk.newRepository()
    const [address, password] = [desk.write('address', `${place}\n`), desk.write('password', `${PASSWORD}\n`)]
    const env = { RESTIC_PASSWORD: undefined }
    for (const [args, more] of [
      [['--repository-file', address, '--password-file', password], {}],
      [['-r', place, '-p', password], {}],
      [[], { RESTIC_REPOSITORY: place, RESTIC_PASSWORD_FILE: password }],
      [[], { RESTIC_REPOSITORY_FILE: address, RESTIC_PASSWORD: PASSWORD }],
      [['-r', place], { RESTIC_PASSWORD_COMMAND: `cat ${password}` }],
      [['-r', place, '--password-command', `cat "${password}"`], {}],
    ] as const) {
      assert.equal((await desk.vault([...args, 'snapshots', '--json'], { env: { ...env, ...more } })).stdout, '[]\n')
    }
    const failing = await desk.vault(['-r', place, '--password-command', 'false', 'snapshots'], { env, allow: [2] })
    assert.match(failing.stderr, /false/)
  })
})
