import { readFileSync } from 'node:fs'
import { EXIT } from '../exit-codes.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  summary: { fr: 'la version', en: 'the version' },
  example: 'couronne vault version --json',
  define() {},
  async run({ terminal }) {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
    terminal.json({
      message_type: 'version',
      version: manifest.version,
      node_version: process.version,
      os: process.platform,
      arch: process.arch,
    })
    terminal.line(`couronne ${manifest.version} (Node ${process.version}, ${process.platform}/${process.arch})`)
    return EXIT.done
  },
}
