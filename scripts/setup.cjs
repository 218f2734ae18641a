'use strict'
/**
 * Brings `node_modules` in line with the lock file: the set-up behind `npm start`, `npm test` and `npm run setup`.
 *
 * Runs on the system's own Node (20 or later) before anything is installed, hence plain CommonJS without dependencies. It installs with
 * `npm ci --ignore-scripts`, which brings the pinned Node 26 along, when the stamp in `node_modules` is not that of this lock file and
 * platform. `npm ci` removes the stamp with everything else, so that an interrupted set-up is done again. The kernels are committed, and
 * a test rebuilds them. Then the bundle and the web pages are made, when those which are there are not of these sources.
 *
 * Two at once: the second waits for the first, and goes on by itself when the first died.
 */
const { spawn, spawnSync } = require('node:child_process')
const { createHash, randomUUID } = require('node:crypto')
const fs = require('node:fs')
const { hostname } = require('node:os')
const path = require('node:path')
const { findBundle } = require('../cli/bin/bundle.cjs')
const { isBuilt } = require('../web/built.cjs')

const NODE_MAJOR_MIN = 20
const PINNED_MAJOR = 26
const HEARTBEAT_MS = 2_000
const SILENCE_MS_MAX = 60_000
const POLL_MS = 200

const root = path.join(__dirname, '..')
const modules = path.join(root, 'node_modules')
const bundler = path.join(__dirname, 'bundle.ts')
const webBuilder = path.join(__dirname, 'build-web.ts')
const stampFile = path.join(modules, '.setup-stamp')
const lockFolder = path.join(root, '.cache')
const lockFile = path.join(lockFolder, 'setup.lock')
const breakerFile = `${lockFile}.breaker`

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error)
    process.exit(1)
  },
)

async function main() {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN) {
    return fail(
      `Node ${NODE_MAJOR_MIN} ou plus récent est nécessaire (ici : ${process.version}). Installez-le, puis recommencez.`,
      `Node ${NODE_MAJOR_MIN} or later is needed (this is ${process.version}). Install it, then try again.`,
    )
  }
  const stamp = stampOf()
  if (isDone(stamp) && ((findBundle() !== undefined && isBuilt()) || !mayWrite())) return 0
  const token = await takeLock()
  try {
    // Somebody else may have done it while we waited.
    const code = isDone(stamp) ? 0 : await install(stamp)
    if (code === 0 && findBundle() === undefined) makeBundle()
    if (code === 0 && !isBuilt()) makeWebPages()
    return code
  } finally {
    releaseLock(token)
  }
}

/** Whoever uses what somebody else has installed cannot make a bundle, and needs none. */
function mayWrite() {
  try {
    fs.mkdirSync(lockFolder, { recursive: true })
    fs.accessSync(lockFolder, fs.constants.W_OK)
    return true
  } catch {
    return false
  }
}

/** Everything works without it, a little slower: that is said, and no reason to stop. */
function makeBundle() {
  if (runNode(bundler)) return
  console.error('Couronne : le paquet n’a pas pu être fait ; tout marche, mais démarre plus lentement.')
  console.error('Couronne: the bundle could not be made; everything works, but starts more slowly.')
}

/** The command line works without them; `couronne serve` has no pages to show, or those of before. */
function makeWebPages() {
  if (runNode(webBuilder)) return
  console.error('Couronne : les pages web n’ont pas pu être faites ; la ligne de commande marche sans elles.')
  console.error('Couronne: the web pages could not be made; the command line works without them.')
}

/** On the pinned Node. @returns whether it went well; if not, why is shown */
function runNode(script) {
  const node = existing(pinnedNode()) ?? 'node'
  const { status, stderr, error } = spawnSync(node, [script], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status !== 0) console.error(error?.message ?? stderr)
  return status === 0
}

/** What `node_modules` was made from: the lock file, the manifests of the workspaces are in it, and the platform. */
function stampOf() {
  const lock = fs.readFileSync(path.join(root, 'package-lock.json'))
  return createHash('sha256').update(lock).update(`\n${process.platform}-${process.arch}\n`).digest('hex')
}

function isDone(stamp) {
  try {
    return fs.readFileSync(stampFile, 'utf8') === stamp
  } catch {
    return false
  }
}

async function install(stamp) {
  if (process.platform === 'win32' && process.execPath.startsWith(modules)) {
    // Windows cannot replace a program that runs, and inside npm that program is the pinned Node itself.
    return fail('Lancez : node scripts\\setup.cjs', 'Run: node scripts\\setup.cjs')
  }
  console.error('Couronne : installation des dépendances et de Node 26 (environ une minute la première fois).')
  console.error('Couronne: installing the dependencies and Node 26 (about a minute the first time).')
  const { code, interrupted, output } = await npmCi()
  if (interrupted) return 130
  if (code !== 0) return explain(output)
  if (!hasNode()) {
    return fail(
      `Aucun Node ${PINNED_MAJOR} pour ${process.platform}-${process.arch} : installez Node ${PINNED_MAJOR} ou plus récent vous-même.`,
      `There is no pinned Node ${PINNED_MAJOR} for ${process.platform}-${process.arch}: install Node ${PINNED_MAJOR} or later yourself.`,
    )
  }
  fs.writeFileSync(`${stampFile}.new`, stamp)
  fs.renameSync(`${stampFile}.new`, stampFile)
  console.error('Couronne : prêt. / Couronne: ready.')
  return 0
}

/** Runs `npm ci` with the npm that called us, else with the one on the path. Its messages are shown and kept. */
function npmCi() {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
  args.push('--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000')
  const npm = process.env.npm_execpath
  const throughNode = npm !== undefined && /\.c?js$/.test(npm)
  const child = throughNode
    ? spawn(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
  noteInLock({ child: child.pid })
  let output = ''
  const keep = (chunk) => {
    output += chunk
    process.stderr.write(chunk)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const heartbeat = setInterval(touchLock, HEARTBEAT_MS)
  let interrupted = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      interrupted = true
      child.kill(signal)
    })
  }
  return new Promise((resolve) => {
    const end = (code, signal) => {
      clearInterval(heartbeat)
      resolve({ code, interrupted: interrupted || signal !== null, output })
    }
    child.on('error', (error) => {
      output += String(error)
      end(1, null)
    })
    child.on('close', end)
  })
}

function explain(output) {
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENOTCACHED/.test(output)
  ) {
    return fail(
      'Le registre npm ne répond pas. La première installation a besoin du réseau : vérifiez la connexion ou le mandataire (proxy), puis recommencez.',
      'The npm registry does not answer. The first set-up needs the network: check the connection or the proxy, then try again.',
    )
  }
  if (/ENOSPC/.test(output)) {
    return fail('Le disque est plein : il faut environ 700 Mo libres.', 'The disk is full: about 700 MB must be free.')
  }
  if (/ENOENT/.test(output) && /spawn npm/.test(output)) {
    return fail('npm est introuvable : installez-le (il accompagne Node).', 'npm was not found: install it (it comes with Node).')
  }
  return fail(
    'npm ci a échoué : voir ses messages ci-dessus, puis recommencez.',
    'npm ci failed: see its messages above, then try again.',
  )
}

function fail(french, english) {
  console.error(`Couronne : ${french}`)
  console.error(`Couronne: ${english}`)
  return 1
}

function hasNode() {
  if (existing(pinnedNode()) !== undefined) return true
  const found = spawnSync('node', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  return Number(/^v(\d+)/.exec(found.stdout || '')?.[1] ?? 0) >= PINNED_MAJOR
}

function pinnedNode() {
  return path.join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
}

function existing(file) {
  return fs.existsSync(file) ? file : undefined
}

// The lock: a file with the holder's process ids. A holder whose processes are gone, or that has not touched the file for a minute
// of ours (another machine on a shared disk, a process id that was given anew), is dead.

async function takeLock() {
  fs.mkdirSync(lockFolder, { recursive: true })
  const token = randomUUID()
  const mine = { token, host: hostname(), pids: [process.pid] }
  let told = false
  let seen = { text: '', touched: 0, since: 0 }
  for (;;) {
    if (createLock(mine)) return token
    const lock = readLock()
    if (lock === undefined) continue
    const now = performance.now()
    if (lock.text !== seen.text || lock.touched !== seen.touched) seen = { text: lock.text, touched: lock.touched, since: now }
    if (isDead(lock, now - seen.since)) {
      breakLock(lock.text)
      continue
    }
    if (!told) {
      console.error('Couronne : une autre installation est en cours ici, attente… / another set-up is running here, waiting…')
      told = true
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

function createLock(content) {
  try {
    fs.writeFileSync(lockFile, JSON.stringify(content), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function readLock() {
  try {
    return { text: fs.readFileSync(lockFile, 'utf8'), touched: fs.statSync(lockFile).mtimeMs }
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

function isDead(lock, silentMs) {
  if (silentMs > SILENCE_MS_MAX) return true
  let holder
  try {
    holder = JSON.parse(lock.text)
  } catch {
    return silentMs > 5_000 // created, and its writer died before it wrote
  }
  return holder.host === hostname() && !holder.pids.some(isAlive)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Removes a dead holder's lock. The breaker makes sure that of several who saw it dead only one does, and that it still is that lock. */
function breakLock(text) {
  try {
    fs.writeFileSync(breakerFile, String(process.pid), { flag: 'wx' })
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    if (Date.now() - (fs.statSync(breakerFile, { throwIfNoEntry: false })?.mtimeMs ?? 0) > 10_000)
      fs.rmSync(breakerFile, { force: true })
    return
  }
  try {
    if (readLock()?.text === text) fs.rmSync(lockFile, { force: true })
  } finally {
    fs.rmSync(breakerFile, { force: true })
  }
}

/** Adds npm's process to the lock: when we are killed and it is not, the next one waits for it. */
function noteInLock({ child }) {
  const lock = readLock()
  if (lock === undefined || child === undefined) return
  const content = JSON.parse(lock.text)
  fs.writeFileSync(`${lockFile}.new`, JSON.stringify({ ...content, pids: [...content.pids, child] }))
  fs.renameSync(`${lockFile}.new`, lockFile)
}

function touchLock() {
  try {
    const now = new Date()
    fs.utimesSync(lockFile, now, now)
  } catch {
    // somebody removed it by hand: the set-up goes on
  }
}

function releaseLock(token) {
  const lock = readLock()
  if (lock?.text.includes(token)) fs.rmSync(lockFile, { force: true })
}
