/**
 * The Debian packages that the tests use, installed when we may and named when we may not. A missing tool fails the run: no test is skipped.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Package and one program of it, by which its presence is known on systems that are not Debian. */
const REQUIREMENTS = [
  { package: 'restic', program: 'restic' },
  { package: 'borgbackup', program: 'borg' },
  { package: 'rclone', program: 'rclone' },
  { package: 'openssh-server', program: 'sshd' },
  { package: 'openssh-client', program: 'ssh-keygen' },
  { package: 'openssl', program: 'openssl' },
  { package: 'curl', program: 'curl' },
  { package: 'attr', program: 'setfattr' },
  { package: 'acl', program: 'setfacl' },
  { package: 'strace', program: 'strace' },
  { package: 'faketime', program: 'faketime' },
  { package: 'time', program: 'time' },
  { package: 'bsdutils', program: 'script' },
  { package: 'ceph-mon', program: 'ceph-mon' },
  { package: 'ceph-mgr', program: 'ceph-mgr' },
  { package: 'ceph-osd', program: 'ceph-osd' },
  { package: 'ceph-common', program: 'ceph' },
  { package: 'radosgw', program: 'radosgw' },
  { package: 'chromium', program: 'chromium' },
  { package: 'dcmtk', program: 'storescu' },
  { package: 'orthanc', program: 'Orthanc' },
  { package: 'postgresql', program: 'pg_ctlcluster' },
  { package: 'mariadb-server-core', program: 'mariadbd' },
  { package: 'mariadb-client-core', program: 'mariadb' },
  { package: 'firebird3.0-server', program: 'firebird' },
  { package: 'firebird3.0-utils', program: 'isql-fb' },
] as const

/** The oldest restic that writes format version 2. */
const RESTIC_VERSION = '0.14.0'

/** Makes sure that every tool is there. @throws with the command to run when that is for somebody else to do */
export function ensureRequirements(say: (line: string) => void): void {
  const missing = missingPackages()
  if (missing.length > 0) installPackages(missing, say)
  const { stdout } = spawnSync('restic', ['version'], { encoding: 'utf8' })
  if (!stdout.startsWith(`restic ${RESTIC_VERSION} `)) {
    throw new Error(
      `the tests compare with restic ${RESTIC_VERSION} as Debian bookworm has it; this system has: ${stdout.trim()}`,
    )
  }
}

function installPackages(missing: readonly string[], say: (line: string) => void): void {
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`
  if (!isDebian() || process.getuid?.() !== 0) {
    throw new Error(
      `Paquets Debian nécessaires aux tests : ${missing.join(' ')}\nDebian packages that the tests need: ${missing.join(' ')}\n  sudo ${command}`,
    )
  }
  say(`installing ${missing.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const wait = ['-o', 'DPkg::Lock::Timeout=600']
  // Standard output stays with the tests: apt's own goes to standard error.
  execFileSync('apt-get', [...wait, '-q', 'update'], { env, stdio: ['ignore', 2, 2] })
  execFileSync('apt-get', [...wait, '-q', '-y', 'install', '--no-install-recommends', ...missing], {
    env,
    stdio: ['ignore', 2, 2],
  })
  const still = missingPackages()
  if (still.length > 0) throw new Error(`still missing after ${command}: ${still.join(' ')}`)
}

function missingPackages(): string[] {
  return REQUIREMENTS.filter((requirement) => !isOnPath(requirement.program)).map((requirement) => requirement.package)
}

function isOnPath(program: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => existsSync(join(folder, program)))
}

function isDebian(): boolean {
  return spawnSync('dpkg', ['--version'], { stdio: 'ignore' }).status === 0 && existsSync('/etc/debian_version')
}
