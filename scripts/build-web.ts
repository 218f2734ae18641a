/**
 * Builds the web pages into `web/dist`, beside and then in place, with a compressed copy of each file, and notes of which sources they were
 * made (`web/built.cjs`). Set-up runs this when a source is another.
 */
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import { build, type Rolldown } from 'vite'

interface BuiltModule {
  readonly root: string
  readonly folder: string
  readonly manifestFile: string
  factsOf(file: string): string
}

const { root, folder, manifestFile, factsOf } = createRequire(import.meta.url)('../web/built.cjs') as BuiltModule

/** What no module names. */
const BESIDE = [
  'web/index.html',
  'web/vite.config.ts',
  'web/theme-css.ts',
  'web/package.json',
  'package-lock.json',
  'scripts/build-web.ts',
  'web/no-node.ts',
]
/** Modules of workers, which are built apart. */
const IN_WORKERS = globSync('web/src/images/dicom/*.ts', { cwd: root, exclude: (name) => name.endsWith('.test.ts') })
const COMPRESSIBLE = /\.(js|css|html|svg|wasm)$/
/** Nine parts in ten of what the highest level gains, in a tenth of its time. */
const BROTLI_LEVEL = 9

const unfinished = `${folder}.${process.pid}`
try {
  const { output } = (await build({
    root: join(root, 'web'),
    logLevel: 'warn',
    build: { outDir: unfinished, emptyOutDir: true },
  })) as Rolldown.RolldownOutput
  const sources = output.flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []))
  const inputs = Object.fromEntries(
    [...new Set([...BESIDE, ...IN_WORKERS, ...stylesOf(root), ...sources.flatMap(ours)])].map((file) => [file, factsOf(file)]),
  )
  compress(unfinished)
  const outputs = Object.fromEntries(filesIn(unfinished).map((file) => [file, statSync(join(unfinished, file)).size]))
  rmSync(folder, { recursive: true, force: true })
  renameSync(unfinished, folder)
  mkdirSync(dirname(manifestFile), { recursive: true })
  writeFileSync(`${manifestFile}.new`, JSON.stringify({ inputs, outputs }), { flush: true })
  renameSync(`${manifestFile}.new`, manifestFile)
} finally {
  rmSync(unfinished, { recursive: true, force: true })
}

/** A module of this repository, relative to its root; not what the registry brings: the lock file stands for it. */
function ours(id: string): string[] {
  const file = relative(root, id.split('?', 1)[0] as string)
  const isOurs = !file.startsWith('..') && !file.includes('\0') && !file.split(sep).includes('node_modules')
  return isOurs && statSync(join(root, file), { throwIfNoEntry: false })?.isFile() === true ? [file] : []
}

/** Style sheets and pictures are merged away before the list of modules is made. */
function stylesOf(from: string): string[] {
  return globSync('web/src/**/*.{css,svg}', { cwd: from })
}

function filesIn(place: string): string[] {
  return globSync('**/*', { cwd: place }).filter((file) => statSync(join(place, file)).isFile())
}

function compress(place: string): void {
  for (const file of filesIn(place).filter((name) => COMPRESSIBLE.test(name))) {
    const packed = brotliCompressSync(readFileSync(join(place, file)), {
      params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_LEVEL, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
    })
    writeFileSync(join(place, `${file}.br`), packed)
  }
}
