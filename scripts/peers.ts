/**
 * Fetches the peers that the system's own Debian release does not have in the wanted version: restic 0.18.0, rest-server 0.13.0
 * and SQLCipher 4.6.1, from Debian trixie. They are unpacked into a cache of ours; the system's package lists and its installed packages stay as they are.
 *
 *   node scripts/peers.ts
 *
 * The packages are checked by apt against Debian's archive keys. `<package>-<version>/origin.json` notes the hash of what was unpacked, and
 * a program that no longer has it is fetched again.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { peersFolder, TRIXIE_PEERS, type UnpackedPeer, unpackedProgram } from '../tests/peers/peers.ts'

const SUITE = 'trixie'
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

/** Makes sure that every peer is in the cache, whole. Does nothing, quickly, when they are. @throws when one cannot be had */
export function fetchPeers(say: (line: string) => void): void {
  const missing = TRIXIE_PEERS.filter((peer) => !isWhole(peer))
  if (missing.length === 0) return
  mkdirSync(peersFolder(), { recursive: true })
  const folder = mkdtempSync(join(peersFolder(), 'fetch-'))
  try {
    const options = privateAptOptions(folder)
    say(`fetching ${missing.map((peer) => `${peer.package} ${peer.version}`).join(', ')} from Debian ${SUITE}`)
    execFileSync('apt-get', [...options, '-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'] })
    for (const peer of missing) fetchPeer(peer, folder, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function fetchPeer(peer: UnpackedPeer, folder: string, options: readonly string[]): void {
  const downloads = join(folder, peer.package)
  const unpacked = join(folder, `${peer.package}-unpacked`)
  mkdirSync(downloads)
  execFileSync('apt-get', [...options, '-qq', 'download', peer.package, ...(peer.libraries ?? [])], {
    cwd: downloads,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const files = readdirSync(downloads).filter((name) => name.endsWith('.deb'))
  const file = files.find((name) => name.startsWith(`${peer.package}_`))
  if (file === undefined) throw new Error(`apt-get downloaded no package for ${peer.package}`)
  if (!file.startsWith(`${peer.package}_${peer.version}-`)) {
    throw new Error(
      `Debian ${SUITE} has ${file} where the tests expect ${peer.package} ${peer.version}: change tests/peers/peers.ts`,
    )
  }
  for (const name of files) execFileSync('dpkg-deb', ['-x', join(downloads, name), unpacked])
  const origin = { file, packageSha256: sha256(join(downloads, file)), programSha256: sha256(join(unpacked, peer.program)) }
  writeFileSync(join(unpacked, 'origin.json'), `${JSON.stringify(origin, null, 2)}\n`)
  const target = peerFolder(peer)
  rmSync(target, { recursive: true, force: true })
  renameSync(unpacked, target)
}

/** apt options that keep everything in `folder`: one source, its lists, its cache. The system's own configuration is not read for sources. */
function privateAptOptions(folder: string): string[] {
  if (!existsSync(KEYRING)) throw new Error(`${KEYRING} is missing: apt-get install debian-archive-keyring`)
  const sources = join(folder, 'sources.list')
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(sources, `deb [signed-by=${KEYRING}] ${debianArchive()} ${SUITE} main\n`)
  const settings = [
    `Dir::Etc::sourcelist=${sources}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=root', // the folder belongs to us alone: apt's own user could not write there
    'Acquire::Languages=none',
  ]
  return settings.flatMap((setting) => ['-o', setting])
}

/** The archive that this system takes Debian's packages from: whatever mirror its owner chose. */
function debianArchive(): string {
  const format = '$(REPO_URI) $(CODENAME) $(COMPONENT)'
  const targets = execFileSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], { encoding: 'utf8' })
  const codename = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1]
  for (const line of targets.split('\n')) {
    const [address, target, component] = line.split(' ')
    if (address !== undefined && target === codename && component === 'main') return address
  }
  throw new Error(`apt knows no source for Debian ${codename} main: see /etc/apt/sources.list.d`)
}

function isWhole(peer: UnpackedPeer): boolean {
  const note = join(peerFolder(peer), 'origin.json')
  if (!existsSync(note) || !existsSync(unpackedProgram(peer))) return false
  const origin = JSON.parse(readFileSync(note, 'utf8')) as { readonly programSha256?: string }
  return origin.programSha256 === sha256(unpackedProgram(peer))
}

function peerFolder(peer: UnpackedPeer): string {
  return join(peersFolder(), `${peer.package}-${peer.version}`)
}

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

if (import.meta.main) {
  fetchPeers((line) => console.error(line))
  for (const peer of TRIXIE_PEERS) console.log(unpackedProgram(peer))
}
