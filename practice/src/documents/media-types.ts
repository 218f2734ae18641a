/** What follows from a media type. */

/** What a browser, or whoever opens the file with a double click, would run: never shown, only handed over to be saved. */
const ACTIVE: ReadonlySet<string> = new Set([
  'application/hta',
  'application/java-archive',
  'application/java-vm',
  'application/postscript',
  'application/vnd.android.package-archive',
  'application/vnd.microsoft.portable-executable',
  'application/wasm',
  'application/x-apple-diskimage',
  'application/x-bat',
  'application/x-deb',
  'application/x-elf',
  'application/x-google-chrome-extension',
  'application/x-mach-binary',
  'application/x-ms-regedit',
  'application/x-ms-shortcut',
  'application/x-msdownload',
  'application/x-msi',
  'application/x-mswinurl',
  'application/x-rpm',
  'application/x-shellscript',
  'application/x-shockwave-flash',
  'application/x-xpinstall',
  'application/x.ms.shortcut',
  'application/xhtml+xml',
  'application/xml',
  'image/svg+xml',
  'multipart/related',
  'text/html',
  'text/xml',
])

/** Whether what is in it could act: programs, scripts, pages. Macros in office files are not looked for. */
export function isActive(mediaType: string): boolean {
  return ACTIVE.has(bareType(mediaType))
}

/** Without parameters. */
export function bareType(mediaType: string): string {
  return mediaType.split(';', 1)[0]?.trim() ?? ''
}

const PREVIEW_BYTES_MAX = 256 * 1024 * 1024
const PREVIEWABLE: ReadonlySet<string> = new Set([
  'application/pdf',
  'image/avif',
  'image/bmp',
  'image/gif',
  'image/heic',
  'image/heif',
  'image/jpeg',
  'image/png',
  'image/tiff',
  'image/webp',
])

/** Whether a preview is tried. Some (HEIC, BMP) turn out to be impossible with the codecs that are shipped. */
export function isPreviewable(mediaType: string, sizeBytes: number): boolean {
  return PREVIEWABLE.has(bareType(mediaType)) && sizeBytes > 0 && sizeBytes <= PREVIEW_BYTES_MAX
}

const OFFICE = 'application/vnd.openxmlformats-officedocument'
const TEXT = ['text/plain', 'text/csv', 'message/rfc822', 'text/html', 'application/xml']

/** Other formats that the program behind an extension opens as well. */
const OPENED_AS_WELL: Readonly<Record<string, readonly string[]>> = {
  doc: ['application/rtf', 'application/xml'],
  xls: ['text/html', 'application/xml', 'text/plain'],
}

/** What the usual extensions promise. One that is not here promises nothing. */
const BY_EXTENSION: Readonly<Record<string, readonly string[]>> = {
  avif: ['image/avif'],
  bmp: ['image/bmp'],
  csv: TEXT,
  dcm: ['application/dicom'],
  dcom: ['application/dicom'],
  dicom: ['application/dicom'],
  doc: ['application/msword'],
  docm: ['application/vnd.ms-word.document.macroenabled.12'],
  docx: [`${OFFICE}.wordprocessingml.document`, 'application/x-cfb'],
  eml: ['message/rfc822', 'text/plain'],
  exe: ['application/vnd.microsoft.portable-executable', 'application/x-msdownload'],
  gif: ['image/gif'],
  gz: ['application/gzip'],
  heic: ['image/heic', 'image/heif', 'image/heic-sequence'],
  heif: ['image/heif', 'image/heic'],
  htm: ['text/html', 'application/xhtml+xml'],
  html: ['text/html', 'application/xhtml+xml'],
  jpeg: ['image/jpeg'],
  jpg: ['image/jpeg'],
  json: ['application/json', 'text/plain'],
  mdb: ['application/x-msaccess'],
  mp3: ['audio/mpeg'],
  mp4: ['video/mp4'],
  msg: ['application/vnd.ms-outlook'],
  odp: ['application/vnd.oasis.opendocument.presentation'],
  ods: ['application/vnd.oasis.opendocument.spreadsheet'],
  odt: ['application/vnd.oasis.opendocument.text'],
  pdf: ['application/pdf'],
  png: ['image/png', 'image/apng'],
  ppt: ['application/vnd.ms-powerpoint'],
  pptx: [`${OFFICE}.presentationml.presentation`, 'application/x-cfb'],
  rtf: ['application/rtf'],
  svg: ['image/svg+xml'],
  tif: ['image/tiff'],
  tiff: ['image/tiff'],
  txt: ['text/plain'],
  webp: ['image/webp'],
  xls: ['application/vnd.ms-excel'],
  xlsx: [`${OFFICE}.spreadsheetml.sheet`, 'application/x-cfb'],
  xml: ['application/xml', 'text/xml', 'image/svg+xml', 'application/xhtml+xml'],
  zip: ['application/zip'],
}

/**
 * Whether a name's extension promises what the bytes are, or promises nothing, and its program opens them. For telling people; nothing is
 * decided by it.
 */
export function agreesWithName(mediaType: string, fileName: string): boolean {
  const extension = extensionOf(fileName)
  return isAsNamed(mediaType, fileName) || (OPENED_AS_WELL[extension]?.includes(bareType(mediaType)) ?? false)
}

/** The same, strictly: an RTF called `.doc` is not. */
export function isAsNamed(mediaType: string, fileName: string): boolean {
  const promised = BY_EXTENSION[extensionOf(fileName)]
  return promised === undefined || promised.includes(bareType(mediaType))
}

/** Lower case, without its point; empty for none, and for what no object's member is called. */
function extensionOf(fileName: string): string {
  const extension = /\.([a-z0-9]{1,10})$/i.exec(fileName.trim())?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(BY_EXTENSION, extension) ? extension : ''
}
