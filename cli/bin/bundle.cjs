'use strict'
/**
 * The bundle: the program in a few dozen files instead of three hundred, made at set-up (`scripts/bundle.ts`), so that a small verb starts
 * in two thirds of the time. It is used as long as it was made of the very files that are there; else the sources run
 * (docs/decisions/0020-a-bundle-made-at-set-up.md).
 */
const { readFileSync, statSync } = require('node:fs')
const path = require('node:path')

const root = path.join(__dirname, '../..')
const folder = path.join(root, '.cache', 'bundle')
/**
 * `{ root, name, inputs, outputs }`: the repository's place, the folder of the bundle, size and time of each file that it was made of, and
 * the size of each file that it has.
 */
const manifestFile = path.join(folder, 'bundle.json')

/** The bundle's entry file; undefined when there is none that is up to date. */
function findBundle() {
  try {
    const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'))
    const place = path.join(folder, manifest.name)
    const isFresh = manifest.root === root && Object.entries(manifest.inputs).every(([file, facts]) => factsOf(file) === facts)
    return isFresh && isWhole(place, manifest.outputs) ? path.join(place, 'main.js') : undefined
  } catch {
    return undefined
  }
}

/** Whether a bundle's files are there: a power cut may have left them empty. */
function isWhole(place, outputs) {
  return Object.entries(outputs).every(([file, size]) => statSync(path.join(place, file)).size === size)
}

/** @param file relative to the root */
function factsOf(file) {
  const { size, mtimeMs } = statSync(path.join(root, file))
  return `${size} ${mtimeMs}`
}

module.exports = { root, folder, manifestFile, findBundle, factsOf }
