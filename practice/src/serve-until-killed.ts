/** For killed-writes.test.ts: the whole application, which says where it listens and is killed while it answers. */
import { startApp } from './app.ts'

const [folder = '', keyFolder = '', database] = process.argv.slice(2)
const { address } = await startApp({
  folder,
  keyFolder,
  host: '127.0.0.1',
  port: 0,
  version: '0',
  env: {},
  ...(database === undefined ? {} : { database }),
})
process.stdout.write(`${address}\n`)
