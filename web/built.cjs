'use strict'
/**
 * Whether the built pages in `web/dist` are of these sources: set-up builds them anew when they are not (`scripts/build-web.ts`). Asking for
 * two hundred files' facts takes a millisecond.
 */
const { readFileSync, statSync } = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '..')
const folder = path.join(__dirname, 'dist')
/** `{ inputs, outputs }`: size and time of each source, and the size of each file that was made of them. */
const manifestFile = path.join(root, '.cache', 'web.json')

function isBuilt() {
  try {
    const { inputs, outputs } = JSON.parse(readFileSync(manifestFile, 'utf8'))
    return (
      Object.entries(inputs).every(([file, facts]) => factsOf(file) === facts) &&
      Object.entries(outputs).every(([file, size]) => statSync(path.join(folder, file)).size === size)
    )
  } catch {
    return false
  }
}

/** @param file relative to the root */
function factsOf(file) {
  const { size, mtimeMs } = statSync(path.join(root, file))
  return `${size} ${mtimeMs}`
}

module.exports = { root, folder, manifestFile, isBuilt, factsOf }
