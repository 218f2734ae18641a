import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isLoopback } from './loopback.ts'

test('only 127/8, ::1 and localhost are this machine, however they are written', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1', 'localhost'])
    assert.equal(isLoopback(host), true, host)
  const others = ['0.0.0.0', '::', '192.168.1.2', '128.0.0.1', '127.1', '127.0.0.999', '::ffff:10.0.0.1', '::2', '']
  for (const host of [...others, 'localhost.example.org', '127.0.0.1.example.org', 'localhost:80'])
    assert.equal(isLoopback(host), false, host)
})
