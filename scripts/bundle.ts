/**
 * Makes the bundle that `cli/bin/couronne.cjs` starts (cli/bin/bundle.cjs says what it is for). Set-up runs this; when it fails, the
 * sources run as they are.
 *
 * Dependencies stay outside: they are found in `node_modules` from there too. Each worker's entry file is an entry of the bundle.
 */
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type OutputFile, type Plugin } from 'esbuild'

interface BundleModule {
  readonly root: string
  readonly folder: string
  readonly manifestFile: string
  factsOf(file: string): string
}

const { root, folder, manifestFile, factsOf } = createRequire(import.meta.url)('../cli/bin/bundle.cjs') as BundleModule

const ENTRY = 'cli/src/main.ts'
const PACKAGES = ['vault', 'formats', 'practice', 'cli', 'samples']
/** A bundle that is no longer current may still be running: it loads parts of itself when they are first needed. */
const KEPT_MS = 30 * 24 * 3_600_000
const WORKER = /new URL\('(\.\/[^']+\.ts)', import\.meta\.url\)/g
const PLACES = new RegExp(`${WORKER.source}|import\\.meta\\.(?:url|dirname)`, 'g')

const workers = findWorkers()
const inputs: Record<string, string> = {}
const { outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: [{ in: ENTRY, out: 'main' }, ...workers.map((file) => ({ in: file, out: flatName(file) }))],
  outdir: join(folder, 'new'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'esnext',
  external: PACKAGES.flatMap(dependenciesOf),
  plugins: [knowingItsPlace()],
  write: false,
})
const outputs = Object.fromEntries(outputFiles.map((file) => [nameOf(file), file.contents.length]))
const name = writeOutput(outputFiles)
leave(currentName())
writeFileSync(`${manifestFile}.new`, JSON.stringify({ root, name, inputs, outputs }), { flush: true })
renameSync(`${manifestFile}.new`, manifestFile)
removeOld(name)

function findWorkers(): string[] {
  const sources = globSync(
    PACKAGES.map((each) => `${each}/src/**/*.ts`),
    { cwd: root, exclude: (file) => /\.(test|suite)\.ts$/.test(file) },
  )
  const files = sources.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(WORKER)].map(([, target = '']) => join(dirname(file), target))
  })
  return [...new Set(files)]
}

/** All files of a bundle stand in one folder. */
function flatName(file: string): string {
  return file.replace(/\.ts$/, '').replaceAll(/[/\\]/g, '-')
}

/** What a file says of its own place stays true; a worker is looked for in the bundle. Notes what was read, as it was before it was read. */
function knowingItsPlace(): Plugin {
  return {
    name: 'knowing-its-place',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative(root, path)
        if (file.startsWith('..'))
          throw new Error(`${path}: a source outside of this folder (are packages linked from elsewhere?)`)
        inputs[file] = factsOf(file)
        const contents = readFileSync(path, 'utf8').replaceAll(PLACES, (found, worker?: string) => {
          if (worker !== undefined) return `new URL('./${flatName(join(dirname(file), worker))}.js', import.meta.url)`
          return JSON.stringify(found === 'import.meta.url' ? pathToFileURL(path).href : dirname(path))
        })
        return { contents, loader: 'ts' }
      })
    },
  }
}

function dependenciesOf(name: string): string[] {
  const manifest = JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8')) as { dependencies?: Record<string, string> }
  return Object.keys(manifest.dependencies ?? {}).filter((each) => !each.startsWith('@couronne/'))
}

function nameOf({ path }: OutputFile): string {
  return relative(join(folder, 'new'), path)
}

/** Under the name of its content, whole or not at all. @returns that name */
function writeOutput(files: readonly OutputFile[]): string {
  const hash = createHash('sha256')
  for (const file of files) hash.update(nameOf(file)).update('\0').update(file.contents)
  const digest = hash.digest('hex').slice(0, 16)
  const place = join(folder, digest)
  if (isWhole(place, files)) return digest
  const unfinished = `${place}.${process.pid}`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  for (const file of files) writeFileSync(join(unfinished, nameOf(file)), file.contents, { flush: true })
  rmSync(place, { recursive: true, force: true }) // what a power cut has left of it
  renameSync(unfinished, place)
  return digest
}

function isWhole(place: string, files: readonly OutputFile[]): boolean {
  return files.every((file) => statSync(join(place, nameOf(file)), { throwIfNoEntry: false })?.size === file.contents.length)
}

function currentName(): string | undefined {
  try {
    return (JSON.parse(readFileSync(manifestFile, 'utf8')) as { name?: string }).name
  } catch {
    return undefined
  }
}

/** From now on its age counts: until now it was the one that is started. */
function leave(old: string | undefined): void {
  const now = new Date()
  if (old !== undefined && existsSync(join(folder, old))) utimesSync(join(folder, old), now, now)
}

function removeOld(current: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name !== current && Date.now() - statSync(path).mtimeMs > KEPT_MS)
      rmSync(path, { recursive: true, force: true })
  }
}
