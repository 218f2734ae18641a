/**
 * What can go wrong in the application, by code. `docs/errors.md` says for each what it means and what to do; `http/problems.ts` turns
 * codes into HTTP problems. Names, birth dates and care never enter a message: an id does.
 */

export interface PracticeErrorOptions {
  readonly cause?: unknown
  /** What the error is about: ids, limits, counts; never a patient's data. */
  readonly about?: Readonly<Record<string, string | number>>
}

/** The base of all errors of this package. */
export abstract class PracticeError extends Error {
  abstract readonly code: string
  readonly about: Readonly<Record<string, string | number>>

  constructor(message: string, { cause, about = {} }: PracticeErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = this.constructor.name
    this.about = about
  }
}

/** The asked-for thing is not there, or not for this practice: both give the same answer. */
export class NotFoundError extends PracticeError {
  readonly code = 'not-found'
}

/** The role, the session or the record's limits do not allow it. */
export class NotAllowedError extends PracticeError {
  readonly code = 'not-allowed'
}

/** Somebody else has changed it since it was read. */
export class ConflictError extends PracticeError {
  readonly code = 'conflict'
}

/** A field at fault: `path` as in JSON (`teeth.0.fdi`), `problem` a word of {@link InvalidInputError}'s catalogue. */
export interface FieldProblem {
  readonly path: string
  readonly problem: string
  readonly message: string
}

/** The input does not hold together; says which fields and why. */
export class InvalidInputError extends PracticeError {
  readonly code = 'invalid-input'
  readonly fields: readonly FieldProblem[]

  constructor(message: string, fields: readonly FieldProblem[] = [], options: PracticeErrorOptions = {}) {
    super(message, options)
    this.fields = fields
  }
}

/** What is to be imported is not what its profile says, or cannot be read: nothing of it was taken over. */
export class ImportSourceError extends PracticeError {
  readonly code = 'import-source'
}

/** A job was begun again and again, and never came to its end: it takes the server down with it, or is killed each time. */
export class JobGivenUpError extends PracticeError {
  readonly code = 'job-given-up'
}

/** The database that is being imported from is gone: what was taken over stays, and the next run goes on. */
export class SourceLostError extends PracticeError {
  readonly code = 'source-lost'
}

/** What is stored does not read back as it was written: nothing is changed, and a copy must be restored. */
export class DamagedError extends PracticeError {
  readonly code = 'damaged'
}

/** The key does not open this practice's data. */
export class WrongKeyError extends PracticeError {
  readonly code = 'wrong-key'
}

/** The application is being stopped: what was asked for was not done. */
export class StoppingError extends PracticeError {
  readonly code = 'stopping'
}

/** The disk is full: what was asked for was not done, and nothing is half-written. */
export class DiskFullError extends PracticeError {
  readonly code = 'disk-full'
}
