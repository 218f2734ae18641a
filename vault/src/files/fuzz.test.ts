/** Lists, patterns and sizes as users write them, and the system's lists of accounts. */
import { fuzz, fuzzTexts } from '../../../tests/fuzz.ts'
import { parseAccounts } from './accounts.ts'
import { parseSize } from './excludes.ts'
import { Glob } from './glob.ts'
import { parsePatternList, parseRawTargets, parseTargetLines } from './lists.ts'
import { cleanPath, Patterns, pathParts } from './patterns.ts'

const encode = (text: string) => new TextEncoder().encode(text)
const NAMES = ['', 'a', 'photo.jpg', 'a]b', 'été', 'x'.repeat(200)]

fuzz([['a raw list of targets', encode('/a\0/b c\0'), (bytes) => void parseRawTargets(bytes)]])

fuzzTexts([
  ['a list of patterns', '# c\n*.tmp\n$HOME/$$/cache\n!keep\n', (text) => void parsePatternList(encode(text), { HOME: '/root' })],
  ['a list of targets', '/a b\r\n/c\n', (text) => void parseTargetLines(encode(text))],
  ['a glob', 'ph[^a-f]o?o.*\\*', (text) => void NAMES.map((name) => Glob.parse(text)?.test(name))],
  [
    'a pattern',
    '!/home/**/[ab]*.tmp',
    (text) => {
      for (const ignoreCase of [false, true]) new Patterns([text], { ignoreCase }).select(pathParts('/home/a/b/c.tmp'))
    },
  ],
  ['a path', '/a//b/../c/./d', (text) => void pathParts(cleanPath(text))],
  ['a size', '100k', (text) => void parseSize(text)],
  ['a list of accounts', 'root:x:0:0:root:/root:/bin/sh\n+::::::\nx:y:z\n', (text) => void parseAccounts(text)],
])
