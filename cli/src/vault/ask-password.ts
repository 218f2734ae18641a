/** Asks for a password on the terminal; what is typed is not shown. */
import { once } from 'node:events'

export async function askPassword(prompt = 'password: '): Promise<string> {
  process.stderr.write(prompt)
  process.stdin.setRawMode(true)
  process.stdin.resume()
  let typed = ''
  try {
    for (;;) {
      const [bytes] = (await once(process.stdin, 'data')) as [Buffer]
      for (const character of bytes.toString('utf8')) {
        if (character === '\r' || character === '\n') return typed
        if (character === '\u0003') throw new DOMException('interrupted', 'AbortError')
        typed = character === '\u007f' || character === '\b' ? typed.slice(0, -1) : typed + character
      }
    }
  } finally {
    process.stdin.setRawMode(false)
    process.stdin.pause()
    process.stderr.write('\n')
  }
}
