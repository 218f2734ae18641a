/** Cards of people (vCard) as patients. */
import { createHash } from 'node:crypto'
import { type CardPerson, readCards } from '@couronne/formats'
import { KINDS } from '#patients'
import type { Finding } from '../findings.ts'
import type { MappedRow } from '../mapped-row.ts'
import type { Profile } from '../profile.ts'
import type { EntryRow, EntrySource } from '../source.ts'
import { toLine, toParagraphs } from '../values.ts'
import { piecesOf, readTexts } from './read-texts.ts'

type CardSettings = Extract<Profile['source'], { type: 'vcard' }>

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/
const TELEPHONE = /^\+?[\d ()./-]{4,30}$/

/** @param place a folder, or one file */
export async function openCardSource(place: string, settings: CardSettings): Promise<EntrySource> {
  const texts = await readTexts(place, /\.(vcf|vcard)$/i)
  const cards = piecesOf(texts, readCards)
  const rows = cards.map(
    ({ text, person }, i): EntryRow => ({ line: i + 1, raw: text, findings: [], map: () => mapCard(text, person, settings) }),
  )
  const table = {
    kind: 'entries' as const,
    name: 'vCard',
    profile: { name: 'patient', entity: 'patient', mayBeEmpty: false },
    rowCount: rows.length,
    notes: texts.map(({ note }) => note),
    async *rows() {
      yield* rows
    },
  }
  return { tables: [table], findFile: async () => undefined, [Symbol.asyncDispose]: async () => {} }
}

function mapCard(text: string, person: CardPerson | undefined, { fileNumber }: CardSettings): MappedRow {
  if (person === undefined) return { findings: [{ code: 'not-readable' }] }
  const key = person.uid ?? createHash('sha256').update(text).digest('hex').slice(0, 32)
  const findings: Finding[] = []
  const name = line(person.familyName ?? person.fullName, 100)
  if (name === undefined) return { key, findings: [{ code: 'name-missing' }] }
  findings.push({ code: 'birth-name-assumed' })
  const telephones = person.telephones.filter(({ number }) => TELEPHONE.test(toLine(number)))
  const emails = person.emails.filter((address) => EMAIL.test(address))
  if (telephones.length < person.telephones.length) findings.push({ code: 'telephone-wrong', column: 'TEL' })
  if (emails.length < person.emails.length) findings.push({ code: 'email-wrong', column: 'EMAIL' })
  const identity = clean({
    fileNumber: line(fileNumber === undefined ? undefined : person.others.get(fileNumber.toUpperCase()), 40),
    birthName: name,
    givenNames: person.givenNames.map((given) => line(given, 100)).filter((given) => given !== undefined),
    sex: person.gender === 'F' ? 'female' : person.gender === 'M' ? 'male' : 'unknown',
    bornOn: person.bornOn,
    telephones: telephones.slice(0, 20).map(({ number, types }) => clean({ number: toLine(number), use: useOf(types) })),
    emails: emails.slice(0, 20).map((address) => ({ address })),
    addresses: person.addresses.slice(0, 20).map(({ lines, town, postalCode }) =>
      clean({
        lines: lines.map((each) => line(each, 200)).filter((each) => each !== undefined),
        town: line(town, 100),
        postalCode: line(postalCode, 20),
      }),
    ),
    note: toParagraphs(person.note ?? '').slice(0, 20_000) || undefined,
  })
  const fits = KINDS.identity.schema.safeParse({ ...identity, fileNumber: identity.fileNumber ?? '1' }).success
  return fits
    ? { key, findings, content: { kind: 'patient', identity } }
    : { key, findings: [...findings, { code: 'does-not-fit' }] }
}

function useOf(types: readonly string[]): string | undefined {
  return types.includes('cell') ? 'mobile' : types.includes('work') ? 'work' : types.includes('home') ? 'home' : undefined
}

function line(text: string | undefined, charactersMax: number): string | undefined {
  return (
    toLine((text ?? '').slice(0, charactersMax * 2))
      .slice(0, charactersMax)
      .trim() || undefined
  )
}

function clean<T extends Record<string, unknown>>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T
}
