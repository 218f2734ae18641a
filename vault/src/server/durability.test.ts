/** The order in which things reach the disk, as the kernel saw it. */
import assert from 'node:assert/strict'
import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { strace } from '../../../tests/peers/peers.ts'
import { accountsFileOf } from './layout.ts'
import { aFolder, anObject, aServer, aServerProcess, ask, OWNER, writeAccounts } from './testing.ts'

const CALLS = 'fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,write,pwrite64,writev,pwritev,sendto,sendmsg'

/** Calls of a trace by `strace -f -y`, in the order in which they ended; one that was interrupted in print is put together again. */
function endedCalls(trace: string): string[] {
  const begun = new Map<string, string>()
  const calls: string[] = []
  for (const line of trace.split('\n')) {
    const [, pid = '', call = ''] = /^(\d+) +(.*)$/.exec(line) ?? []
    const unfinished = /^(.*) <unfinished \.\.\.>$/.exec(call)?.[1]
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(call)?.[1]
    if (unfinished !== undefined) begun.set(pid, unfinished)
    else calls.push(resumed === undefined ? call : `${begun.get(pid) ?? ''}${resumed}`)
  }
  return calls
}

/** Each step is found after the one before it; gives back the places. */
function placesInOrder(calls: readonly string[], steps: Readonly<Record<string, RegExp>>): number[] {
  const places: number[] = []
  for (const [step, pattern] of Object.entries(steps)) {
    const at = calls.findIndex((call, i) => i > (places.at(-1) ?? -1) && pattern.test(call))
    assert.ok(at >= 0, `${step} (${pattern}) does not come after what must come before:\n${calls.join('\n')}`)
    places.push(at)
  }
  return places
}

async function traced(act: (port: number) => Promise<void>, folder = aFolder()): Promise<string[]> {
  writeAccounts(accountsFileOf(folder), [{ ownerMayDelete: true }])
  const trace = join(folder, 'trace.txt')
  await using server = await aServerProcess(folder, [strace(), '-f', '-y', '-s', '80', '-o', trace, '-e', `trace=${CALLS}`])
  await ask(server.port, 'POST', '/cabinet/?create=true', { as: OWNER })
  await act(server.port)
  await server.stop()
  return endedCalls(readFileSync(trace, 'utf8'))
}

test('an upload: file synced, named, folder synced, journal written and synced, and only then the reply', async () => {
  const { name, bytes } = anObject(500)
  const calls = await traced(async (port) => {
    assert.equal((await ask(port, 'POST', `/cabinet/data/${name}`, { body: bytes })).status, 200)
  })
  const [, synced = 0, , , , , replied = 0] = placesInOrder(calls, {
    'bytes written': new RegExp(`^p?writev?(64)?\\(\\d+<.*${name}-tmp-serve-\\w{16}>.*= 500$`),
    'file synced': new RegExp(`^fsync\\(\\d+<.*${name}-tmp-serve-\\w{16}>\\) += 0$`),
    named: new RegExp(`^link(at)?\\(.*${name}-tmp-serve-.*data/${name.slice(0, 2)}/${name}".*= 0$`),
    'folder synced': new RegExp(`^fsync\\(\\d+<.*/cabinet/data/${name.slice(0, 2)}>\\) += 0$`),
    'journal written': /^p?writev?(64)?\(\d+<.*\/journal\/cabinet\.jsonl>.*"?stored/,
    'journal synced': /^f(data)?sync\(\d+<.*\/journal\/cabinet\.jsonl>\) += 0$/,
    replied: /^(write|writev|sendto|sendmsg)\(\d+<(socket|TCP).*HTTP\/1\.1 200 OK/,
  })
  const bodyWrites = calls.flatMap((call, at) =>
    /^p?writev?(64)?\(/.test(call) && call.includes(`${name}-tmp-serve-`) ? [at] : [],
  )
  assert.ok(
    bodyWrites.every((at) => at < synced),
    'nothing is written to the file after its sync',
  )
  const early = calls.findIndex(
    (call, at) => at > synced && at < replied && /^(write|writev|sendto|sendmsg)\(\d+<(socket|TCP)/.test(call),
  )
  assert.equal(early, -1, 'not a byte is sent before')
})

test('folders of a repository whose making was cut short are synced before anything is taken in', async () => {
  const { name, bytes } = anObject(500)
  const folder = aFolder()
  // Killed after all folders were made, and before they were synced.
  mkdirSync(join(folder, 'cabinet', 'data', name.slice(0, 2)), { recursive: true })
  const calls = await traced(async (port) => {
    assert.equal((await ask(port, 'POST', `/cabinet/data/${name}`, { body: bytes })).status, 200)
  }, folder)
  placesInOrder(calls, {
    'shard durable': /^fsync\(\d+<.*\/cabinet\/data>\) += 0$/,
    'data durable': /^fsync\(\d+<.*\/cabinet>\) += 0$/,
    'repository durable': new RegExp(`^fsync\\(\\d+<${folder}>\\) += 0$`),
    named: new RegExp(`^link(at)?\\(.*${name}-tmp-serve-.*data/${name.slice(0, 2)}/${name}".*= 0$`),
  })
})

test('a deletion: gone, folder synced, journal written and synced, and only then the reply', async () => {
  const { name, bytes } = anObject(500)
  const calls = await traced(async (port) => {
    assert.equal((await ask(port, 'POST', `/cabinet/index/${name}`, { body: bytes })).status, 200)
    assert.equal((await ask(port, 'DELETE', `/cabinet/index/${name}`, { as: OWNER })).status, 200)
  })
  placesInOrder(calls, {
    gone: new RegExp(`^unlink(at)?\\(.*/cabinet/index/${name}".*= 0$`),
    'folder synced': /^fsync\(\d+<.*\/cabinet\/index>\) += 0$/,
    'journal written': /^p?writev?(64)?\(\d+<.*\/journal\/cabinet\.jsonl>.*removed/,
    'journal synced': /^f(data)?sync\(\d+<.*\/journal\/cabinet\.jsonl>\) += 0$/,
    replied: /^(write|writev|sendto|sendmsg)\(\d+<(socket|TCP).*HTTP\/1\.1 200 OK/,
  })
})

test('an object that a crash left named: its folder is synced before the journal tells of it', async () => {
  const folder = aFolder()
  {
    await using server = await aServer({ folder })
    await server.create()
  }
  const { name, bytes } = anObject(500)
  const place = join(folder, 'cabinet', 'index', name)
  writeFileSync(`${place}-tmp-serve-0123456789abcdef`, bytes)
  linkSync(`${place}-tmp-serve-0123456789abcdef`, place)
  placesInOrder(await traced(async () => {}, folder), {
    'folder synced': /^fsync\(\d+<.*\/cabinet\/index>\) += 0$/,
    'journal written': /^p?writev?(64)?\(\d+<.*\/journal\/cabinet\.jsonl>.*recovered/,
    'journal synced': /^f(data)?sync\(\d+<.*\/journal\/cabinet\.jsonl>\) += 0$/,
  })
})
