/** `couronne vault serve` as an IT provider runs it: accounts, TLS, append-only, quota, journal; our own backups and stock restic's go there. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { type Certificates, makeCertificates } from '../peers/serving.ts'
import { Desk, jsonLines, noise, type Running, until } from './desk.ts'

interface Account {
  readonly owner_password: string
  readonly writer_password: string
}

describe('serve', { concurrency: 2 }, () => {
  let desk: Desk
  let certificates: Certificates
  before(async () => {
    desk = new Desk()
    desk.newSource()
    certificates = await makeCertificates(desk.path('tls'))
  })
  after(() => desk[Symbol.asyncDispose]())

  const account = (folder: string, ...args: string[]) => desk.vault(['serve', 'account', ...args, '--folder', folder])
  const addAccount = async (folder: string, name: string, ...flags: string[]): Promise<Account> =>
    JSON.parse((await account(folder, 'add', name, '--json', ...flags)).stdout) as Account

  /** A server on a free port, and its address over TLS. */
  async function serving(folder: string, ...flags: string[]): Promise<Running & { readonly url: string }> {
    const tls = ['--tls-cert', certificates.certificateFile, '--tls-key', certificates.keyFile]
    const running = desk.start(['vault', 'serve', '--folder', folder, '--listen', '127.0.0.1:0', ...tls, '--json', ...flags])
    await until(() => running.printed.includes('\n') || running.child.exitCode !== null)
    const { url } = jsonLines(running.printed)[0] as { url: string }
    return Object.assign(running, { url: url.replace('https://', '') })
  }

  const repository = (url: string, name: string, password: string) => [
    ...['-r', `rest:https://${name}:${password}@${url}${name}/`],
    ...['--cacert', certificates.authorityFile],
  ]

  test('the owner makes the repository, the writer fills it and deletes nothing; restic too; the journal tells who wrote what', async () => {
    const folder = desk.path('hosted')
    const { owner_password: owner, writer_password: writer } = await addAccount(folder, 'cabinet')
    await using server = await serving(folder)
    const [asOwner, asWriter] = [repository(server.url, 'cabinet', owner), repository(server.url, 'cabinet', writer)]
    const early = await desk.vault([...asWriter, 'init'], { allow: [1], env: { COURONNE_LANG: 'fr' } })
    assert.match(early.stderr, /La destination refuse : .*\n.*403/)
    await desk.vault([...asOwner, 'init', '-q'])
    await desk.vault([...asWriter, 'backup', 'practice', '-q'])
    await desk.restic([...asWriter, '--no-cache', 'backup', 'practice'])
    await desk.restic([...asWriter, '--no-cache', 'check', '--read-data'])
    await desk.vault([...asWriter, 'restore', 'latest:/practice', '--target', desk.path('back')])
    assert.deepEqual(readFileSync(desk.path('back/image.bin')), readFileSync(desk.path('practice/image.bin')))

    const forgotten = await desk.vault([...asWriter, 'forget', '--keep-last', '1'], { allow: [3] })
    assert.match(forgotten.stderr, /403/)
    const stock = await desk.restic([...asWriter, '--no-cache', 'forget', '--keep-last', '1'], { allow: 'any' })
    assert.match(stock.stderr, /403/)
    const { stdout } = await desk.vault([...asWriter, 'snapshots', '--json'])
    assert.equal((JSON.parse(stdout) as unknown[]).length, 2)
    const stranger = repository(server.url, 'cabinet', 'guess')
    assert.match((await desk.vault([...stranger, 'snapshots'], { allow: [1] })).stderr, /401.*\[storage-refused\]/s)

    const journal = jsonLines((await desk.vault(['serve', 'journal', 'cabinet', '--folder', folder])).stdout)
    const written = journal.filter(({ event }) => event === 'stored')
    const kinds = new Set(written.map(({ role, kind }) => `${role} ${kind}`))
    for (const expected of ['owner config', 'owner keys', 'writer data', 'writer index', 'writer snapshots'])
      assert.ok(kinds.has(expected), expected)
    assert.ok(written.every(({ at }) => !Number.isNaN(Date.parse(String(at)))))
    assert.ok(journal.some(({ event, role }) => event === 'refused' && role === 'writer'))
    assert.equal(await server.kill('SIGINT'), 0)
  })

  test('accounts: a list with what each takes, a quota that holds, passwords that change, and one that goes', async () => {
    const folder = desk.path('accounts')
    assert.equal((await account(folder, 'list')).stdout, 'no account\n')
    const shown = await account(folder, 'add', 'small', '--quota', '1M')
    assert.match(
      shown.stdout,
      /account small, 1\.0 MiB\. Its passwords, shown this once:\n {2}owner, .*: \S{20,}\n {2}writer, .*: +\S{20,}\n/,
    )
    const owner = /owner, .*: (\S+)/.exec(shown.stdout)![1]!
    await using server = await serving(folder)
    await desk.vault([...repository(server.url, 'small', owner), 'init', '-q'])
    desk.write('large/noise', noise(3_000_000, 8))
    const full = await desk.vault([...repository(server.url, 'small', owner), 'backup', 'large'], {
      allow: [1],
      env: { COURONNE_LANG: 'fr' },
    })
    assert.match(full.stderr, /La destination est pleine/)
    await account(folder, 'quota', 'small', '--quota', '1G')
    await desk.vault([...repository(server.url, 'small', owner), 'backup', 'large', '-q'])
    assert.match((await account(folder, 'list')).stdout, /^small +[23]\.\d MiB +1\.0 GiB +nobody +\d{4}-\d\d-\d\d$/m)

    const writer = (await account(folder, 'password', 'small')).stdout.trim()
    await desk.vault([...repository(server.url, 'small', writer), 'snapshots', '-q'])
    const chosen = desk.write('chosen', 'a long enough password of ours\n')
    assert.match((await account(folder, 'password', 'small', '--role', 'owner', '-p', chosen)).stdout, /password changed/)
    assert.equal((await desk.vault([...repository(server.url, 'small', owner), 'snapshots'], { allow: [1] })).status, 1)

    assert.match((await account(folder, 'deletion', 'small', 'on')).stdout, /the owner may delete/)
    const asOwner = repository(server.url, 'small', encodeURIComponent('a long enough password of ours'))
    await desk.vault([...asOwner, 'backup', 'practice', '-q'])
    await desk.vault([...asOwner, 'forget', '--keep-last', '1', '--group-by', '', '-q'])
    await account(folder, 'remove', 'small')
    assert.equal((await desk.vault([...asOwner, 'snapshots'], { allow: [1] })).status, 1)
  })

  test('--no-append-only lets writers delete; without accounts, or without TLS on a network, that is said', async () => {
    const folder = desk.path('plain')
    const { owner_password: owner, writer_password: writer } = await addAccount(folder, 'cabinet')
    await using server = await serving(folder, '--no-append-only')
    await desk.vault([...repository(server.url, 'cabinet', owner), 'init', '-q'])
    const asWriter = repository(server.url, 'cabinet', writer)
    for (const _ of [1, 2]) await desk.vault([...asWriter, 'backup', 'practice', '-q'])
    await desk.vault([...asWriter, 'forget', '--keep-last', '1', '-q'])
    assert.equal((JSON.parse((await desk.vault([...asWriter, 'snapshots', '--json'])).stdout) as unknown[]).length, 1)

    await using empty = await serving(desk.path('empty'))
    await until(() => /No account: nobody can come in/.test(empty.said))
    const open = await desk.vault(['serve', '--folder', folder, '--listen', '0.0.0.0:0'], {
      allow: 'any',
      env: { COURONNE_LANG: 'fr' },
    })
    assert.ok(open.status === 1 || open.status === 2, `${open.status}`)
    assert.match(open.stderr, /TLS/)
  })
})
