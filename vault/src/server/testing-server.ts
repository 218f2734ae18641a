/** A server in a process of its own, for tests that kill or trace it: `node testing-server.ts <folder>`; prints its address and number. */
import { serveRepositories } from './serve.ts'

const [folder = ''] = process.argv.slice(2)
const server = await serveRepositories({ folder, port: 0, log: (line) => console.error(JSON.stringify(line)) })
console.log(`${server.url} ${process.pid}`)
process.once('SIGTERM', () => void server.close())
