/** For tests: a folder with everything that a file system holds, and everything that can be seen of a folder. Needs root, as our test runs have. */
import { execFileSync } from 'node:child_process'
import { createCipheriv, createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { readNode } from '#files'

/** Entries of every kind, with names, modes, owners, times and attributes of every kind. */
export function makeManyKinds(folder: string): void {
  const sub = (...names: string[]) => join(folder, ...names)
  for (const name of ['empty', 'links', 'modes', 'names', 'deep/er/still', 'attributes', 'sizes'])
    mkdirSync(sub(name), { recursive: true })
  for (const name of ['été «x».txt', 'e\u0301.txt', 'tab\tline\n', '-dash', ' ', "it's", '日本語', '*?[x]', 'a'.repeat(255)]) {
    writeFileSync(sub('names', name), name)
  }
  writeFileSync(Buffer.concat([Buffer.from(sub('names', 'lat')), Buffer.from([0xe9, 0x6e])]), 'latin')
  for (const mode of [0, 0o400, 0o4755, 0o2755, 0o7777]) {
    writeFileSync(sub('modes', mode.toString(8)), '')
    chmodSync(sub('modes', mode.toString(8)), mode)
  }
  mkdirSync(sub('modes', 'sticky'))
  chmodSync(sub('modes', 'sticky'), 0o1777)
  for (const bytes of [0, 1, 4096, 524_288, 1_500_000]) writeFileSync(sub('sizes', `${bytes}`), pseudoRandom(bytes))
  truncateSync(sub('sizes', '0'), 0)
  writeFileSync(sub('sizes', 'holes'), 'start')
  truncateSync(sub('sizes', 'holes'), 3_000_000)
  makeLinks(sub('links'))
  execFileSync('mkfifo', ['-m', '640', sub('fifo')])
  execFileSync('mknod', [sub('block'), 'b', '259', '300000'])
  execFileSync('mknod', [sub('character'), 'c', '1', '3'])
  writeFileSync(sub('attributes', 'file'), 'x')
  execFileSync('setfattr', ['-n', 'user.été', '-v', '0sAP8K', sub('attributes', 'file')])
  execFileSync('setfattr', ['-n', 'trusted.long', '-v', 'x'.repeat(2000), sub('attributes', 'file')])
  execFileSync('setfattr', ['-n', 'user.folder', '-v', 'f', sub('attributes')])
  execFileSync('setfacl', ['-m', 'u:1234:rw', sub('attributes', 'file')])
  writeFileSync(sub('owned'), 'o')
  chownSync(sub('owned'), 4_000_000_000, 3_000_000_000)
  chownSync(sub('deep'), 12, 34)
  execFileSync('touch', ['-d', '1969-12-31 23:59:58.000000001 UTC', sub('owned')])
  execFileSync('touch', ['-d', '2024-03-01 10:00:00.123456789 UTC', sub('sizes', '1')])
  execFileSync('touch', ['-d', '2031-01-01 00:00:00.5 UTC', sub('deep', 'er')])
}

function makeLinks(folder: string): void {
  writeFileSync(join(folder, 'one'), 'linked')
  linkSync(join(folder, 'one'), join(folder, 'two'))
  linkSync(join(folder, 'one'), join(folder, '..', 'deep', 'three'))
  symlinkSync('one', join(folder, 'good'))
  symlinkSync('../../nowhere/é', join(folder, 'dangling'))
  symlinkSync('/', join(folder, 'root'))
  symlinkSync(Buffer.from('lat\xe9n', 'latin1'), join(folder, 'bytes'))
  lchownSync(join(folder, 'good'), 7, 8)
  lutimesSync(join(folder, 'good'), 1_000_000_000, 1_000_000_000)
}

/** The same for the same length and seed; does not compress. */
export function pseudoRandom(bytes: number, seed = 'seed'): Buffer {
  const key = createHash('sha256').update(seed).digest()
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes))
}

/** One line for each entry below a folder (the folder itself not): everything that a restore must bring back. */
export function factsOf(folder: string): string[] {
  const first = new Map<string, string>()
  const root = Buffer.from(folder)
  const lines: string[] = []
  const visit = (path: Buffer, shown: string) => {
    const stat = lstatSync(path, { bigint: true })
    const node = readNode(path, { stat })
    const key = `${stat.dev}/${stat.ino}`
    const same = first.get(key)
    if (same === undefined) first.set(key, shown)
    const facts = [
      shown,
      node.type,
      stat.mode.toString(8),
      `${stat.uid}:${stat.gid}`,
      stat.mtimeNs,
      ...(stat.isFile() ? [stat.size, createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)] : []),
      ...(node.linktarget === undefined ? [] : [Buffer.from(node.linktarget).toString('latin1')]),
      ...(node.device === 0n ? [] : [node.device]),
      ...(same === undefined ? [] : [`= ${same}`]),
      ...node.xattrs.map(({ name, value }) => `${name}=${value?.toBase64()}`).sort(),
    ]
    lines.push(facts.join(' '))
    if (stat.isDirectory()) list(path, shown)
  }
  const list = (path: Buffer, shown: string) => {
    for (const name of readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare)) {
      visit(Buffer.concat([path, Buffer.from('/'), name]), `${shown}/${name.toString('latin1')}`)
    }
  }
  list(root, '')
  return lines
}
