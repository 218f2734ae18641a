/** Profiles as YAML files, and the order of their tables. */
import { parse, parseDocument, stringify, YAMLParseError } from 'yaml'
import { ImportSourceError, InvalidInputError } from '#errors'
import { type Profile, profileSchema, type TableProfile, type WrittenProfile } from './profile-schema.ts'
import type { Entity } from './targets.ts'

export type { ColumnRule, Profile, TableProfile } from './profile-schema.ts'

/** Tables of patients first: others name them. */
export function tablesInOrder({ tables }: Profile): readonly TableProfile[] {
  const rank = (entity: Entity) => (entity === 'patient' ? 0 : 1)
  return tables.toSorted((one, other) => rank(one.entity) - rank(other.entity))
}

/** What a YAML file may be: profiles are a page. */
const YAML_CHARACTERS_MAX = 256 * 1024

/** @throws {ImportSourceError} which says where the file is wrong */
export function parseProfile(yaml: string): Profile {
  if (yaml.length > YAML_CHARACTERS_MAX) throw new ImportSourceError('a profile has at most 256 KiB')
  const parsed = profileSchema.safeParse(parseYaml(yaml))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ImportSourceError(`the profile is wrong at ${issue?.path.join('.') || 'its beginning'}: ${issue?.message}`)
}

/** Without aliases: they make small files large. */
function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 })
  } catch (error) {
    throw new ImportSourceError(`the profile is no YAML: ${error instanceof Error ? error.message : error}`)
  }
}

/** @throws {InvalidInputError} which names each place: `yaml:3:7` where it is no YAML, `profile.tables.0.key` where it is no profile */
export function checkProfileText(yaml: string): void {
  let value: unknown
  try {
    value = parse(yaml, { maxAliasCount: 0 })
  } catch (error) {
    const [start] = error instanceof YAMLParseError ? (error.linePos ?? []) : []
    const path = start === undefined ? 'yaml' : `yaml:${start.line}:${start.col}`
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
    throw new InvalidInputError('this is no YAML', [{ path, problem: 'yaml', message }])
  }
  const parsed = profileSchema.safeParse(value)
  if (parsed.success) return
  const fields = parsed.error.issues.map(({ path, code, message }) => ({
    path: ['profile', ...path].join('.'),
    problem: code,
    message,
  }))
  throw new InvalidInputError('this is no profile', fields)
}

/** As a YAML file. */
export function printProfile(profile: Profile): string {
  return stringify(writtenProfile(profile))
}

/** As somebody would write it: nothing that goes without saying. */
export function writtenProfile({ tables, ...profile }: Profile): WrittenProfile {
  const written = tables.map(({ name, mayBeEmpty, ...table }) => ({
    ...table,
    ...(name === table.entity ? {} : { name }),
    ...(mayBeEmpty ? { mayBeEmpty } : {}),
  }))
  return { ...profile, ...(written.length === 0 ? {} : { tables: written }) } as WrittenProfile
}

/** The same file, comments and all, under another name. */
export function renameProfile(yaml: string, name: string): string {
  const document = parseDocument(yaml)
  document.set('name', name)
  return String(document)
}
