/** What a connection does that no client of ours can be made to do. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import * as http from 'node:http'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { WatchedAccounts } from './accounts.ts'
import { Answers } from './answers.ts'
import { DEFAULT_LIMITS } from './options.ts'
import { Recognised } from './recognised.ts'
import { Gate } from './sign-in.ts'

/** Takes in, gives nothing on: the system's buffers are full, because the other end reads nothing. */
class FullSocket extends Duplex {
  timeoutMs = 0

  override _read(): void {}
  override _write(): void {}

  setTimeout(timeoutMs: number): this {
    this.timeoutMs = timeoutMs
    return this
  }
}

test('while a reply waits for its client to read, the connection has its time limit', async () => {
  const accounts = await WatchedAccounts.open('/nowhere/accounts.json', () => {})
  const recognised = await Recognised.open('/nowhere/recognised.json', () => {})
  const answers = new Answers({
    gate: new Gate({ accounts, recognised, monotonicMs: () => 0, addressesDiffer: true }),
    appendOnly: true,
    encrypted: false,
    limits: { ...DEFAULT_LIMITS, idleTimeoutMs: 1234 },
    repositoryOf: () => Promise.reject(new Error('nobody comes so far')),
    checkAlone: async () => {},
    monotonicMs: () => 0,
    log: () => {},
  })
  const server = http.createServer()
  const socket = new FullSocket()
  server.emit('connection', socket)
  const asked = once(server, 'request') as Promise<[http.IncomingMessage, http.ServerResponse]>
  socket.push('GET /cabinet/config HTTP/1.1\r\nHost: x\r\n\r\n')
  const [request, response] = await asked
  await answers.answer(request, response, false)
  assert.equal(response.statusCode, 401)
  assert.equal(socket.timeoutMs, 1234)
  socket.destroy()
})
