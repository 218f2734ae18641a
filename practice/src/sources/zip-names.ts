/**
 * Names within an archive. Those that say that they are UTF-8 are; the others are in the code page of whatever packed them: that of DOS, by the
 * format's convention and in Windows' own tool, that of Windows in some others, UTF-8 without saying so on a Mac.
 */
import { decodeText } from '@couronne/formats'
import type { Entry } from 'yauzl'

const IS_UTF8 = 0x800
const UNICODE_PATH = 0x7075
/** What French names are made of, beyond ASCII. */
const FRENCH = /[àâçéèêëîïôùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛÜŸŒÆ°’]/

/** Takes the entries one after the other, then tells what each is called. */
export class ZipNames {
  /** how often each byte from 0x80 stands in names of which nothing is said */
  readonly #bytes = new Float64Array(256)

  add(entry: Entry): void {
    if (!isUnsaid(entry) || utf8Of(entry.fileNameRaw) !== undefined) return
    for (const byte of entry.fileNameRaw) if (byte >= 0x80) this.#bytes[byte]!++
  }

  /** As {@link Entry.fileName} where the entry says it, with `/` between names. */
  nameOf(entry: Entry): string {
    if (!isUnsaid(entry)) return entry.fileName
    const name = utf8Of(entry.fileNameRaw) ?? decodeText(entry.fileNameRaw, this.#codePage())
    return name.replaceAll('\\', '/')
  }

  /** Where both make French of it, what the format says. */
  #codePage(): 'cp850' | 'windows-1252' {
    const score = (encoding: 'cp850' | 'windows-1252') =>
      this.#bytes.reduce((sum, count, byte) => {
        const isFrench = count > 0 && FRENCH.test(decodeText(Uint8Array.of(byte), encoding))
        return sum + (isFrench ? count : 0)
      }, 0)
    return score('windows-1252') > score('cp850') ? 'windows-1252' : 'cp850'
  }
}

function isUnsaid({ generalPurposeBitFlag, extraFields }: Entry): boolean {
  return (generalPurposeBitFlag & IS_UTF8) === 0 && !extraFields.some(({ id }) => id === UNICODE_PATH)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @returns undefined when it is none */
function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}
