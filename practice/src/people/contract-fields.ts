/** What several of the room's contracts say of a field. */
import { z } from 'zod'
import { line } from '#text'

export const PASSWORD_LENGTH_MIN = 12
export const PASSWORD_LENGTH_MAX = 200

export const id = z.string().min(1).max(100)
export const label = line(100)
export const day = z.iso.date()
export const login = z.string().trim().min(2).max(100)
export const language = z.enum(['fr', 'en'])

/** A password that somebody chooses. The rest of what is asked of it is in `people/password-rules.ts`. */
export const newPassword = z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX)
/** One that somebody types to be checked: anything, within reason. */
export const typedPassword = z.string().min(1).max(1_000)

/** What the browser's `navigator.credentials` takes and gives, as JSON (WebAuthn level 3, §5.1.8–10). */
export const passkeyOptions = z.looseObject({ challenge: z.string() })
export const passkeyResponse = z.looseObject({ id: z.string().max(2_000), response: z.looseObject({}) })
