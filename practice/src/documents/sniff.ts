/**
 * What a file is, by its bytes: neither its name nor what the sender says is believed. file-type knows the binary formats; what is ours are
 * texts and their encodings, pages and scripts, DICOM with and without a preamble, the office formats of before 2007.
 *
 * Two formats in one file (a picture with an archive behind it, a page inside a picture) are what their beginning is: nobody but the
 * reader of that format ever gets the bytes ({@link contentHeaders}).
 */
import { fileTypeFromBuffer } from 'file-type'
import { isCompound, sniffCompound } from './sniff-compound.ts'
import { isDicom } from './sniff-dicom.ts'
import { sniffText } from './sniff-text.ts'

/** A file to look at. */
export interface SniffedFile {
  /** its first bytes, a mebibyte or all of it */
  readonly head: Uint8Array
  readonly sizeBytes: number
  /** fewer bytes at the end */
  readonly readAt: (offset: number, lengthBytes: number) => Promise<Uint8Array>
}

export const UNKNOWN_MEDIA_TYPE = 'application/octet-stream'

/** Formats that are made of text: that a file is readable does not speak against them. */
const MADE_OF_TEXT = /^(text\/|application\/(pdf|rtf|xml|postscript|eps|x-ms-regedit|x-mswinurl|vnd\.apple\.mpegurl|pgp-|x-pem))/
/** One word for each thing. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'application/x-msdownload': 'application/vnd.microsoft.portable-executable',
  'text/xml': 'application/xml',
  'text/rtf': 'application/rtf',
  'image/vnd.microsoft.icon': 'image/x-icon',
}

/** @returns a media type, lower case; texts with `; charset=`; `application/octet-stream` for what nobody knows. Never throws. */
export async function sniff(file: SniffedFile): Promise<string> {
  const { head, sizeBytes } = file
  const isWhole = head.length >= sizeBytes
  if (startsWith(head, '{\\rtf')) return 'application/rtf'
  if (isDicom(head, sizeBytes)) return 'application/dicom'
  if (isCompound(head)) return sniffCompound(head, file.readAt)
  if (startsWith(head, 'Standard Jet DB', 4) || startsWith(head, 'Standard ACE DB', 4)) return 'application/x-msaccess'
  const text = sniffText(head, isWhole)
  const found = await byFileType(head)
  if (text !== undefined && (found === undefined || found === 'application/xml' || !MADE_OF_TEXT.test(found))) return text
  return found ?? UNKNOWN_MEDIA_TYPE
}

async function byFileType(head: Uint8Array): Promise<string | undefined> {
  try {
    const found = await fileTypeFromBuffer(head)
    const mime = found?.mime.toLowerCase()
    return mime === undefined ? undefined : (OTHER_NAMES[mime] ?? mime)
  } catch {
    return undefined // a broken file of some kind, which is no less worth keeping
  }
}

function startsWith(bytes: Uint8Array, ascii: string, offset = 0): boolean {
  return Buffer.from(ascii, 'latin1').equals(bytes.subarray(offset, offset + ascii.length))
}
