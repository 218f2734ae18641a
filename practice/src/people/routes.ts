/** All routes of the room. */
import type { Route } from '#http'
import type { OpenPractice } from '#open-practice'
import { meRoutes } from './me-routes.ts'
import { peopleRoutes } from './people-routes.ts'
import { sessionRoutes } from './session-routes.ts'
import { settingsRoutes } from './settings-routes.ts'
import { type SampleAccount, signInRoutes } from './sign-in-routes.ts'

/**
 * @param practice the one that is open. @throws what it throws while none is, through every route
 * @param sampleAccounts of a sample practice, told at its sign-in
 */
export function makePeopleRoutes(practice: () => OpenPractice, sampleAccounts: readonly SampleAccount[] = []): readonly Route[] {
  return [...signInRoutes(practice, sampleAccounts), ...sessionRoutes, ...meRoutes, ...peopleRoutes, ...settingsRoutes]
}
