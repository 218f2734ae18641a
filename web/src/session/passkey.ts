/** The browser's dialogue with a passkey. */
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser'
import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser'
import { Problem } from '#api'

type Options = Readonly<Record<string, unknown>>
/** As the contract takes it. */
export type PasskeyResponse = { readonly [key: string]: unknown; id: string; response: Record<string, unknown> }

export const hasPasskeys: boolean = browserSupportsWebAuthn()

/** @throws {Problem} `passkey-unused`: nobody, or nothing, answered */
export async function askForPasskey(options: Options): Promise<PasskeyResponse> {
  return told(() => startAuthentication({ optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON }))
}

/** @throws {Problem} as above */
export async function makePasskey(options: Options): Promise<PasskeyResponse> {
  return told(() => startRegistration({ optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON }))
}

async function told(work: () => Promise<unknown>): Promise<PasskeyResponse> {
  try {
    return (await work()) as PasskeyResponse
  } catch (error) {
    const isTwice = error instanceof Error && error.name === 'InvalidStateError'
    throw new Problem({ code: isTwice ? 'passkey-known' : 'passkey-unused', title: String(error), status: 0 })
  }
}
