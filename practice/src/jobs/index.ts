/**
 * Jobs: work that takes longer than a request, as rows. Whoever runs one holds it by a lease; one whose server was killed is taken up again by
 * the next, and no two run one at once. Rooms say what their jobs do; nothing here knows what that is. Each begins and ends in the journal.
 */
export type { JobEnd, JobFacts, JobWork, RunningJob } from './job-kind.ts'
export { makeJobRoutes } from './routes.ts'
export { type JobsOptions, startJobs } from './start-jobs.ts'
export { findActive, insertJob, type NewJob } from './store.ts'
