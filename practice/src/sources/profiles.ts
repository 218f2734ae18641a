/** Profiles that come with the program, and files that somebody wrote. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { NotFoundError } from '#errors'
import { seeCsvTables } from './csv/csv-source.ts'
import { type Profile, parseProfile } from './profile.ts'
import { proposeProfile } from './propose-profile.ts'

const SHIPPED = join(import.meta.dirname, 'profiles')

export interface LoadedProfile {
  readonly profile: Profile
  readonly yaml: string
}

/** Names of those that come with the program, in their order. */
export async function listProfiles(): Promise<string[]> {
  return (await readdir(SHIPPED))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -5))
    .toSorted()
}

/**
 * @param name of one that comes with the program, or the path of a YAML file
 * @throws {NotFoundError} {ImportSourceError}
 */
export async function loadProfile(name: string): Promise<LoadedProfile> {
  const isShipped = /^[a-z0-9-]+$/.test(name)
  try {
    const yaml = await readFile(isShipped ? join(SHIPPED, `${name}.yaml`) : name, 'utf8')
    return { profile: parseProfile(yaml), yaml }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new NotFoundError(`there is no profile ${name}; there are ${(await listProfiles()).join(', ')}, or give a file's path`)
  }
}

/** Formats that say by themselves what they hold, by the names of their files: their own profiles are all there is to propose. */
const SPEAKING: readonly (readonly [RegExp, string])[] = [
  [/(^|[\\/])IHE_XDM[\\/].*METADATA\.XML$/i, 'xdm'],
  [/(^|[\\/])DICOMDIR$|\.dcm$/i, 'dicom'],
  [/\.(ndjson|jsonl|json)$/i, 'fhir'],
  [/\.vcf$/i, 'vcard'],
  [/\.ics$/i, 'icalendar'],
]

async function speakingProfile(folder: string): Promise<string | undefined> {
  const names = await readdir(folder, { recursive: true })
  const found = SPEAKING.find(([pattern]) => names.some((name) => pattern.test(name)))
  return found === undefined ? undefined : readFile(join(SHIPPED, `${found[1]}.yaml`), 'utf8')
}

/**
 * A first draft of a profile for the files of a folder, as YAML; of a format that says by itself what it holds, the profile that comes with the
 * program.
 *
 * @throws {NotFoundError} when none of them looks like one of patients
 */
export async function draftProfile(folder: string): Promise<string> {
  const tables = await seeCsvTables(folder)
  const draft = proposeProfile(tables, 'draft')
  if (draft !== undefined) return draft
  const speaking = await speakingProfile(folder)
  if (speaking !== undefined) return speaking
  const seen = tables.map(({ name, columns }) => `${name} (${columns.slice(0, 20).join(', ')})`).join('; ')
  throw new NotFoundError(`no text file of the folder looks like one of patients: ${seen || 'there is none'}`)
}
