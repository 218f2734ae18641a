/** Before anybody is signed in. */
import { openRoute, type Route } from '#http'
import type { OpenPractice } from '#open-practice'
import type { Role } from '#rights'
import {
  acceptInvitation,
  finishOidcSignIn,
  getSecondFactorStep,
  getWaysToSignIn,
  lookAtInvitation,
  signInWithPasskey,
  signInWithPassword,
  signInWithSecondFactor,
  startOidcSignIn,
  startPasskeySignIn,
} from './contract.ts'
import { clearCookie, setCookie } from './cookies.ts'
import { accept, findInvitation } from './invitations.ts'
import { beginRound, type EndedRound, finishRound } from './oidc.ts'
import { loadOidcSettings } from './oidc-settings.ts'
import { beginPasskeySignIn, pendingStep, signInByPasskey, signInByPassword, signInBySecondFactor } from './sign-in.ts'
import { answerSignIn, asJson, visitorOf } from './visitor.ts'

export interface SampleAccount {
  readonly role: Role
  readonly login: string
  readonly password: string
}

/** @param sampleAccounts told to whoever comes, in a sample practice and nowhere else */
export function signInRoutes(practice: () => OpenPractice, sampleAccounts: readonly SampleAccount[]): readonly Route[] {
  return [
    openRoute(getWaysToSignIn, async () => {
      const open = practice()
      const { name, is_sample } = await practiceRow(open)
      const oidc = await loadOidcSettings(open.db, open.id)
      return {
        practiceName: name,
        isSample: is_sample === 1,
        ...(is_sample === 1 && sampleAccounts.length > 0 ? { sampleAccounts: [...sampleAccounts] } : {}),
        ...(oidc === undefined ? {} : { oidc: { preset: oidc.preset, label: oidc.label } }),
      }
    }),
    openRoute(signInWithPassword, async ({ body, request, reply }) =>
      answerSignIn(reply, await signInByPassword(practice(), visitorOf(request), body)),
    ),
    openRoute(signInWithSecondFactor, async ({ body, request, reply }) =>
      answerSignIn(reply, await signInBySecondFactor(practice(), visitorOf(request), body)),
    ),
    openRoute(getSecondFactorStep, async ({ request }) => {
      const { factors, passkeyOptions } = await pendingStep(practice(), visitorOf(request))
      return { kind: 'second-factor-needed' as const, factors: [...factors], passkeyOptions: asJson(passkeyOptions) }
    }),
    openRoute(startPasskeySignIn, async ({ request, reply }) => {
      const { options, step } = await beginPasskeySignIn(practice(), visitorOf(request))
      setCookie(reply, 'step', step)
      return { options: asJson(options) }
    }),
    openRoute(signInWithPasskey, async ({ body, request, reply }) =>
      answerSignIn(reply, await signInByPasskey(practice(), visitorOf(request), body.response)),
    ),
    openRoute(startOidcSignIn, async ({ request, reply }) => {
      const { location, step } = await beginRound(practice(), visitorOf(request))
      setCookie(reply, 'step', step)
      return { location }
    }),
    openRoute(finishOidcSignIn, async ({ request, reply }) => {
      const { search } = new URL(request.url, 'http://any')
      const outcome = await finishRound(practice(), visitorOf(request), search)
      clearCookie(reply, 'step')
      if (outcome.kind === 'signed-in') answerSignIn(reply, outcome.result)
      return reply.redirect(pageAfter(outcome), 303) as never
    }),
    openRoute(lookAtInvitation, async ({ body, request }) => {
      const open = practice()
      const account = await findInvitation(open, request.ip, body.secret)
      const { name } = await practiceRow(open)
      const endsAt = account.invitation_ends_at ?? ''
      return { login: account.login, displayName: account.display_name, practiceName: name, endsAt }
    }),
    openRoute(acceptInvitation, async ({ body, request }) => ({ login: (await accept(practice(), request.ip, body)).login })),
  ]
}

/** The addresses are ours and fixed: nothing that comes from outside decides where the browser goes. */
function pageAfter(ended: EndedRound): string {
  if (ended.kind === 'signed-in') return ended.result.kind === 'signed-in' ? '/' : '/sign-in?oidc=second-factor-needed'
  return `${ended.isLinking ? '/account' : '/sign-in'}?oidc=${ended.kind}`
}

function practiceRow(practice: OpenPractice): Promise<{ name: string; is_sample: number }> {
  return practice.db.selectFrom('practice').select(['name', 'is_sample']).where('id', '=', practice.id).executeTakeFirstOrThrow()
}
