/**
 * Signing in at the practice's OpenID Connect provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0; RFC 9700). The
 * round belongs to the browser that began it and counts once. No account is ever made by it: it was linked by its owner while signed in, or has
 * the RPPS number that Pro Santé Connect vouches for, where the practice wants that.
 */
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  discovery,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { Tx } from '#database'
import { NotFoundError } from '#errors'
import { recordEvent } from '#journal'
import type { Actor, OpenPractice } from '#open-practice'
import { type AccountRow, findAccount, update } from './accounts.ts'
import { beginForBrowser } from './challenges.ts'
import type { OIDC_OUTCOMES } from './contract.ts'
import { OidcUnavailableError, SignInRefusedError } from './errors.ts'
import { isStrongEnough, PRO_SANTE_CONNECT_ACR, professionalOf } from './oidc-claims.ts'
import { clientSecretOf, isPlainHere, loadOidcSettings, type OidcSettings, redirectUriOf } from './oidc-settings.ts'
import {
  addressAttempt,
  complete,
  goOn,
  isUnchanged,
  refuse,
  type SignInResult,
  takeFromBrowser,
  type Visitor,
} from './sign-in.ts'
import { countAttempt, takeBack } from './throttle.ts'

const DISCOVERY_SECONDS_MAX = 10
/** Pro Santé Connect describes itself at an address of its own (documentation technique, "Découverte"). */
const PRO_SANTE_CONNECT_DISCOVERY = '/.well-known/wallet-openid-configuration'

/** What is kept while the browser is at the provider. */
interface Round {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  /** of the settings under which it was begun */
  readonly issuer: string
  readonly clientId: string
  /** of the session that was open in the browser: its cookie does not come back from another site */
  readonly sessionHash?: string
  /** the session whose account is to be linked; absent: signing in */
  readonly link?: { readonly accountId: string; readonly sessionId: string }
}

export type OidcOutcome =
  | { readonly kind: 'signed-in'; readonly result: SignInResult }
  | { readonly kind: (typeof OIDC_OUTCOMES)[number] }

/** `isLinking`: somebody who is signed in began it to link their account; unknown, and false, once it is over. */
export type EndedRound = OidcOutcome & { readonly isLinking: boolean }

/** What a provider said of itself, for an hour: strangers who begin rounds do not make us ask it each time. One for each practice. */
const described = new Map<
  string,
  { readonly of: string; readonly until: Temporal.Instant; readonly provider: Promise<Configuration> }
>()
const DESCRIBED_HOURS = 1

async function knownProvider(practice: OpenPractice, settings: OidcSettings): Promise<Configuration> {
  const of = JSON.stringify(settings)
  const known = described.get(practice.id)
  if (known?.of === of && Temporal.Instant.compare(practice.now(), known.until) < 0) return known.provider
  const provider = discoverProvider(practice, settings)
  described.set(practice.id, { of, until: practice.now().add({ hours: DESCRIBED_HOURS }), provider })
  try {
    return await provider
  } catch (error) {
    if (described.get(practice.id)?.provider === provider) described.delete(practice.id)
    throw error
  }
}

/**
 * Asks the provider who it is.
 *
 * @throws {OidcUnavailableError} it does not answer, or calls itself otherwise
 */
export async function discoverProvider(practice: OpenPractice, settings: OidcSettings): Promise<Configuration> {
  const issuer = new URL(settings.issuer)
  const address =
    settings.preset === 'pro-sante-connect'
      ? new URL(`${settings.issuer.replace(/\/$/, '')}${PRO_SANTE_CONNECT_DISCOVERY}`)
      : issuer
  const insecure = isPlainHere(issuer) ? [allowInsecureRequests] : []
  try {
    const found = await discovery(address, settings.clientId, undefined, None(), {
      timeout: DISCOVERY_SECONDS_MAX,
      execute: insecure,
    })
    const server = found.serverMetadata()
    if (server.issuer !== settings.issuer) throw new ClientError('it calls itself otherwise')
    const secret = clientSecretOf(practice, settings)
    const takesBasic = (server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']).includes('client_secret_basic')
    const auth = secret === undefined ? None() : takesBasic ? ClientSecretBasic(secret) : ClientSecretPost(secret)
    const configuration = new Configuration(server, settings.clientId, undefined, auth)
    configuration.timeout = DISCOVERY_SECONDS_MAX
    for (const apply of insecure) apply(configuration)
    return configuration
  } catch (cause) {
    throw new OidcUnavailableError('the OpenID Connect provider does not answer as it should', { cause })
  }
}

/** Begins a round. @returns where the browser goes, and its cookie */
export async function beginRound(
  practice: OpenPractice,
  visitor: Visitor,
  link?: Round['link'],
): Promise<{ location: string; step: string }> {
  const settings = await loadOidcSettings(practice.db, practice.id)
  if (settings === undefined) throw new NotFoundError('this practice has no OpenID Connect provider')
  const configuration = await knownProvider(practice, settings)
  const round: Round = {
    state: randomState(),
    nonce: randomNonce(),
    verifier: randomPKCECodeVerifier(),
    issuer: settings.issuer,
    clientId: settings.clientId,
    ...(visitor.sessionHash === undefined ? {} : { sessionHash: visitor.sessionHash }),
    ...(link === undefined ? {} : { link }),
  }
  const isProSanteConnect = settings.preset === 'pro-sante-connect'
  const location = buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUriOf(settings),
    scope: isProSanteConnect ? 'openid scope_all' : 'openid',
    state: round.state,
    nonce: round.nonce,
    code_challenge: await calculatePKCECodeChallenge(round.verifier),
    code_challenge_method: 'S256',
    ...(isProSanteConnect ? { acr_values: PRO_SANTE_CONNECT_ACR } : {}),
  })
  const step = await practice.db
    .transaction()
    .execute((tx) => beginForBrowser(tx, practice, { kind: 'oidc', address: visitor.address, data: round }))
  return { location: location.href, step }
}

/** Ends a round: the browser has come back. @param search the query of the address to which it came, with `?` */
export async function finishRound(practice: OpenPractice, visitor: Visitor, search: string): Promise<EndedRound> {
  const attempt = await addressAttempt(practice, visitor, 'oidc', undefined)
  await countAttempt(practice, attempt)
  const challenge = await takeFromBrowser<Round>(practice, visitor, 'oidc')
  const settings = await loadOidcSettings(practice.db, practice.id)
  const round = challenge?.data
  const isLinking = round?.link !== undefined
  if (round === undefined || settings === undefined) return { kind: 'expired', isLinking }
  if (round.issuer !== settings.issuer || round.clientId !== settings.clientId) return { kind: 'expired', isLinking }
  const told = await askProvider(practice, visitor, settings, round, search)
  if (told.kind !== 'known') return { ...told, isLinking }
  const outcome = await practice.db.transaction().execute(async (tx) => {
    await takeBack(tx, practice, attempt)
    return round.link === undefined
      ? signIn(tx, practice, { ...visitor, sessionHash: round.sessionHash ?? visitor.sessionHash }, settings, told)
      : linkAccount(tx, practice, visitor, round.link, told)
  })
  if (outcome.kind === 'refused' || outcome.kind === 'not-linked') await noteRefusal(practice, visitor, outcome.kind)
  return { ...outcome, isLinking }
}

interface Known {
  readonly kind: 'known'
  /** issuer and subject: a subject says nothing without its issuer */
  readonly subject: string
  readonly rpps?: string
}

async function askProvider(
  practice: OpenPractice,
  visitor: Visitor,
  settings: OidcSettings,
  round: Round,
  search: string,
): Promise<Known | { readonly kind: 'refused' | 'weak' | 'unavailable' }> {
  let configuration: Configuration
  try {
    configuration = await knownProvider(practice, settings)
  } catch {
    return { kind: 'unavailable' }
  }
  try {
    const tokens = await authorizationCodeGrant(configuration, new URL(search, redirectUriOf(settings)), {
      pkceCodeVerifier: round.verifier,
      expectedState: round.state,
      expectedNonce: round.nonce,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (claims === undefined) throw new SignInRefusedError('no ID token')
    const subject = `${claims.iss} ${claims.sub}`
    if (settings.preset === 'generic') return { kind: 'known', subject }
    if (!isStrongEnough(claims.acr)) {
      await noteRefusal(practice, visitor, 'acr')
      return { kind: 'weak' }
    }
    const professional = professionalOf(await fetchUserInfo(configuration, tokens.access_token, claims.sub))
    if (professional.kind === 'dental-surgeon') return { kind: 'known', subject, rpps: professional.rpps }
    await noteRefusal(practice, visitor, professional.why)
  } catch (error) {
    // The code only: what a provider writes about somebody stays out of the journal.
    await noteRefusal(practice, visitor, (error as { code?: string }).code ?? 'protocol')
  }
  return { kind: 'refused' }
}

async function signIn(
  tx: Tx,
  practice: OpenPractice,
  visitor: Visitor,
  settings: OidcSettings,
  known: Known,
): Promise<OidcOutcome> {
  const account = (await findLinked(tx, practice, known)) ?? (await linkByRpps(tx, practice, visitor, settings, known))
  if (account === undefined) return { kind: 'not-linked' }
  if (!(await isUnchanged(tx, practice, account)) || !(await isSamePractitioner(tx, practice, account, known)))
    return { kind: 'refused' }
  const isTwoFactors = settings.preset === 'pro-sante-connect' || settings.countsAsTwoFactors
  const result = isTwoFactors
    ? await complete(tx, practice, visitor, account, 'oidc', false)
    : await goOn(tx, practice, visitor, account, 'oidc')
  return { kind: 'signed-in', result }
}

async function linkAccount(
  tx: Tx,
  practice: OpenPractice,
  visitor: Visitor,
  link: NonNullable<Round['link']>,
  known: Known,
): Promise<OidcOutcome> {
  const session = await tx
    .selectFrom('session')
    .select('id')
    .where('practice_id', '=', practice.id)
    .where('id', '=', link.sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  const account = await findAccount(tx, practice, link.accountId)
  const taken = await findLinked(tx, practice, known)
  if (session === undefined || account?.state !== 'active') return { kind: 'expired' }
  if (taken !== undefined && taken.id !== account.id) return { kind: 'refused' }
  if (!(await isSamePractitioner(tx, practice, account, known))) return { kind: 'refused' }
  await writeLink(tx, practice, visitor, account, known, 'account')
  return { kind: 'linked' }
}

/** Exactly one active account, whose practitioner has the number, and which is nobody else yet. */
async function linkByRpps(
  tx: Tx,
  practice: OpenPractice,
  visitor: Visitor,
  settings: OidcSettings,
  known: Known,
): Promise<AccountRow | undefined> {
  if (!settings.linksByRpps || known.rpps === undefined) return undefined
  const found = await tx
    .selectFrom('account')
    .innerJoin('practitioner', 'practitioner.id', 'account.practitioner_id')
    .selectAll('account')
    .where('account.practice_id', '=', practice.id)
    .where('practitioner.rpps', '=', known.rpps)
    .where('account.state', '=', 'active')
    .execute()
  const [account] = found
  if (account === undefined || found.length !== 1 || account.oidc_subject !== null) return undefined
  await writeLink(tx, practice, visitor, account, known, 'rpps')
  return account
}

async function writeLink(
  tx: Tx,
  practice: OpenPractice,
  visitor: Visitor,
  account: AccountRow,
  known: Known,
  by: 'account' | 'rpps',
): Promise<void> {
  await update(tx, practice, account.id, { oidc_subject: known.subject })
  const actor: Actor = { accountId: account.id, role: account.role, address: visitor.address }
  await recordEvent(tx, practice.id, actor, practice.now(), {
    action: 'second-factor.added',
    subject: `account:${account.id}`,
    details: { kind: 'oidc', by },
  })
}

async function findLinked(tx: Tx, practice: OpenPractice, known: Known): Promise<AccountRow | undefined> {
  return tx
    .selectFrom('account')
    .selectAll()
    .where('practice_id', '=', practice.id)
    .where('oidc_subject', '=', known.subject)
    .executeTakeFirst()
}

/** Where both sides have an RPPS number, it is one. */
async function isSamePractitioner(tx: Tx, practice: OpenPractice, account: AccountRow, known: Known): Promise<boolean> {
  if (known.rpps === undefined || account.practitioner_id === null) return true
  const practitioner = await tx
    .selectFrom('practitioner')
    .select('rpps')
    .where('practice_id', '=', practice.id)
    .where('id', '=', account.practitioner_id)
    .executeTakeFirst()
  return (practitioner?.rpps ?? known.rpps) === known.rpps
}

async function noteRefusal(practice: OpenPractice, visitor: Visitor, why: string): Promise<void> {
  await refuse(practice, visitor, undefined, `oidc: ${why.slice(0, 60)}`).catch((error: unknown) => {
    if (!(error instanceof SignInRefusedError)) throw error
  })
}
