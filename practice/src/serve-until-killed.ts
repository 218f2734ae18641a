/**
 * For tests: the whole application in a process of its own, with the options that are given as JSON; says where it listens, for images too,
 * and is killed while it answers.
 */
import { startApp } from './app.ts'

const { address, receptionPort } = await startApp({
  host: '127.0.0.1',
  port: 0,
  version: '0',
  env: {},
  ...JSON.parse(process.argv[2] ?? ''),
})
process.stdout.write(`${[address, ...(receptionPort() === undefined ? [] : [receptionPort()])].join(' ')}\n`)
