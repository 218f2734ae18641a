/**
 * Memory stays under 400 MB whatever the data, and whatever a mirror does: the peak of whole processes, as the system counts it. A few
 * hundred megabytes of each kind here; 1.5 GiB with COURONNE_CAMPAIGN=1.
 */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { SeededRandom } from '@couronne/samples'
import { gnuTime } from '../peers/peers.ts'
import { startRestServer } from '../peers/rest-server.ts'
import { freePort } from '../peers/serving.ts'
import { CAMPAIGN, lastJson, SEED, type VaultOptions, Workbench } from './workbench.ts'

const PEAK_BYTES_MAX = 400e6
const MIB = 1024 * 1024
const BYTES = (CAMPAIGN ? 1536 : 192) * MIB
const TINY_FILES = CAMPAIGN ? 150_000 : 6_000

/** Kinds of data, each the worst for something: buffers, holes, the index, folders. */
const KINDS: Readonly<Record<string, (folder: string, random: SeededRandom) => Promise<void>>> = {
  'one file that does not compress': async (folder, random) => {
    await using file = await open(join(folder, 'random'), 'w')
    for (let at = 0; at < BYTES; at += 16 * MIB) await file.write(random.bytes(16 * MIB))
  },
  'a sparse file': async (folder) => {
    await using file = await open(join(folder, 'sparse'), 'w')
    await file.truncate(BYTES * 2)
  },
  'tiny files in many folders': async (folder, random) => {
    for (let i = 0; i < TINY_FILES; i++) {
      const place = join(folder, String(i % 97))
      if (i < 97) mkdirSync(place)
      writeFileSync(join(place, `${i}`), random.bytes(random.below(200)))
    }
  },
  'one folder of many files with long names': async (folder) => {
    for (let i = 0; i < TINY_FILES; i++) writeFileSync(join(folder, `${i}`.padEnd(200, '-')), '')
  },
}

describe('memory stays bounded', () => {
  let bench: Workbench
  before(async () => {
    bench = await Workbench.create('memory')
  })
  after(() => bench[Symbol.asyncDispose]())

  /** Runs a verb and requires that its peak was small. @returns what it printed */
  const measured = async (context: TestContext, args: readonly string[], options: VaultOptions): Promise<string> => {
    const peak = bench.path('peak')
    const through = [gnuTime(), '-f', '%M', '-o', peak] as const
    const { stdout } = await bench.couronneThrough(through, args, { ...options, timeoutMs: 30 * 60_000 })
    const bytes = Number((await readFile(peak, 'utf8')).trim()) * 1024
    context.diagnostic(`${args.slice(0, 2).join(' ')}: ${Math.round(bytes / 1e6)} MB at its peak`)
    assert.ok(bytes > 20e6 && bytes < PEAK_BYTES_MAX, `${args[0]}: ${Math.round(bytes / 1e6)} MB at its peak`)
    return stdout
  }

  for (const [kind, make] of Object.entries(KINDS)) {
    test(`backup, check and restore of ${kind}`, async (context) => {
      const name = kind.replaceAll(' ', '-')
      const folder = bench.path(name)
      await mkdir(folder)
      await make(folder, new SeededRandom(`${SEED} ${kind}`))
      const place = await bench.init(`${name}-repository`)
      await measured(context, ['backup', folder], { at: place })
      await measured(context, ['backup', '--force', folder], { at: place })
      await measured(context, ['check', '--read-data'], { at: place })
      await measured(context, ['restore', 'latest', '--sparse', '--target', `${folder}-restored`], { at: place })
      for (const each of [folder, place, `${folder}-restored`]) await rm(each, { recursive: true })
    })
  }

  test('a mirror that takes nothing more in the middle of a backup: it is left behind, and catches up later', async (context) => {
    const folder = bench.path('stalled')
    await mkdir(folder)
    await KINDS['one file that does not compress']!(folder, new SeededRandom(`${SEED} stalled`))
    await using server = await startRestServer()
    await using line = await aLine(server.port)
    const places = [bench.path('stalled-repository'), `rest:http://127.0.0.1:${line.port}/mirror/`]
    await bench.init(places)
    line.cutAfter(BYTES / 8)
    const { mirrors } = lastJson<{ mirrors: { behind?: string }[] }>(
      await measured(context, ['backup', '--json', folder], { at: places }),
      'summary',
    )
    assert.deepEqual(
      mirrors.map(({ behind }) => behind === undefined),
      [true, false],
    )
    line.mend()
    await measured(context, ['mirror', 'sync'], { at: places })
    for (const at of [places[0]!, places[1]!]) {
      await bench.check(at)
      assert.equal((await bench.snapshots(at)).length, 1)
    }
  })
})

interface Line extends AsyncDisposable {
  readonly port: number
  /** From then on nothing gets through any more, and no connection ends. */
  cutAfter(bytes: number): void
  mend(): void
}

/** A way to a port of this machine that can be cut. */
async function aLine(to: number): Promise<Line> {
  const port = await freePort()
  const sockets = new Set<Socket>()
  let leftBytes = Number.POSITIVE_INFINITY
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    }
    near.on('data', (bytes) => {
      leftBytes -= bytes.length
      if (leftBytes > 0 && far.write(bytes)) return
      near.pause()
      if (leftBytes > 0) far.once('drain', () => near.resume())
    })
    near.on('end', () => far.end())
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    cutAfter(bytes) {
      leftBytes = bytes
    },
    mend() {
      leftBytes = Number.POSITIVE_INFINITY
      for (const socket of sockets) socket.destroy()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
