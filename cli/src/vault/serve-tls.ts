/** Certificate and key of `couronne vault serve`: both or neither. */
import { WrongUse } from '../wrong-use.ts'
import { readTextFile } from './options.ts'

export async function readPem({
  tlsCert,
  tlsKey,
}: {
  readonly tlsCert?: string
  readonly tlsKey?: string
}): Promise<{ cert: string; key: string } | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined)
    throw new WrongUse({
      fr: '--tls-cert et --tls-key vont ensemble',
      en: '--tls-cert and --tls-key go together',
    })
  return { cert: await readTextFile(tlsCert), key: await readTextFile(tlsKey) }
}
