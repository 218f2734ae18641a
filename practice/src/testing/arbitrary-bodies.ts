/** Bodies of every kind, drawn at random from their zod schemas. */
import fc from 'fast-check'
import type { z } from 'zod'
import { type BodyOf, type EntryKind, KINDS } from '#patients'

/** What the schemas' patterns ask for; a leaf takes those that it accepts. */
const TEXTS = [
  ...['2026-03-02', '1950-01-24', '1950-01', '1950', '2026-03-12T10:15', 'Europe/Paris', 'Indian/Reunion', 'Nowhere/Atlantis'],
  ...[
    'FR',
    'DE',
    'fr',
    'pt-BR',
    '01 99 00 00 00',
    '+33199000000',
    'cabinet@example.org',
    '10100000017',
    '123456789',
    '75056',
    '99132',
  ],
  ...[
    'HBMD049',
    'HBQK002',
    'SC12',
    'D 20',
    '1',
    '0',
    'F',
    'J',
    '269054958815780',
    'http://loinc.org',
    '1.2.250.1.213.2.5',
    'local',
  ],
  ...['Œuvré-L’Héritier', '<b>gras</b>', '  deux  espaces ', 'ligne 1\nligne 2', '"\\', '🦷 molaire', 'x'.repeat(200)],
]

/** A body that the kind's schema takes. Links name entries that are nowhere. */
export function arbitraryBody<K extends EntryKind>(kind: K): fc.Arbitrary<BodyOf<K>> {
  const { schema } = KINDS[kind]
  return fromSchema(schema)
    .filter((body) => schema.safeParse(body).success)
    .map((body) => schema.parse(body) as BodyOf<K>)
}

interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, z.ZodType>>
  readonly entries?: Readonly<Record<string, string>>
  readonly values?: readonly unknown[]
  readonly element?: z.ZodType
  readonly innerType?: z.ZodType
  readonly options?: readonly z.ZodType[]
}

function fromSchema(schema: z.ZodType): fc.Arbitrary<unknown> {
  const definition = schema.def as unknown as Definition
  switch (definition.type) {
    case 'object': {
      const shape = definition.shape ?? {}
      const isOptional = (each: z.ZodType) => ['optional', 'default'].includes((each.def as unknown as Definition).type)
      return fc.record(Object.fromEntries(Object.entries(shape).map(([name, each]) => [name, fromSchema(each)])), {
        requiredKeys: Object.keys(shape).filter((name) => !isOptional(shape[name] as z.ZodType)),
      })
    }
    case 'optional':
    case 'default':
      return fromSchema(definition.innerType as z.ZodType)
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries ?? {}))
    case 'literal':
      return fc.constantFrom(...(definition.values ?? []))
    case 'array':
      return fc
        .array(fromSchema(definition.element as z.ZodType), { maxLength: 3 })
        .filter((list) => schema.safeParse(list).success)
    case 'union':
      return fc.oneof(...(definition.options ?? []).map(fromSchema))
    case 'boolean':
      return fc.boolean()
    case 'number': {
      const numbers = [0, 0.5, 1, 2, 3, 2892, 50_000, 3.5, -2].filter((number) => schema.safeParse(number).success)
      return fc.constantFrom(...numbers)
    }
    case 'string':
      return fc.constantFrom(...TEXTS.filter((text) => schema.safeParse(text).success))
    default:
      throw new Error(`a schema of type ${definition.type}: teach it here`)
  }
}
