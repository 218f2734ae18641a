/**
 * All migrations, oldest first. One that was released is never changed.
 *
 * The first made the keyring; none since changes it. The embedded keyring is a file of its own, committed after the records and their mark:
 * a kill between the two would leave the mark without the change. The first that must change it needs a step of its own, before the mark.
 */
import type { Kysely } from 'kysely'
import type { Engine } from '../engine.ts'
import * as start from './0001-start.ts'
import * as imports from './0002-imports.ts'
import * as duplicates from './0003-duplicates.ts'
import * as images from './0004-images.ts'
import * as completeness from './0005-completeness.ts'
import * as jobs from './0006-jobs.ts'
import * as importDuplicates from './0007-import-duplicates.ts'
import * as fewerIndexPages from './0008-fewer-index-pages.ts'

/** One step from one form of the database to the next. */
export interface Migration {
  readonly name: string
  // biome-ignore lint/suspicious/noExplicitAny: a migration outlives the schema that it starts from
  readonly up: (db: Kysely<any>, engine: Engine) => Promise<void>
}

export const MIGRATIONS: readonly Migration[] = [
  { name: '0001-start', up: start.up },
  { name: '0002-imports', up: imports.up },
  { name: '0003-duplicates', up: duplicates.up },
  { name: '0004-images', up: images.up },
  { name: '0005-completeness', up: completeness.up },
  { name: '0006-jobs', up: jobs.up },
  { name: '0007-import-duplicates', up: importDuplicates.up },
  { name: '0008-fewer-index-pages', up: fewerIndexPages.up },
]
