/**
 * Builds the WASM kernels from `vault/kernels` and writes them as base64 into `vault/src/format/kernels.wasm.ts`.
 * Run after a change there: `node scripts/build-kernels.ts`. A test rebuilds them and compares.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
/** Where they are committed, from the root. */
export const KERNELS_FILE = 'vault/src/format/kernels.wasm.ts'

/** The module's bytes, compiled afresh. */
export function buildKernels(): Uint8Array {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('assemblyscript/package.json')), 'bin/asc.js')
  const folder = mkdtempSync(join(tmpdir(), 'couronne-kernels-'))
  try {
    const out = join(folder, 'kernels.wasm')
    const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--enable', 'threads', '--importMemory']
    const memory = ['--sharedMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536']
    execFileSync(process.execPath, [compiler, 'vault/kernels/index.ts', ...flags, ...memory, '-o', out], {
      cwd: root,
      stdio: 'inherit',
    })
    return readFileSync(out)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The committed file's text for these bytes. */
export function printKernels(bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,120}/g) ?? []
  const literal = lines.map((line) => `  '${line}'`).join(' +\n')
  return `// Made by scripts/build-kernels.ts from vault/kernels; do not edit. ${bytes.length} bytes.\nexport const KERNELS_BASE64: string =\n${literal}\n`
}

if (import.meta.main) {
  const bytes = buildKernels()
  writeFileSync(join(root, KERNELS_FILE), printKernels(bytes))
  console.log(`${KERNELS_FILE}: ${bytes.length} bytes`)
}
