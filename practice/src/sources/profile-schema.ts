/**
 * A source profile: where a practice program's data are, what its columns mean, how values are written. A YAML file, which an IT provider
 * writes once for a program and others use. Pure: the mapping page draws it too.
 */
import { DAY_FORMATS, ENCODINGS } from '@couronne/formats'
import { z } from 'zod'
import { ENTITIES, TARGETS } from './targets.ts'

export const SQL_SERVERS = ['postgresql', 'mysql', 'sqlserver', 'firebird'] as const

const columnName = z.string().min(1).max(200)

/** Where a value comes from: a column by its name, or more of it. */
const columnRuleSchema = z.union([
  columnName,
  z
    .strictObject({
      /** the first that is not empty */
      column: z.union([columnName, z.array(columnName).min(1).max(10)]).optional(),
      /** what the source's words stand for; words that are not here mean what they say */
      values: z.record(z.string().max(200), z.string().max(200)).optional(),
      /** of a day, where the column itself does not tell */
      format: z.enum(DAY_FORMATS).optional(),
      /** for rows whose column is empty, or for all rows */
      otherwise: z.string().max(200).optional(),
    })
    .refine(({ column, otherwise }) => column !== undefined || otherwise !== undefined, {
      error: 'a column or a value (otherwise) is expected',
    }),
])

const columns = z.union([columnName, z.array(columnName).min(1).max(5)]).transform((names) => [names].flat())

export const tableSchema = z
  .strictObject({
    /** of a folder: the file's name, with * for anything; of a workbook: the sheet; of a database: the table, or the whole query */
    from: z.string().min(1).max(20_000),
    /**
     * Under which its rows are known from one run to the next, whatever becomes of file names and queries; the entity's, unless several tables
     * are of one.
     */
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .optional(),
    entity: z.enum(ENTITIES),
    /** the columns that name a row of the source, once and for all */
    key: columns,
    /** the columns that hold the key of its patient */
    patient: columns.optional(),
    fields: z.record(z.string(), columnRuleSchema),
    /** no row at all is fine; otherwise it stops the import, which asks */
    mayBeEmpty: z.boolean().default(false),
  })
  .superRefine((table, context) => {
    const targets = Object.keys(TARGETS[table.entity])
    for (const name of Object.keys(table.fields))
      if (!targets.includes(name))
        context.addIssue({
          code: 'custom',
          path: ['fields', name],
          message: `${table.entity} has no ${name}; it has ${targets.join(', ')}`,
        })
    if (table.entity !== 'patient' && table.patient === undefined)
      context.addIssue({ code: 'custom', path: ['patient'], message: 'the columns that name the patient are expected' })
  })

/** A database by its server; the password never stands here. */
const sqlSourceSchema = z.strictObject({
  type: z.literal('sql'),
  server: z.enum(SQL_SERVERS),
  host: z.string().min(1).max(255).default('localhost'),
  port: z.int().min(1).max(65_535).optional(),
  /** its name; of Firebird, its file or alias on the server */
  database: z.string().min(1).max(500),
  user: z.string().min(1).max(200),
  /** absent: the server proves who it is, unless it is this machine */
  tls: z.enum(['verify', 'unverified', 'off']).optional(),
  /** a file of the folder: the certificate of who answers for the server's */
  authority: z.string().min(1).max(500).optional(),
  /** of texts that are not UTF-8 where the database does not tell; windows-1252 */
  encoding: z.enum(ENCODINGS).optional(),
})

/** Sources that say by themselves what they hold: there is nothing to map. */
const SAYS_ITSELF: ReadonlySet<string> = new Set(['fhir', 'xdm', 'dicom', 'vcard', 'icalendar'])

export const profileSchema = z
  .strictObject({
    couronne: z.literal('import-profile'),
    name: z.string().regex(/^[a-z0-9-]{1,60}$/),
    title: z.strictObject({ fr: z.string().min(1).max(200), en: z.string().min(1).max(200).optional() }),
    source: z.discriminatedUnion('type', [
      /** a folder of text files */
      z.strictObject({
        type: z.literal('csv'),
        encoding: z.enum(ENCODINGS).optional(),
        /** one character */
        delimiter: z.string().length(1).optional(),
      }),
      /** a spreadsheet's file; what documents name lies beside it */
      z.strictObject({ type: z.literal('workbook'), file: z.string().min(1).max(500) }),
      /** a database file; what documents name lies beside it */
      z.strictObject({ type: z.literal('sqlite'), file: z.string().min(1).max(500) }),
      sqlSourceSchema,
      /** a folder of files per patient; `from` is a pattern of paths (`files/file-pattern.ts`) */
      z.strictObject({ type: z.literal('files') }),
      /** FHIR R4: bundles, resources, bulk exports; it says by itself what it is */
      z.strictObject({
        type: z.literal('fhir'),
        /** system of the identifier that is the file number; absent: the practice's internal one (INTRN, MR) */
        fileNumber: z.string().min(1).max(200).optional(),
      }),
      /** an IHE XDM medium or the national portability archive, a folder or one archive */
      z.strictObject({ type: z.literal('xdm') }),
      /** images: a folder of DICOM files, a medium with its DICOMDIR */
      z.strictObject({ type: z.literal('dicom') }),
      /** cards of people; `fileNumber`: the property that is one */
      z.strictObject({ type: z.literal('vcard'), fileNumber: z.string().min(1).max(60).optional() }),
      /** a diary of patients who are there already */
      z.strictObject({ type: z.literal('icalendar') }),
    ]),
    tables: z
      .array(tableSchema)
      .max(100)
      .default([])
      .transform((tables) => tables.map((table) => ({ ...table, name: table.name ?? table.entity })))
      .refine((tables) => new Set(tables.map(({ name }) => name)).size === tables.length, {
        error: 'two tables of one entity need a name each',
      })
      .refine((tables) => tables.filter(({ entity }) => entity === 'patient').length <= 1, {
        error: 'there is one table of patients at most',
      }),
  })
  .refine(({ source, tables }) => SAYS_ITSELF.has(source.type) === (tables.length === 0), {
    error: 'tables are expected of a source of rows, and of no other',
    path: ['tables'],
  })

/** As somebody writes it. */
export type WrittenProfile = z.input<typeof profileSchema>
export type Profile = z.output<typeof profileSchema>
export type TableProfile = Profile['tables'][number]
export type ColumnRule = z.output<typeof columnRuleSchema>

export const SOURCE_TYPES = [
  'csv',
  'workbook',
  'sqlite',
  'sql',
  'files',
  'fhir',
  'xdm',
  'dicom',
  'vcard',
  'icalendar',
] as const satisfies readonly Profile['source']['type'][]
export type SourceType = (typeof SOURCE_TYPES)[number]
