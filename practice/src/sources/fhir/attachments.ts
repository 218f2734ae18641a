/** Files within resources or beside them: what is said of them, and their bytes. */
import { SHA_256 } from '#fhir-systems'
import type { ExpectedFile } from '../mapped-row.ts'
import { fileInMemory, type SourceFile } from '../source-file.ts'
import { clean, type Json, lineOf, object, objects } from './json.ts'
import type { Neighbours } from './neighbours.ts'

/** Of a resource, in their order. */
export function attachmentsOf(resource: Json): readonly Json[] {
  switch (resource.resourceType) {
    case 'DocumentReference':
      return objects(resource.content).map(({ attachment }) => object(attachment))
    case 'DiagnosticReport':
      return objects(resource.presentedForm)
    case 'Consent':
      return objects(resource.sourceAttachment)
    case 'Communication':
      return objects(resource.payload)
        .map(({ contentAttachment }) => contentAttachment)
        .flatMap(objects)
    default:
      return []
  }
}

/** By which a source finds the bytes of an attachment again. */
export interface AttachmentPlace {
  readonly type: string
  readonly key: string
  readonly at: number
}

export function printPlace({ type, key, at }: AttachmentPlace): string {
  return `${type}/${key}#${at}`
}

export function parsePlace(path: string): AttachmentPlace | undefined {
  const [, type, key, at] = /^([A-Za-z]+)\/([^#]+)#(\d+)$/.exec(path) ?? []
  return type === undefined || key === undefined ? undefined : { type, key, at: Number(at) }
}

/** What the attachment, and the reference around it, say of the bytes. R4's hash is SHA-1; some write SHA-256 there, or hex. */
export function expectedOf(resource: Json, attachment: Json, isOnly: boolean): ExpectedFile {
  const hash = hexOf(attachment.hash)
  const said = isOnly ? objects(resource.identifier).find(({ system }) => system === SHA_256)?.value : undefined
  const sha256 = typeof said === 'string' && /^[0-9a-f]{64}$/i.test(said) ? said.toLowerCase() : undefined
  return clean({
    sizeBytes: typeof attachment.size === 'number' ? attachment.size : undefined,
    sha1: hash?.length === 40 ? hash : undefined,
    sha256: hash?.length === 64 ? hash : sha256,
  })
}

function hexOf(hash: unknown): string | undefined {
  if (typeof hash !== 'string' || hash.length > 200) return undefined
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(hash)) return hash.toLowerCase()
  return fromBase64(hash)?.toHex()
}

/** @param findBeside a file below the source's own folder */
export async function openAttachment(
  resource: Json,
  attachment: Json,
  around: Neighbours,
  findBeside: (path: string) => Promise<SourceFile | undefined>,
): Promise<SourceFile | undefined> {
  if (attachment.data !== undefined) return inMemory(attachment.data)
  const url = lineOf(attachment.url, 2_000)
  if (url === undefined) return undefined
  const named = around.resolve({ reference: url }, resource, 'Binary')
  if (named?.type === 'Binary' && named.resource !== undefined) return inMemory(named.resource.data ?? named.resource.content)
  return isRelative(url) ? findBeside(unescaped(url)) : undefined
}

function inMemory(data: unknown): SourceFile | undefined {
  const bytes = typeof data === 'string' ? fromBase64(data) : undefined
  return bytes === undefined ? undefined : fileInMemory(bytes)
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text)
  } catch {
    return undefined
  }
}

/** Below the source's own folder; nothing is fetched from anywhere. */
function isRelative(url: string): boolean {
  return !/^([a-z][a-z\d+.-]*:|[/\\])/i.test(url) && !url.split(/[/\\]/).includes('..')
}

function unescaped(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  ...{ 'application/pdf': 'pdf', 'text/plain': 'txt', 'text/html': 'html', 'text/xml': 'xml', 'application/xml': 'xml' },
  ...{ 'image/jpeg': 'jpg', 'image/png': 'png', 'image/tiff': 'tif', 'application/dicom': 'dcm', 'text/rtf': 'rtf' },
  ...{ 'application/rtf': 'rtf', 'application/json': 'json', 'application/fhir+json': 'json', 'text/csv': 'csv' },
  ...{ 'application/msword': 'doc', 'application/zip': 'zip', 'model/stl': 'stl' },
  ...{ 'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx' },
}

/** A title that looks like a file's name is one; any other gets the ending of its type. */
export function fileNameOf({ title, contentType, url }: Json, otherwise: string): string {
  const type = (lineOf(contentType, 150) ?? '').split(';')[0]!.trim().toLowerCase()
  const ofUrl = lineOf(url, 2_000)
    ?.split(/[/\\?#]/)
    .at(-1)
  const named = [lineOf(title, 240), ofUrl === undefined ? undefined : unescaped(ofUrl)].find((name) =>
    /\.[a-z\d]{2,5}$/i.test(name ?? ''),
  )
  const plain = (named ?? lineOf(title, 240) ?? otherwise).replaceAll(/[/\\\p{Cc}]/gu, '-')
  const extension = EXTENSIONS[type]
  return named !== undefined || extension === undefined ? plain.slice(-255) : `${plain}.${extension}`
}
