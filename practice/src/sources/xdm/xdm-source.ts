/**
 * IHE XDM: a medium with documents and what is said of them, and the national portability archive, which holds one such medium a patient. A
 * folder or an archive, which is read in place. Every file is accounted for: a document, part of the medium, or kept by its name.
 */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  type ClinicalDocument,
  type DocumentEntry,
  decodeXml,
  documentEntriesOf,
  type Manifest,
  parseClinicalDocument,
  parseManifest,
  parseXml,
  XML_CHARACTERS_MAX,
  type XmlElement,
  XmlError,
} from '@couronne/formats'
import { ImportSourceError } from '#errors'
import { type FileTree, folderTree, type TreeFile } from '../file-tree.ts'
import type { MappedRow } from '../mapped-row.ts'
import type { EntryRow, EntrySource, EntryTable, SourceNote } from '../source.ts'
import { diaryRows, isDiary, mapFile } from '../undescribed-files.ts'
import { zipTree } from '../zip-tree.ts'
import { mapEntry, mapPatient, type PatientFacts, patientKeyOf } from './map-entry.ts'
import { mapStatement } from './map-statement.ts'

const METADATA = /(^|\/)IHE_XDM\/[^/]+\/METADATA\.XML$/i
/** Of the medium itself: they say what the metadata says, or how to show it. */
const OF_THE_MEDIUM = /(^|\/)(INDEX\.HTML?|README\.TXT|METADATA\.XML|MANIFEST\.XML|AUTORUN\.INF|DICOMDIR|[^/]+\.(XSL|XSLT|CSS))$/i

interface NamedDocument {
  readonly entry: DocumentEntry
  /** from the top; undefined: the medium has no such file */
  readonly file: TreeFile | undefined
  readonly path: string
  readonly patientKey: string | undefined
  /** by which it is described */
  readonly metadataPath: string
}

/** Of a patient, the documents that code something, with the newest of them. */
interface Medium {
  readonly manifest: Manifest | undefined
  readonly notes: readonly SourceNote[]
  readonly documents: readonly NamedDocument[]
  readonly patients: ReadonlyMap<string, PatientFacts>
  /** METADATA.XML that cannot be read, with why */
  readonly unreadable: readonly { readonly path: string; readonly why: string }[]
  /** by path: clinical documents, the newest of each patient */
  readonly newest: ReadonlyMap<string, { readonly document: ClinicalDocument; readonly path: string }>
  readonly others: readonly TreeFile[]
  /** whose medium each folder is, where it is one patient's: by the path of its top, which ends with `/` or is empty */
  readonly owners: ReadonlyMap<string, string>
}

/**
 * @param place a folder, or an archive
 * @throws {ImportSourceError} when it is none, cannot be read, or holds no such medium
 */
export async function openXdmSource(place: string, thisYear: number): Promise<EntrySource> {
  const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
    throw new ImportSourceError(`the medium cannot be read: ${error.code}`)
  })
  const tree = found.isFile() ? await zipTree(place, basename(place)) : await folderTree(place)
  try {
    const medium = await readMedium(tree)
    return {
      tables: await tablesOf(medium, thisYear),
      findFile: async (path) => tree.files.get(path)?.open(),
      [Symbol.asyncDispose]: () => tree[Symbol.asyncDispose](),
    }
  } catch (error) {
    await tree[Symbol.asyncDispose]()
    throw error
  }
}

async function readMedium(tree: FileTree): Promise<Medium> {
  const metadata = [...tree.files.values()].filter(({ path }) => METADATA.test(path))
  if (metadata.length === 0) throw new ImportSourceError('there is no IHE_XDM/…/METADATA.XML in it: it is no XDM medium')
  const unreadable: { path: string; why: string }[] = []
  const documents: NamedDocument[] = []
  const byFolded = new Map([...tree.files.values()].map((file) => [file.path.toLowerCase(), file]))
  for (const file of metadata) {
    const root = await readXml(file).catch((error: unknown) => {
      if (!(error instanceof XmlError)) throw error
      unreadable.push({ path: file.path, why: error.message })
      return undefined
    })
    if (root !== undefined) documents.push(...documentEntriesOf(root).map((entry) => named(entry, file.path, byFolded)))
  }
  const clinical = await readClinical(documents)
  const taken = new Set(documents.map(({ path }) => path))
  const manifest = await readManifest(tree)
  return {
    manifest,
    notes: manifest === undefined ? [] : await manifestNotes(manifest, tree, metadata),
    documents,
    unreadable,
    ...clinical,
    others: [...tree.files.values()].filter(({ path }) => !taken.has(path)),
    owners: ownersOf(metadata, documents),
  }
}

/** A medium whose documents are all of one patient is that patient's, with everything in it. */
function ownersOf(metadata: readonly TreeFile[], documents: readonly NamedDocument[]): Map<string, string> {
  const keys = new Map<string, Set<string | undefined>>()
  for (const { path } of metadata) {
    const top = topOf(path)
    const named = documents.filter((each) => topOf(each.metadataPath) === top).map(({ patientKey }) => patientKey)
    keys.set(top, (keys.get(top) ?? new Set()).union(new Set(named.length === 0 ? [undefined] : named)))
  }
  return new Map(
    [...keys].flatMap(([top, [only, ...more]]) => (only === undefined || more.length > 0 ? [] : [[top, only] as const])),
  )
}

/** Where the medium of a METADATA.XML begins. */
function topOf(metadataPath: string): string {
  return metadataPath.replace(/IHE_XDM\/[^/]+\/METADATA\.XML$/i, '')
}

/** The innermost medium in which a file lies. A patient's at the top of an archive of several is not everybody's. */
function ownerOf({ path }: TreeFile, owners: ReadonlyMap<string, string>): string | undefined {
  const tops = [...owners.keys()].filter((top) => path.startsWith(top) && (top !== '' || owners.size === 1))
  return owners.get(tops.toSorted((one, other) => other.length - one.length)[0] ?? '?')
}

function named(entry: DocumentEntry, metadataPath: string, files: ReadonlyMap<string, TreeFile>): NamedDocument {
  const folder = metadataPath.replace(/[^/]*$/, '')
  const written = (entry.uri ?? '').replaceAll('\\', '/')
  const isElsewhere = written === '' || /^([a-z]+:|\/)/i.test(written) || written.split('/').includes('..')
  // From the folder of the metadata; some write it from the top.
  const file = isElsewhere ? undefined : (files.get(`${folder}${written}`.toLowerCase()) ?? files.get(written.toLowerCase()))
  return { entry, file, path: file?.path ?? `${folder}${written}`, patientKey: patientKeyOf(entry), metadataPath }
}

async function readClinical(documents: readonly NamedDocument[]) {
  const patients = new Map<string, PatientFacts>()
  const newest = new Map<string, { document: ClinicalDocument; path: string }>()
  for (const { entry, file, path, patientKey } of documents) {
    if (patientKey === undefined) continue
    const known = patients.get(patientKey)
    const document = file === undefined || !/xml|cda/i.test(entry.mimeType ?? path) ? undefined : await readDocument(file)
    const isNewer = document !== undefined && document.writtenAt >= (newest.get(patientKey)?.document.writtenAt ?? '')
    if (isNewer && document.statements.length > 0) newest.set(patientKey, { document, path })
    patients.set(patientKey, { entry: known?.entry ?? entry, document: isNewer ? document : known?.document })
  }
  return { patients, newest }
}

/** @returns undefined for what is no clinical document; it stays a document all the same */
async function readDocument(file: TreeFile): Promise<ClinicalDocument | undefined> {
  try {
    return parseClinicalDocument(await readXml(file))
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

async function readXml(file: TreeFile): Promise<XmlElement> {
  const { sizeBytes, readAt } = await file.open()
  if (sizeBytes > XML_CHARACTERS_MAX) throw new XmlError(`more than ${XML_CHARACTERS_MAX} bytes`)
  return parseXml(decodeXml(await readAt(0, sizeBytes)))
}

async function readManifest(tree: FileTree): Promise<Manifest | undefined> {
  const file = [...tree.files.values()].find(({ path }) => /^([^/]+\/)?MANIFEST\.XML$/i.test(path))
  if (file === undefined) return undefined
  try {
    return parseManifest(await readXml(file))
  } catch (error) {
    if (error instanceof XmlError) throw new ImportSourceError(`MANIFEST.XML cannot be read: ${error.message}`)
    throw error
  }
}

/** What the sender says, and where what is there differs. */
async function manifestNotes(manifest: Manifest, tree: FileTree, metadata: readonly TreeFile[]): Promise<SourceNote[]> {
  const { exportId = '?', type = '?', status = '?', patientArchives, archives } = manifest
  const notes: SourceNote[] = [{ code: 'archive', about: { exportId, type, status } }]
  const folders = new Set(metadata.map(({ path }) => path.split('/').at(-4) ?? '').filter((name) => name !== ''))
  const there = Math.max(folders.size, 1)
  const paths = [...tree.files.keys()]
  if (patientArchives !== undefined && patientArchives !== [...folders].filter(isPatientFolder).length && folders.size > 0)
    notes.push({
      code: 'archive-count',
      about: { said: patientArchives, found: [...folders].filter(isPatientFolder).length || there },
    })
  for (const { name, sizeBytes, hash } of archives) {
    const packed = paths.find((path) => path.toLowerCase().endsWith(`${name.toLowerCase()}.zip`))
    const isThere =
      packed !== undefined || paths.some((path) => path.split('/').some((part) => part.toLowerCase() === name.toLowerCase()))
    if (!isThere) notes.push({ code: 'archive-missing', about: { name } })
    if (packed !== undefined && !(await isAsSaid(tree.files.get(packed)!, sizeBytes, hash)))
      notes.push({ code: 'archive-differs', about: { name } })
  }
  return notes
}

function isPatientFolder(name: string): boolean {
  return !/^transv/i.test(name)
}

async function isAsSaid(file: TreeFile, sizeBytes: number | undefined, hash: string | undefined): Promise<boolean> {
  const opened = await file.open()
  if (sizeBytes !== undefined && sizeBytes !== opened.sizeBytes) return false
  const found = createHash('sha256')
  for await (const piece of opened.stream()) found.update(piece)
  return hash === undefined || found.digest('hex') === hash
}

async function tablesOf(medium: Medium, thisYear: number): Promise<EntryTable[]> {
  const patients = [...medium.patients].map(
    ([key, facts], i): EntryRow => row(i + 1, JSON.stringify(withoutMaps(facts)), () => mapPatient(key, facts)),
  )
  const documents = medium.documents.map(
    (each, i): EntryRow =>
      row(i + 1, JSON.stringify(withoutMaps(each.entry)), () => mapEntry(each.entry, each.path, each.patientKey)),
  )
  const coded = [...medium.newest].flatMap(([patientKey, { document, path }]) =>
    document.statements.map((statement, at) => ({ patientKey, statement, path, at })),
  )
  const statements = coded.map(
    ({ patientKey, statement, path, at }, i): EntryRow =>
      row(i + 1, JSON.stringify({ path, ...statement }), () =>
        mapStatement(statement, `${patientKey}#${statement.id ?? `${statement.kind}.${at}`}`, patientKey),
      ),
  )
  const [ofMedium, undescribed] = partition(medium.others, ({ path }) => OF_THE_MEDIUM.test(path))
  const [diaries, files] = partition(
    undescribed.map((file) => ({ file, patientKey: ownerOf(file, medium.owners) })),
    ({ file }) => isDiary(file),
  )
  const made = [
    ...medium.unreadable.map(({ path }): MappedRow => ({ key: path, findings: [{ code: 'not-readable' }] })),
    ...ofMedium.map(({ path }): MappedRow => ({ key: path, isContext: true, findings: [] })),
    ...(await Array.fromAsync(files, mapFile)),
  ]
  const others = made.map((each, i): EntryRow => row(i + 1, each.key ?? '', () => each))
  const appointments = await diaryRows(diaries, keysByNumber(medium), thisYear)
  return [
    table('Patient', 'patient', patients, medium.notes),
    table('Document', 'document', documents, []),
    table('CDA', 'alert', statements, []),
    table('File', 'other', others, []),
    table('Diary', 'appointment', appointments, []),
  ].filter(({ name, rowCount }) => name === 'Patient' || rowCount > 0)
}

function keysByNumber({ patients }: Medium): Map<string, string> {
  const keys = new Map<string, string>()
  for (const [key, facts] of patients) {
    const { content } = mapPatient(key, facts)
    if (content?.kind === 'patient') keys.set(String(content.identity.fileNumber), key)
  }
  return keys
}

function partition<T>(all: readonly T[], isFirst: (each: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((each) => !isFirst(each))]
}

function row(line: number, raw: string, map: () => MappedRow): EntryRow {
  return { line, raw, findings: [], map }
}

function withoutMaps(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each: unknown) => (each instanceof Map ? Object.fromEntries(each) : each)))
}

function table(name: string, entity: string, all: readonly EntryRow[], notes: readonly SourceNote[]): EntryTable {
  return {
    kind: 'entries',
    name,
    profile: { name, entity, mayBeEmpty: name !== 'Patient' },
    rowCount: all.length,
    notes,
    async *rows(signal) {
      for (const each of all) {
        signal?.throwIfAborted()
        yield each
      }
    },
  }
}
