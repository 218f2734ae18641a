/** People: one's own account, everybody's accounts, who practises here. */
export { AccountPage } from './account.tsx'
export { InvitationPage } from './invitation.tsx'
export { Notices } from './notices.tsx'
export { PeoplePage } from './people-page.tsx'
export { PersonPage } from './person-page.tsx'
export { PractitionerPage } from './practitioner-page.tsx'
export { peopleQuery, practitionersQuery } from './queries.ts'
