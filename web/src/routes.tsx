/** Every page and its address, in code; each is loaded when it is first opened. */
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { Problem, setStanding } from '#api'
import { parseTray, parseViewer } from '#images/addresses'
import { parseStep } from '#imports/addresses'
import { parseAgenda, parseDuplicates, parseView } from '#patients/addresses'
import { installationQuery, sessionQuery } from '#session'
import { Outside } from '#shell'
import { Inside } from './inside.tsx'
import { CrashedPage, LostPage } from './lost.tsx'

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Outlet,
  errorComponent: CrashedPage,
  notFoundComponent: LostPage,
})

const outside = createRoute({
  getParentRoute: () => root,
  id: 'outside',
  component: () => (
    <Outside>
      <Outlet />
    </Outside>
  ),
})

const welcome = createRoute({
  getParentRoute: () => outside,
  path: '/welcome',
  beforeLoad: ({ context }) => onlyWhen('empty', context.queries),
  component: lazyRouteComponent(() => import('#installation'), 'WelcomePage'),
})

const setUp = createRoute({
  getParentRoute: () => outside,
  path: '/set-up',
  beforeLoad: ({ context }) => onlyForNewPractice(context.queries),
  component: lazyRouteComponent(() => import('#installation'), 'SetUpPage'),
})

const unseal = createRoute({
  getParentRoute: () => outside,
  path: '/unseal',
  beforeLoad: ({ context }) => onlyWhen('sealed', context.queries),
  component: lazyRouteComponent(() => import('#installation'), 'UnsealPage'),
})

const signIn = createRoute({
  getParentRoute: () => outside,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { from?: string; oidc?: string } => ({
    ...(typeof search.from === 'string' ? { from: search.from } : {}),
    ...(typeof search.oidc === 'string' ? { oidc: search.oidc } : {}),
  }),
  beforeLoad: ({ context }) => onlyWhen('open', context.queries),
  component: lazyRouteComponent(() => import('#session'), 'SignInPage'),
})

const invitation = createRoute({
  getParentRoute: () => outside,
  path: '/invitation',
  beforeLoad: ({ context }) => onlyWhen('open', context.queries),
  component: lazyRouteComponent(() => import('#people'), 'InvitationPage'),
})

/** Needs nobody signed in and no answer of the server. */
const attack = createRoute({
  getParentRoute: () => outside,
  path: '/attack',
  component: lazyRouteComponent(() => import('#incidents'), 'AttackPage'),
})

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ context: { queries }, location }) => {
    await onlyWhen('open', queries)
    try {
      const session = await queries.ensureQueryData(sessionQuery)
      if (session.isLocked) setStanding({ isLocked: true })
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'not-signed-in') throw error
      throw redirect({ to: '/sign-in', search: location.pathname === '/' ? {} : { from: location.href } })
    }
  },
  component: Inside,
})

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('./home.tsx'), 'HomePage'),
})

const patients = createRoute({
  getParentRoute: () => inside,
  path: '/patients',
  validateSearch: (search: Record<string, unknown>): { q?: string } => (typeof search.q === 'string' ? { q: search.q } : {}),
  component: lazyRouteComponent(() => import('#patients'), 'PatientsPage'),
})

const duplicates = createRoute({
  getParentRoute: () => inside,
  path: '/duplicates',
  validateSearch: parseDuplicates,
  component: lazyRouteComponent(() => import('#patients'), 'DuplicatesPage'),
})

const duplicate = createRoute({
  getParentRoute: () => inside,
  path: '/duplicates/$oneId/$otherId',
  component: lazyRouteComponent(() => import('#patients'), 'DuplicatePage'),
})

const newPatient = createRoute({
  getParentRoute: () => inside,
  path: '/patients/new',
  component: lazyRouteComponent(() => import('#patients'), 'NewPatientPage'),
})

const record = createRoute({
  getParentRoute: () => inside,
  path: '/patients/$patientId',
  validateSearch: parseView,
  component: lazyRouteComponent(() => import('#patients'), 'RecordPage'),
})

const paper = createRoute({
  getParentRoute: () => inside,
  path: '/patients/$patientId/print/$entryId',
  component: lazyRouteComponent(() => import('#patients'), 'PaperPage'),
})

const agenda = createRoute({
  getParentRoute: () => inside,
  path: '/agenda',
  validateSearch: parseAgenda,
  component: lazyRouteComponent(() => import('#patients'), 'AgendaPage'),
})

const viewer = createRoute({
  getParentRoute: () => inside,
  path: '/patients/$patientId/viewer',
  validateSearch: parseViewer,
  component: lazyRouteComponent(() => import('#images'), 'ViewerPage'),
})

const tray = createRoute({
  getParentRoute: () => inside,
  path: '/images/tray',
  validateSearch: parseTray,
  component: lazyRouteComponent(() => import('#images'), 'TrayPage'),
})

const trayStudy = createRoute({
  getParentRoute: () => inside,
  path: '/images/tray/$studyId',
  component: lazyRouteComponent(() => import('#images'), 'TrayStudyPage'),
})

const completeness = createRoute({
  getParentRoute: () => inside,
  path: '/completeness',
  validateSearch: (search: Record<string, unknown>): { rule?: string } =>
    typeof search.rule === 'string' ? { rule: search.rule } : {},
  component: lazyRouteComponent(() => import('#completeness'), 'CompletenessPage'),
})

const completenessRule = createRoute({
  getParentRoute: () => inside,
  path: '/completeness/rules/$ruleId',
  component: lazyRouteComponent(() => import('#completeness'), 'RulePage'),
})

const imports = createRoute({
  getParentRoute: () => inside,
  path: '/imports',
  component: lazyRouteComponent(() => import('#imports'), 'ImportsPage'),
})

const newImport = createRoute({
  getParentRoute: () => inside,
  path: '/imports/new',
  component: lazyRouteComponent(() => import('#imports'), 'NewImportPage'),
})

const importSource = createRoute({
  getParentRoute: () => inside,
  path: '/imports/$sourceId',
  validateSearch: parseStep,
  component: lazyRouteComponent(() => import('#imports'), 'ImportSourcePage'),
})

const importReport = createRoute({
  getParentRoute: () => inside,
  path: '/imports/$sourceId/runs/$runId',
  component: lazyRouteComponent(() => import('#imports'), 'ReportPage'),
})

const people = createRoute({
  getParentRoute: () => inside,
  path: '/people',
  component: lazyRouteComponent(() => import('#people'), 'PeoplePage'),
})

const person = createRoute({
  getParentRoute: () => inside,
  path: '/people/$accountId',
  component: lazyRouteComponent(() => import('#people'), 'PersonPage'),
})

const practitioner = createRoute({
  getParentRoute: () => inside,
  path: '/people/practitioners/$practitionerId',
  component: lazyRouteComponent(() => import('#people'), 'PractitionerPage'),
})

const account = createRoute({
  getParentRoute: () => inside,
  path: '/account',
  validateSearch: (search: Record<string, unknown>): { oidc?: string } =>
    typeof search.oidc === 'string' ? { oidc: search.oidc } : {},
  component: lazyRouteComponent(() => import('#people'), 'AccountPage'),
})

const journal = createRoute({
  getParentRoute: () => inside,
  path: '/journal',
  validateSearch: (search: Record<string, unknown>): { patient?: string } =>
    typeof search.patient === 'string' ? { patient: search.patient } : {},
  component: lazyRouteComponent(() => import('#journal'), 'JournalPage'),
})

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('#installation'), 'PracticeSettingsPage'),
})

const provider = createRoute({
  getParentRoute: () => inside,
  path: '/settings/provider',
  component: lazyRouteComponent(() => import('#installation'), 'ProviderSettingsPage'),
})

const reception = createRoute({
  getParentRoute: () => inside,
  path: '/settings/reception',
  component: lazyRouteComponent(() => import('#images'), 'ReceptionPage'),
})

const sealing = createRoute({
  getParentRoute: () => inside,
  path: '/settings/sealing',
  component: lazyRouteComponent(() => import('#installation'), 'SealingPage'),
})

const tree = root.addChildren([
  outside.addChildren([welcome, setUp, unseal, signIn, invitation, attack]),
  inside.addChildren([
    home,
    patients,
    duplicates,
    duplicate,
    newPatient,
    record,
    paper,
    viewer,
    agenda,
    tray,
    trayStudy,
    completeness,
    completenessRule,
    imports,
    newImport,
    importSource,
    importReport,
    people,
    person,
    practitioner,
    account,
    journal,
    settings,
    provider,
    reception,
    sealing,
  ]),
])

export function makeRouter(queries: QueryClient) {
  return createRouter({ routeTree: tree, context: { queries }, scrollRestoration: true, defaultPreload: false })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}

const DOORS = { empty: '/welcome', sealed: '/unseal', open: '/' } as const

/** Beside the sample practice one's own is set up; it takes its place. */
async function onlyForNewPractice(queries: QueryClient): Promise<void> {
  const { isSample } = await queries.ensureQueryData(installationQuery)
  if (!isSample) await onlyWhen('empty', queries)
}

/** Takes the reader to where this installation is. */
async function onlyWhen(state: keyof typeof DOORS, queries: QueryClient): Promise<void> {
  const installation = await queries.ensureQueryData(installationQuery)
  if (installation.state !== state) throw redirect({ to: DOORS[installation.state] })
}
