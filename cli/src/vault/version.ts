import { EXIT } from '../exit-codes.ts'
import { versionOf } from '../version.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  summary: { fr: 'la version', en: 'the version' },
  example: { fr: 'couronne vault version --json', en: 'couronne vault version --json' },
  define() {},
  async run({ terminal }) {
    const version = versionOf()
    const { platform, arch } = process
    terminal.json({ message_type: 'version', version, node_version: process.version, os: platform, arch })
    terminal.line(`couronne ${version} (Node ${process.version}, ${platform}/${arch})`)
    return EXIT.done
  },
}
