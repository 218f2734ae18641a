/** Who asks. */
import { PracticeError } from '#errors'

/** Nobody has signed in, or the session has ended. */
export class NotSignedInError extends PracticeError {
  readonly code = 'not-signed-in'
}

export async function authenticate(): Promise<never> {
  throw new NotSignedInError('sign in first')
}
