/**
 * The journal as other programs read it: JSON lines (the stored fields, so that the chain can be checked elsewhere), or CEF:0 events in
 * syslog lines (RFC 5424; facility 13, log audit; severity 6, informational, or 4, warning).
 *
 * @see ArcSight Common Event Format, revision 25: header escapes `\` and `|`, extension escapes `\`, `=` and line breaks
 */
import type { StoredEntry } from './entry.ts'

type ExportedEntry = StoredEntry & { readonly display_name: string | null }

const FACILITY = 13
const WARNINGS: ReadonlySet<string> = new Set([
  'sign-in.refused',
  'glass.broken',
  'account.disabled',
  'key-slot.removed',
  'record.withdrawn',
])

/** One line of JSON: what is stored, and the account's name as it is now. */
export function printJsonLine(entry: ExportedEntry): string {
  const { display_name, details, ...stored } = entry
  return `${escapeRareBreaks(JSON.stringify({ ...stored, details, account_name: display_name }))}\n`
}

/** One syslog line with a CEF event. */
export function printCefLine(entry: ExportedEntry, version: string): string {
  const severity = WARNINGS.has(entry.action) ? 4 : 6
  const header = ['CEF:0', 'Couronne', 'Couronne', version, entry.action, entry.action, severity === 4 ? '6' : '3']
    .map(escapeHeader)
    .join('|')
  const extension = {
    rt: String(Date.parse(entry.at)),
    externalId: String(entry.seq),
    ...(entry.account_id === null ? {} : { suid: entry.account_id, suser: entry.display_name ?? entry.account_id }),
    ...(entry.role === null ? {} : { spriv: entry.role }),
    ...(entry.address === null || entry.address === 'console' ? {} : { src: entry.address }),
    ...(entry.patient_id === null ? {} : { duid: entry.patient_id }),
    ...(entry.subject === null ? {} : { cs1Label: 'subject', cs1: entry.subject }),
    ...(entry.reason === null ? {} : { reason: entry.reason }),
    cs2Label: 'hash',
    cs2: entry.hash,
    msg: entry.details,
  }
  const fields = Object.entries(extension).map(([name, value]) => `${name}=${escapeExtension(value)}`)
  return `<${FACILITY * 8 + severity}>1 ${entry.at} - couronne - ${entry.action} - ${header}|${fields.join(' ')}\n`
}

function escapeHeader(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll(/[\r\n]+/g, ' ')
}

/** What some readers take for the end of a line besides the two that are (Unicode, UAX 14), written as JSON may write any character. */
function escapeRareBreaks(text: string): string {
  return text.replaceAll(/[\u0085\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function escapeExtension(text: string): string {
  return text
    .replaceAll(/[\v\f\u0085\u2028\u2029]/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('=', '\\=')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
}
