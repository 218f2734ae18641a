/** A folder with what backup programs stumble over: made for tests, on Linux as root. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, lutimesSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Fills `folder`, which is made. Contents are small but for two files that are cut into several chunks. */
export function makeTrickyFolder(folder: string): void {
  const at = (...names: string[]) => join(folder, ...names)
  mkdirSync(at('Dossiers patients', 'Été – « Noël »'), { recursive: true })
  mkdirSync(at('vide'))
  writeFileSync(at('vide.txt'), '')
  writeFileSync(at('petit.txt'), 'bonjour\n')
  writeFileSync(at('Dossiers patients', 'espace\u00a0insécable.txt'), 'NBSP')
  writeFileSync(at('Dossiers patients', 'e\u0301te\u0301 NFD.txt'), 'NFD')
  writeFileSync(at('Dossiers patients', 'astral \u{1F9B7}.txt'), 'dent')
  writeFileSync(at('Dossiers patients', 'tab\tet\nligne "guillemets" \\ <&>.txt'), 'controls')
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/latin1-`), Buffer.from([0xe9, 0xff])]), 'not UTF-8')
  writeFileSync(at('grand.bin'), randomBytes(9_000_000))
  writeFileSync(at('zeros.bin'), Buffer.alloc(3_000_000))
  writeFileSync(at('texte.sql'), 'INSERT INTO actes VALUES (1, 2, 3);\n'.repeat(100_000))
  linkSync(at('petit.txt'), at('Dossiers patients', 'lien dur.txt'))
  symlinkSync('../petit.txt', at('Dossiers patients', 'lien'))
  symlinkSync('nulle part', at('lien cassé'))
  writeFileSync(at('suid'), '#!/bin/sh\n')
  chmodSync(at('suid'), 0o4755)
  chmodSync(at('vide'), 0o1777)
  writeFileSync(at('secret'), 'x')
  chmodSync(at('secret'), 0)
  execFileSync('mkfifo', [at('fifo')])
  execFileSync('mknod', [at('null'), 'c', '1', '3'])
  execFileSync('setfattr', ['-n', 'user.dent', '-v', '36', at('petit.txt')])
  utimesSync(at('grand.bin'), 1_000_000_000.123, 1_600_000_000.5)
  lutimesSync(at('lien cassé'), 1_500_000_000, 1_500_000_000.25)
  execFileSync('touch', ['-d', '2024-07-14 10:00:00.123456789', at('texte.sql')])
}

/** Puts a link to bytes that are no UTF-8 into the folder, or takes it out. */
export function setRawLink(folder: string, isThere: boolean): void {
  const link = join(folder, 'lien latin1')
  rmSync(link, { force: true })
  if (isThere) symlinkSync(Buffer.from([0x2f, 0xe9]), link)
}
