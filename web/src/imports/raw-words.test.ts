import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rawInWords } from './raw-words.ts'

test('a file is shown by its path, a line as it stands, whatever it looks like', () => {
  assert.equal(rawInWords('{"path":"123/panoramique.jpg","sha256":"00","sizeBytes":12}'), '123/panoramique.jpg')
  for (const line of ['123;EXEMPLE;Lucie', '{"path":"x"}', '{"path":', '{"path":1,"sizeBytes":2}'])
    assert.equal(rawInWords(line), line)
})
