/** Profiles as YAML files, and the order of their tables. */
import { parse } from 'yaml'
import { ImportSourceError } from '#errors'
import { type Profile, profileSchema, type TableProfile } from './profile-schema.ts'
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
