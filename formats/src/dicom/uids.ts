/** DICOM's unique identifiers, as far as receiving needs to tell them apart. */

export const VERIFICATION = '1.2.840.10008.1.1'
export const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1'
export const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10'

export const IMPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2'

const UID_LENGTH_MAX = 64
const DICOM_ROOT = '1.2.840.10008.'
/**
 * Where DICOM itself puts what is stored (PS3.4 annexes B, GG): images, reports, waveforms, plans; protocols; implant templates; palettes and
 * hanging protocols. Query and retrieve, worklists, printing and the like stand elsewhere under the root.
 */
const STORAGE_ROOTS = ['5.1.4.1.1.', '5.1.4.34.7', '5.1.4.38.1', '5.1.4.39.1', '5.1.4.43.1', '5.1.4.44.1', '5.1.4.45.1']

/** Digits and points, 64 at most (PS3.5 §9). Leading zeros, which it forbids, are met and harm nobody. */
export function isUid(text: string): boolean {
  return text.length <= UID_LENGTH_MAX && /^\d+(\.\d+)+$/.test(text)
}

/** Whether something of this class is stored when it is sent: DICOM's own storage classes, those to come, and any maker's private ones. */
export function isStorageClass(uid: string): boolean {
  if (!isUid(uid)) return false
  if (!uid.startsWith(DICOM_ROOT)) return true
  const rest = uid.slice(DICOM_ROOT.length)
  return STORAGE_ROOTS.some((root) => rest.startsWith(root))
}
