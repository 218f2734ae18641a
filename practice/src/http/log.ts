/**
 * The log: one JSON line for each fault of ours, on standard error, for whoever looks after the machine. No patient's data comes into it: of
 * an error that is not ours only its kind, its code and where it happened are told, for databases quote values in their messages.
 */
import { type DestinationStream, type Logger, pino } from 'pino'
import { PracticeError } from '#errors'

/** @param destination standard error when absent */
export function makeLogger(destination: DestinationStream = pino.destination(2)): Logger {
  return pino(
    {
      name: 'couronne',
      level: 'warn',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        err: describe,
        error: describe,
        req: (request: { method?: string }) => ({ method: request.method }),
        res: () => undefined,
      },
    },
    destination,
  )
}

interface DescribedError {
  readonly kind: string
  readonly code?: string
  readonly message?: string
  readonly at: readonly string[]
  readonly cause?: DescribedError
}

function describe(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { kind: typeof error, at: [] }
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  return {
    kind: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error instanceof PracticeError ? { message: error.message } : {}),
    at: framesOf(error),
    ...(cause === undefined ? {} : { cause: describe(cause) }),
  }
}

/** The stack without its first lines, which repeat the message. */
function framesOf({ stack = '' }: Error): readonly string[] {
  return stack.split('\n').flatMap((line) => /^ {4}at (.*)$/.exec(line)?.[1] ?? [])
}
