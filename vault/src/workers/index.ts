/** Worker threads that take jobs. Knows nothing of repositories. */
export { WorkerPool, workerCount } from './pool.ts'
export { answerJobs, emitEvent } from './serve.ts'
