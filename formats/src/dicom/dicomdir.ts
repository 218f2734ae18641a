/**
 * DICOMDIR, the list of what is on a medium (PS3.10 §8, PS3.3 annex F): which files it names. Only that: what is in the files, they say
 * themselves.
 */
import dicomParser, { type DataSet } from 'dicom-parser'

const FILES_MAX = 1_000_000

/**
 * The files that a DICOMDIR names, each as the parts of its path below the DICOMDIR's folder.
 *
 * @returns undefined when it is no DICOMDIR
 */
export function readDicomdir(bytes: Uint8Array): readonly (readonly string[])[] | undefined {
  const records = parse(bytes)?.elements.x00041220?.items
  if (records === undefined) return undefined
  return records.slice(0, FILES_MAX).flatMap(({ dataSet }) => {
    const id = dataSet?.string('x00041500')
    return id === undefined || id.trim() === '' ? [] : [id.split('\\').map((part) => part.replaceAll('\0', '').trim())]
  })
}

function parse(bytes: Uint8Array): DataSet | undefined {
  try {
    return dicomParser.parseDicom(bytes)
  } catch (error) {
    return ((error ?? {}) as { dataSet?: DataSet }).dataSet
  }
}
