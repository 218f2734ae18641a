/** Reads the files of a folder and puts their resources on a shelf, with those parts of them that become entries of their own. */
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { findRootType, type JsonPiece, readWhole, splitBundle, splitLines } from '@couronne/formats'
import { ImportSourceError } from '#errors'
import { attachmentsOf } from './attachments.ts'
import { isObject, type Json, lineOf, object, objects } from './json.ts'
import { handlesOf } from './neighbours.ts'
import type { NewShelved, Shelf } from './shelf.ts'

/** What a file that is no FHIR is put under; a flawed piece too. */
export const UNREADABLE = 'unreadable'
/** Documents that name other entries of the record come after those. */
export const LATE_DOCUMENTS = 'DocumentReference…'
const FILES_MAX = 100_000
/** A bundle within a bundle is a document within a search. */
const BUNDLES_DEEP_MAX = 5
/** To tell lines from one text. */
const HEAD_BYTES = 64 * 1024

export interface FhirFiles {
  /** where files are that resources name */
  readonly folder: string
  /** of those with resources, from the folder, in their order */
  readonly names: readonly string[]
}

/** @param place a folder, or one file */
export async function findFhirFiles(place: string, pattern: RegExp): Promise<FhirFiles> {
  const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
    throw new ImportSourceError(`the folder cannot be read: ${error.code}`)
  })
  if (found.isFile()) return { folder: dirname(place), names: [basename(place)] }
  const entries = await readdir(place, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && pattern.test(entry.name.normalize('NFC')))
  if (files.length > FILES_MAX) throw new ImportSourceError(`the folder has more than ${FILES_MAX} files of FHIR`)
  return { folder: place, names: files.map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1)).toSorted() }
}

/** @throws {ImportSourceError} for what is no file, or cannot be read */
export async function shelveFiles(shelf: Shelf, { folder, names }: FhirFiles): Promise<void> {
  for (const name of names) await shelveFile(shelf, join(folder, name))
  shelf.settle()
}

async function shelveFile(shelf: Shelf, path: string): Promise<void> {
  for await (const piece of piecesOf(path)) {
    // A bundle's entry, or a resource by itself.
    const value = piece.flaw === undefined || piece.flaw === 'wrong-encoding' ? parse(piece.text) : undefined
    if (!isObject(value)) shelveUnreadable(shelf, piece)
    else if (isObject(value.resource)) shelve(shelf, { resource: value.resource, ...urlOf(value), ...flawOf(piece) })
    else shelve(shelf, { resource: value, text: piece.text, ...flawOf(piece) })
  }
}

async function* piecesOf(path: string): AsyncGenerator<JsonPiece> {
  const stream = () => createReadStream(path)
  if (/\.(ndjson|jsonl)$/i.test(path) || (await isLines(path))) yield* splitLines(stream())
  else if ((await findRootType(stream())) === 'Bundle') yield* splitBundle(stream())
  else yield await readWhole(stream())
}

/** Whether the first line is a resource by itself, and another follows. */
async function isLines(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  const head = buffer.toString('utf8', 0, bytesRead).trimStart()
  const end = head.indexOf('\n')
  return end !== -1 && isObject(parse(head.slice(0, end))) && head.slice(end).trim().startsWith('{')
}

interface ToShelve {
  readonly resource: Json
  readonly fullUrl?: string
  readonly text?: string
  readonly flaw?: NewShelved['flaw']
}

function shelve(shelf: Shelf, { resource, fullUrl, text, flaw }: ToShelve, depth = 0): void {
  const type = lineOf(resource.resourceType, 60)
  if (type === 'Bundle' && depth < BUNDLES_DEEP_MAX) {
    for (const entry of objects(resource.entry))
      if (isObject(entry.resource)) shelve(shelf, { resource: entry.resource, ...urlOf(entry) }, depth + 1)
    return
  }
  const written = text ?? JSON.stringify(resource)
  if (type === undefined || !/^[A-Z][A-Za-z]+$/.test(type)) {
    shelf.put({ type: UNREADABLE, resource: {}, text: written, flaw: 'no-resource' }, [])
    return
  }
  const key = shelf.put(
    {
      type,
      drawer: isLate(type, resource) ? LATE_DOCUMENTS : type,
      resource,
      text: written,
      ...(fullUrl === undefined ? {} : { fullUrl }),
      ...(flaw === undefined ? {} : { flaw }),
    },
    handlesOf(type, resource),
  )
  for (const { part: name, resource: inner } of partsOf(type, key, resource))
    shelf.put({ type: String(inner.resourceType), resource: inner, text: JSON.stringify(inner), fullUrl: name }, [])
}

function isLate(type: string, { context }: Json): boolean {
  return type === 'DocumentReference' && objects(object(context).related).length > 0
}

interface Part {
  /** under which it is known */
  readonly part: string
  readonly resource: Json
}

/** Parts of a resource that become entries of their own. */
function partsOf(type: string, key: string, resource: Json): Part[] {
  if (type === 'Patient') return [...contacts(key, resource), ...doctors(key, resource)]
  const hasOwnRow = type === 'DocumentReference' || type === 'DiagnosticReport'
  return [...attachmentsOf(resource).keys()]
    .filter((at) => at > 0 || !hasOwnRow)
    .map((at) => ({ part: `${type}/${key}#${at}`, resource: { resourceType: 'Attachment', of: { type, key }, at } }))
}

function contacts(key: string, patient: Json): Part[] {
  return objects(patient.contact).map((contact, i) => ({
    part: `${key}.contact.${i + 1}`,
    resource: { ...contact, resourceType: 'Patient.contact', patient: { reference: `Patient/${key}` } },
  }))
}

function doctors(key: string, { generalPractitioner, contained }: Json): Part[] {
  return objects(generalPractitioner).map((reference, i) => ({
    part: `${key}.doctor.${i + 1}`,
    resource: {
      resourceType: 'Patient.generalPractitioner',
      patient: { reference: `Patient/${key}` },
      generalPractitioner: reference,
      contained,
    },
  }))
}

function shelveUnreadable(shelf: Shelf, { text, flaw }: JsonPiece): void {
  shelf.put({ type: UNREADABLE, resource: {}, text, flaw: flaw ?? 'no-resource' }, [])
}

function urlOf({ fullUrl }: Json): { fullUrl?: string } {
  const url = lineOf(fullUrl, 500)
  return url === undefined ? {} : { fullUrl: url }
}

function flawOf({ flaw }: JsonPiece): { flaw?: NonNullable<NewShelved['flaw']> } {
  return flaw === undefined ? {} : { flaw }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
