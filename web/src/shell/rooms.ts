/** The rooms of the navigation, and what a role needs to enter each. */
import type { Permission } from '@couronne/practice/contract'

export const ROOMS = [
  { name: 'home', to: '/', needs: ['self'] },
  { name: 'patients', to: '/patients', needs: ['patients.read'] },
  { name: 'agenda', to: '/agenda', needs: ['patients.read'] },
  { name: 'images', to: '/images/tray', needs: ['documents.read'] },
  { name: 'completeness', to: '/completeness', needs: ['care.read'] },
  { name: 'imports', to: '/imports', needs: ['imports'] },
  { name: 'people', to: '/people', needs: ['people.read'] },
  { name: 'journal', to: '/journal', needs: ['journal.read', 'journal.patients'] },
  { name: 'settings', to: '/settings', needs: ['practice.read'] },
] as const satisfies readonly { readonly name: string; readonly to: string; readonly needs: readonly Permission[] }[]

export type RoomName = (typeof ROOMS)[number]['name']
