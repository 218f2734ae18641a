import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordlist } from '@scure/bip39/wordlists/french.js'
import { isSiret } from './practice-facts.ts'
import { findWord, foldWord, splitWords } from './words.ts'

const LIST = new Map(wordlist.map((word) => [foldWord(word), word]))

test('a word is found whatever its capitals, accents and spaces, in either form of Unicode', () => {
  const word = wordlist.find((each) => foldWord(each) === 'academie')
  assert.equal(findWord(' Académie ', LIST), word)
  assert.equal(findWord('ACADEMIE', LIST), word)
  assert.equal(findWord('acade\u0301mie', LIST), word)
})

test('four letters find each word of the list, three find none that is longer', () => {
  for (const word of wordlist) assert.equal(findWord(word.normalize('NFC').slice(0, 4), LIST), word)
  assert.equal(findWord('aca', LIST), undefined)
})

test('what is pasted is split at spaces, commas and the numbers of the sheet', () => {
  assert.deepEqual(splitWords('1. abaisser\n2. abandon, abdiquer'), ['abaisser', 'abandon', 'abdiquer'])
})

test('a SIRET is told from one with a wrong digit', () => {
  assert.equal(isSiret('73282932000074'), true)
  assert.equal(isSiret('73282932000075'), false)
  assert.equal(isSiret('7328293200007'), false)
  assert.equal(isSiret('35600000000048'), true)
})
