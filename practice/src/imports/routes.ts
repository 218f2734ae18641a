/** The routes of imports. */
import type { Route } from '#http'
import { duplicateRoutes } from './duplicate-routes.ts'
import type { Places } from './places.ts'
import { makeRunRoutes } from './run-routes.ts'
import { makeSourceRoutes } from './source-routes.ts'

export function makeImportRoutes(places: Places): readonly Route[] {
  return [...makeSourceRoutes(places), ...makeRunRoutes(places), ...duplicateRoutes]
}
