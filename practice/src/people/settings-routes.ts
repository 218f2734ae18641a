/** Notices, and how the practice wants people to sign in. */
import { type Route, route } from '#http'
import { renewSecondFactorDues } from './accounts.ts'
import {
  changeOidcSettings,
  changeSignInSettings,
  getOidcSettings,
  getSignInSettings,
  listNotices,
  markNoticeSeen,
  removeOidcSettings,
} from './contract.ts'
import { listNoticesOf, markSeen } from './notices.ts'
import { discoverProvider } from './oidc.ts'
import { deleteOidcSettings, loadOidcSettings, prepareOidcSettings, saveOidcSettings, showOidcSettings } from './oidc-settings.ts'
import { requireRecentProof } from './sessions.ts'
import { loadSignInSettings, saveSignInSettings } from './sign-in-settings.ts'

export const settingsRoutes: readonly Route[] = [
  route(listNotices, async ({ practice, actor, query }) => ({
    notices: [...(await listNoticesOf(practice.db, practice, actor.accountId, query.which))],
  })),
  route(markNoticeSeen, async ({ practice, actor, params, record }) => {
    await practice.db.transaction().execute(async (tx) => {
      await markSeen(tx, practice, actor, params.noticeId)
      await record(tx, { subject: `notice:${params.noticeId}` })
    })
    return undefined
  }),

  route(getSignInSettings, ({ practice }) => loadSignInSettings(practice.db, practice.id)),
  route(changeSignInSettings, async ({ practice, actor, body, record }) => {
    await requireRecentProof(practice, actor)
    await practice.db.transaction().execute(async (tx) => {
      await saveSignInSettings(tx, practice, actor, body)
      await renewSecondFactorDues(tx, practice)
      const { secondFactorRoles, ...times } = body
      await record(tx, { subject: 'setting:sign-in', details: { ...times, secondFactorRoles } })
    })
    return body
  }),

  route(getOidcSettings, async ({ practice }) => {
    const settings = await loadOidcSettings(practice.db, practice.id)
    return settings === undefined ? {} : { oidc: showOidcSettings(settings) }
  }),
  route(changeOidcSettings, async ({ practice, actor, body, record }) => {
    await requireRecentProof(practice, actor)
    const before = await loadOidcSettings(practice.db, practice.id)
    const settings = prepareOidcSettings(practice, body, before)
    await discoverProvider(practice, settings)
    await practice.db.transaction().execute(async (tx) => {
      await saveOidcSettings(tx, practice, actor, settings, before)
      await record(tx, { subject: 'setting:oidc', details: { preset: settings.preset, linksByRpps: settings.linksByRpps } })
    })
    return showOidcSettings(settings)
  }),
  route(removeOidcSettings, async ({ practice, actor, record }) => {
    await requireRecentProof(practice, actor)
    await practice.db.transaction().execute(async (tx) => {
      await deleteOidcSettings(tx, practice)
      await record(tx, { subject: 'setting:oidc', details: { removed: true } })
    })
    return undefined
  }),
]
