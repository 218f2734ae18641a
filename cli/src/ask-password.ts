/** Asks for a password on the terminal; what is typed is not shown. */
import { once } from 'node:events'

export async function askPassword(prompt: string): Promise<string> {
  // Before the prompt: what is typed the moment it appears is not shown either.
  process.stdin.setRawMode(true)
  process.stderr.write(prompt)
  process.stdin.resume()
  const decoder = new TextDecoder()
  const typed: string[] = []
  try {
    for (;;) {
      const [bytes] = (await once(process.stdin, 'data')) as [Buffer]
      for (const character of decoder.decode(bytes, { stream: true })) {
        if (character === '\r' || character === '\n' || character === '\u0004') return typed.join('')
        if (character === '\u0003') throw new DOMException('interrupted', 'AbortError')
        if (character === '\u007f' || character === '\b') typed.pop()
        else typed.push(character)
      }
    }
  } finally {
    process.stdin.setRawMode(false)
    process.stdin.pause()
    process.stderr.write('\n')
  }
}
