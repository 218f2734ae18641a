/** Small documents and pictures as a practice has them: letters as text, RTF and OpenDocument, photographs as PNG. */
import { constants, crc32, deflateSync } from 'node:zlib'
import type { SeededRandom } from './random.ts'

const SENTENCES = [
  'Je vous adresse ce patient pour avis concernant la dent citée en objet.',
  'L’examen clinique montre une carie proximale profonde, sans mobilité.',
  'La radiographie rétroalvéolaire ne montre pas d’image apicale.',
  'Un détartrage a été réalisé ce jour, suivi d’un enseignement à l’hygiène.',
  'Le patient a été informé des bénéfices, des risques et du coût du traitement.',
  'Un devis lui a été remis ; il dispose d’un délai de réflexion.',
  'Aucune allergie connue ; traitement anticoagulant à signaler au chirurgien.',
  'Je reste à votre disposition pour tout complément et vous prie d’agréer mes salutations confraternelles.',
] as const

/** A letter of `sentences` sentences, in paragraphs. */
export function writeLetter(random: SeededRandom, title: string, sentences: number): string[] {
  const body = Array.from({ length: Math.ceil(sentences / 4) }, () =>
    Array.from({ length: 4 }, () => random.pick(SENTENCES)).join(' '),
  )
  return [title, 'Exemple inventé : ni ce patient ni ce cabinet n’existent.', ...body]
}

/** Windows-1252, which an old program writes. Characters that it lacks become `?`. */
export function encodeWindows1252(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  let i = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes[i++] = code < 0x80 || (code >= 0xa0 && code < 0x100) ? code : (WINDOWS_1252.get(character) ?? 0x3f)
  }
  return bytes.subarray(0, i)
}

const WINDOWS_1252 = new Map(
  Object.entries({ '€': 0x80, '…': 0x85, Š: 0x8a, Œ: 0x8c, '‘': 0x91, '’': 0x92, '“': 0x93, '”': 0x94, '–': 0x96, œ: 0x9c }),
)

export function printRtf(paragraphs: readonly string[]): string {
  const escaped = paragraphs.map((paragraph) => {
    return paragraph.replace(/[\\{}]/g, '\\$&').replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0)}?`)
  })
  return `{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Times New Roman;}}\\f0\\fs24\r\n${escaped.join('\\par\r\n')}\\par\r\n}\r\n`
}

/** An OpenDocument text, uncompressed inside, with the least that word processors accept. */
export function encodeOdt(paragraphs: readonly string[]): Uint8Array {
  const office = 'urn:oasis:names:tc:opendocument:xmlns'
  const text = paragraphs
    .map((paragraph) => `<text:p>${paragraph.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</text:p>`)
    .join('')
  const content =
    `<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="${office}:office:1.0" xmlns:text="${office}:text:1.0"` +
    ` office:version="1.2"><office:body><office:text>${text}</office:text></office:body></office:document-content>`
  const entry = (path: string, type: string) =>
    `<manifest:file-entry manifest:full-path="${path}" manifest:media-type="${type}"/>`
  const type = 'application/vnd.oasis.opendocument.text'
  const manifest =
    `<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="${office}:manifest:1.0" manifest:version="1.2">` +
    `${entry('/', type)}${entry('content.xml', 'text/xml')}</manifest:manifest>`
  return encodeZip([
    ['mimetype', type],
    ['content.xml', content],
    ['META-INF/manifest.xml', manifest],
  ])
}

/** An 8-bit RGB picture: soft colours under a grain, which leaves little to compress, as a photograph does. */
export function encodePhotograph(random: SeededRandom, width: number, height: number): Uint8Array {
  const grain = random.bytes(width * height * 3)
  const tint = [random.between(90, 160), random.between(60, 120), random.between(60, 120)]
  const rows = Buffer.alloc(height * (1 + width * 3)) // each row begins with 0: no filter
  for (let y = 0, at = 0, i = 0; y < height; y++) {
    at++
    for (let x = 0; x < width; x++) {
      const light = ((x * 60) / width + (y * 40) / height) | 0
      for (let channel = 0; channel < 3; channel++, i++) rows[at++] = (tint[channel] ?? 0) + light - ((grain[i] ?? 0) & 63)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8) // 8 bits a channel, RGB
  const data = deflateSync(rows, { level: 1, strategy: constants.Z_HUFFMAN_ONLY })
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  const note = Buffer.from('Comment\0Image dessinee, aucune personne reelle', 'latin1')
  return Buffer.concat([
    signature,
    pngChunk('IHDR', header),
    pngChunk('tEXt', note),
    pngChunk('IDAT', data),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function pngChunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

/** A ZIP of stored files: local header, bytes, ..., central directory, end. */
function encodeZip(files: readonly (readonly [name: string, text: string])[]): Uint8Array {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of files) {
    const data = Buffer.from(text)
    const nameBytes = Buffer.from(name)
    // version 2.0, no flags, stored, 00:00 on 1 January 1980, checksum, both sizes, length of the name
    const facts = Buffer.alloc(26)
    facts.writeUInt16LE(20, 0)
    facts.writeUInt16LE(0x21, 8)
    facts.writeUInt32LE(crc32(data), 10)
    facts.writeUInt32LE(data.length, 14)
    facts.writeUInt32LE(data.length, 18)
    facts.writeUInt16LE(nameBytes.length, 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), facts, place, nameBytes)
    const local = [Buffer.from([0x50, 0x4b, 3, 4]), facts, nameBytes, data]
    parts.push(...local)
    offset += local.reduce((sum, part) => sum + part.length, 0)
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.set([0x50, 0x4b, 5, 6])
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, end])
}
