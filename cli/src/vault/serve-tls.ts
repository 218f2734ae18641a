/** Certificate and key of `couronne vault serve`: both or neither, and read again when they were renewed. */
import type { RunningServer } from '@couronne/vault/server'
import { inFrench } from '../french.ts'
import type { Text } from '../language.ts'
import type { Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { readTextFile } from './options.ts'

interface TlsFiles {
  readonly tlsCert?: string
  readonly tlsKey?: string
}

export async function readPem({ tlsCert, tlsKey }: TlsFiles): Promise<{ cert: string; key: string } | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined)
    throw new WrongUse({
      fr: '--tls-cert et --tls-key vont ensemble',
      en: '--tls-cert and --tls-key go together',
    })
  return { cert: await readTextFile(tlsCert), key: await readTextFile(tlsKey) }
}

/**
 * Reads certificate and key again at each SIGHUP, as those who renew them expect of a server. What cannot be used is told, and new
 * connections go on getting the old ones.
 */
export function renewOnHangUp(files: TlsFiles, server: RunningServer, terminal: Terminal): Disposable {
  const renew = () => void renewCertificate(files, server, terminal)
  process.on('SIGHUP', renew)
  return { [Symbol.dispose]: () => process.off('SIGHUP', renew) }
}

async function renewCertificate(files: TlsFiles, server: RunningServer, terminal: Terminal): Promise<void> {
  try {
    const tls = await readPem(files)
    if (tls !== undefined) server.renewCertificate(tls)
    terminal.warn({ fr: 'certificat et clé relus', en: 'certificate and key read again' })
  } catch (error) {
    const { fr, en } = textOf(error)
    terminal.warn({ fr: `certificat et clé gardés tels quels : ${fr}`, en: `certificate and key kept as they were: ${en}` })
  }
}

function textOf(error: unknown): Text {
  if (error instanceof WrongUse) return error.text
  const en = error instanceof Error ? error.message : String(error)
  return { fr: inFrench(en) ?? en, en }
}
