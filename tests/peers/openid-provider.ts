/** A real OpenID Connect provider (`oidc-provider`) on loopback, at which anybody signs in by asking. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export interface ProviderOptions {
  /** what the ID token says of how somebody signed in; absent: nothing */
  readonly acr?: string
  /** what `/userinfo` says of somebody, beside `sub` */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly idTokenSeconds?: number
  readonly redirectUri: string
}

export interface TestProvider extends AsyncDisposable {
  readonly issuer: string
  /** who the next browsers are; undefined: they would rather not say */
  signsIn: (subject: string | undefined) => void
  /** goes where a browser would go, signs in as `subject`, and gives the address to which the browser is sent back */
  readonly visit: (location: string, subject: string) => Promise<URL>
}

export const CLIENT = { id: 'couronne', secret: 'a secret of the client, long enough' }
const HOPS_MAX = 10

/** What Pro Santé Connect says of a dental surgeon with this RPPS number. */
export function dentalSurgeon(rpps: string, profession = '40'): Record<string, unknown> {
  return {
    SubjectNameID: `8${rpps}`,
    preferred_username: `8${rpps}`,
    SubjectRefPro: {
      codeCivilite: 'MME',
      exercices: [{ codeProfession: profession, codeCategorieProfessionnelle: 'C', activities: [] }],
    },
    otherIds: [{ identifiant: `8${rpps}`, origine: 'RPPS', qualite: 1 }],
  }
}

export async function startProvider(options: ProviderOptions): Promise<TestProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let subject: string | undefined
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [options.redirectUri],
        grant_types: ['authorization_code'],
      },
    ],
    acrValues: ['eidas1', 'eidas2', 'password'],
    scopes: ['openid', 'scope_all'],
    claims: { openid: ['sub'], scope_all: Object.keys(options.claims ?? {}) },
    cookies: { keys: ['for tests only'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    ttl: {
      IdToken: () => options.idTokenSeconds ?? 600,
      AccessToken: 600,
      AuthorizationCode: 60,
      Session: 600,
      Interaction: 600,
      Grant: 600,
    },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, ...options.claims }) }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client?.clientId ?? '',
        accountId: context.oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid scope_all')
      await grant.save()
      return grant
    },
  })
  const handle = provider.callback()
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) {
      const answer =
        subject === undefined
          ? { error: 'access_denied' }
          : { login: { accountId: subject, ...(options.acr === undefined ? {} : { acr: options.acr }) } }
      void provider.interactionFinished(request, response, answer, { mergeWithLastSubmission: false })
      return
    }
    request.url = request.url?.replace('/.well-known/wallet-openid-configuration', '/.well-known/openid-configuration')
    void handle(request, response)
  })
  return {
    issuer,
    signsIn: (who) => {
      subject = who
    },
    visit: async (location, who) => {
      subject = who
      return follow(location, issuer)
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** As a browser does, cookies too, until the address is another's. */
async function follow(location: string, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>()
  let url = new URL(location)
  for (let hop = 0; hop < HOPS_MAX; hop++) {
    if (url.origin !== issuer) return url
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie } })
    for (const each of reply.headers.getSetCookie()) {
      const [pair = ''] = each.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    const next = reply.headers.get('location')
    if (next === null) throw new Error(`${url.pathname}: ${reply.status} ${(await reply.text()).slice(0, 500)}`)
    url = new URL(next, url)
  }
  throw new Error('too many redirections')
}
