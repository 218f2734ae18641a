/**
 * What the printed OpenAPI must say beside the schemas: who may ask, which headers count, what goes over the wire that is no JSON, and every
 * code of a problem under its status. Pure.
 */
import { STATUS_CODES } from 'node:http'
import { type Endpoint, isIdempotent, takesToken } from '#endpoint'
import type { ProblemForm } from './problem-form.ts'
import { PROBLEM_MEDIA_TYPE, STATUSES } from './problems.ts'
import type { Route } from './route.ts'

type Json = { readonly [member: string]: unknown }
interface Printed {
  readonly paths?: object | undefined
  readonly components?: object | undefined
}

const SECURITY_SCHEMES = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-couronne',
    description:
      'Of somebody who has signed in. A browser’s request that changes something must come from our own pages (`Sec-Fetch-Site`, `Origin`).',
  },
  token: { type: 'http', scheme: 'bearer', description: 'Of a program that reads through the FHIR door, and does nothing else.' },
} as const

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same request gives the same answer for a day, and does the work once.',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{8,100}$' },
} as const

/**
 * The document with all of that.
 *
 * @param printed as Fastify's swagger makes it from the schemas
 * @param forms other forms of problems than RFC 9457, by the beginning of the path
 */
export function describeRoutes(printed: Printed, routes: readonly Route[], forms: readonly ProblemForm[]): object {
  const paths = structuredClone(printed.paths ?? {}) as Record<string, Record<string, Json>>
  for (const { endpoint } of routes) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}')
    const method = endpoint.method.toLowerCase()
    const operation = paths[path]?.[method]
    if (operation !== undefined) paths[path] = { ...paths[path], [method]: describeOperation(operation, endpoint, forms) }
  }
  const components = printed.components as Readonly<Record<string, object>> | undefined
  return {
    ...printed,
    paths,
    components: {
      ...components,
      securitySchemes: SECURITY_SCHEMES,
      parameters: { IdempotencyKey: IDEMPOTENCY_KEY },
      responses: problemResponses(forms),
    },
  }
}

function describeOperation(operation: Json, endpoint: Endpoint, forms: readonly ProblemForm[]): Json {
  const { wire = {} } = endpoint
  const isOpen = endpoint.permission === 'none'
  const headers = Object.entries(wire.headers ?? {}).map(([name, { description, pattern, isNeeded }]) => ({
    name,
    in: 'header',
    required: isNeeded === true,
    description,
    schema: { type: 'string', pattern },
  }))
  const parameters = [
    ...((operation.parameters as readonly Json[] | undefined) ?? []),
    ...headers,
    ...(isIdempotent(endpoint) ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
  ]
  return {
    ...operation,
    security: isOpen ? [] : [{ session: [] }, ...(takesToken(endpoint) ? [{ token: [] }] : [])],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(wire.takes === undefined ? {} : { requestBody: { required: true, content: { [wire.takes]: {} } } }),
    responses: { ...goodAnswers(operation, endpoint), ...badAnswers(endpoint, forms) },
  }
}

function goodAnswers(operation: Json, { reply, status = 200, wire = {} }: Endpoint): Json {
  const { default: _problem, ...answers } = operation.responses as Readonly<Record<string, Json>>
  const others = Object.entries(wire.answers ?? {}).map(([each, description]) => [each, { description }] as const)
  if (reply !== undefined) return { ...answers, ...Object.fromEntries(others) }
  if (wire.gives === undefined && others.length === 0) return { 204: { description: 'Done.' } }
  if (wire.gives === undefined) return Object.fromEntries(others)
  const headers = Object.entries(wire.givesHeaders ?? {}).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ])
  // What is streamed as JSON is one object; which members it has, the summary says.
  const formOf = (mediaType: string) => (mediaType === 'application/json' ? { schema: { type: 'object' } } : {})
  const content = Object.fromEntries(wire.gives.map((mediaType) => [mediaType, formOf(mediaType)]))
  const answer = { description: 'As asked.', content, ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }) }
  return { [status]: answer, ...Object.fromEntries(others) }
}

/** Which statuses can come, by what the endpoint is; `default` for what a proxy or a broken request adds. */
function badAnswers(endpoint: Endpoint, forms: readonly ProblemForm[]): Json {
  const { method, permission, params, body, journal, wire = {}, path } = endpoint
  const isSignedIn = permission !== 'none'
  const isChange = method !== 'GET'
  const statuses: readonly (number | false)[] = [
    400,
    (isSignedIn || isChange) && 401,
    403,
    params !== undefined && 404,
    isChange && 409,
    (body !== undefined || wire.takes !== undefined) && 413,
    isIdempotent(endpoint) && 422,
    isSignedIn && 423,
    isChange && 429,
    path.includes('oidc') && 502,
    500,
    503,
    (isChange || journal !== undefined) && 507,
  ]
  const suffix = forms.findIndex(({ prefix }) => path.startsWith(prefix)) + 1
  const refer = (name: number | 'Other') => ({ $ref: `#/components/responses/${nameOf(name, suffix)}` })
  return Object.fromEntries([
    ...statuses.filter((status) => status !== false).map((status) => [status, refer(status)]),
    ['default', refer('Other')],
  ])
}

/** @param form 0: RFC 9457 */
function nameOf(status: number | 'Other', form: number): string {
  return form === 0 ? `Problem${status}` : `Problem${status}In${form}`
}

/** Each status with its codes, in each form. */
function problemResponses(forms: readonly ProblemForm[]): Json {
  const codesOf = Map.groupBy(Object.keys(STATUSES), (code) => STATUSES[code] ?? 500)
  const statuses = [...codesOf].toSorted(([a], [b]) => a - b)
  const mediaTypes = [PROBLEM_MEDIA_TYPE, ...forms.map(({ mediaType }) => mediaType.replace(/;.*/, ''))]
  const named = mediaTypes.flatMap((mediaType, form) => [
    ...statuses.map(([status, codes]) => {
      const description = `${STATUS_CODES[status]}: ${codes.map((code) => `\`${code}\``).join(', ')}.`
      const schema = form === 0 ? problemWith(status, codes) : {}
      return [nameOf(status, form), { description, content: { [mediaType]: { schema } } }] as const
    }),
    [
      nameOf('Other', form),
      { description: 'Any other refusal.', content: { [mediaType]: { schema: form === 0 ? PROBLEM : {} } } },
    ] as const,
  ])
  return Object.fromEntries(named)
}

const PROBLEM = { $ref: '#/components/schemas/Problem' } as const

function problemWith(status: number, codes: readonly string[]): Json {
  return { allOf: [PROBLEM, { type: 'object', properties: { status: { const: status }, code: { enum: codes } } }] }
}
