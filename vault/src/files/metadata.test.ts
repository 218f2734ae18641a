import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { lstatSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { parseAccounts, userId, userName } from './accounts.ts'
import type { Finding } from './finding.ts'
import { localOffsetMinutes } from './local-zone.ts'
import { isUnchanged, readNode } from './metadata.ts'
import { setTimes } from './syscalls.ts'
import { makeSocket, setRawXattr } from './tricky-folder.suite.ts'
import { windowsAttributes, windowsMode } from './windows.ts'
import { getXattr, listXattrs, removeXattr, setXattr } from './xattrs.ts'

const WORK = mkdtempSync(join(tmpdir(), 'couronne-files-metadata-'))
after(() => rmSync(WORK, { recursive: true, force: true }))

function newFile(name: string, content = 'x'): Buffer {
  writeFileSync(join(WORK, name), content)
  return Buffer.from(join(WORK, name))
}

test('extended attributes are those that getfattr and setfattr know', () => {
  const path = newFile('attributes')
  execFileSync('setfattr', ['-n', 'user.theirs', '-v', '0x00ff0a', path.toString()])
  setXattr(path, 'user.ours é', Buffer.from('value'))
  setXattr(path, 'user.empty', Buffer.alloc(0))
  const printed = execFileSync('getfattr', ['-d', '-e', 'hex', '--absolute-names', path.toString()], { encoding: 'utf8' })
  assert.match(printed, /user\.ours é=0x76616c7565\n/)
  assert.deepEqual(getXattr(path, 'user.theirs'), Uint8Array.of(0, 255, 10))
  assert.deepEqual(getXattr(path, 'user.empty'), new Uint8Array(0))
  assert.equal(getXattr(path, 'user.none'), undefined)
  assert.deepEqual([...listXattrs(path)].sort(), ['user.empty', 'user.ours é', 'user.theirs'])
  removeXattr(path, 'user.theirs')
  assert.deepEqual([...listXattrs(path)].sort(), ['user.empty', 'user.ours é'])
})

test('names of attributes are bytes: what is no UTF-8 is read, changed and removed under its own name', () => {
  const path = newFile('raw-names')
  setRawXattr(path, 'user.\\377')
  setRawXattr(path, 'user.\\303\\251\\303')
  assert.deepEqual([...listXattrs(path)].sort(), ['user.é\udcc3', 'user.\udcff'])
  assert.deepEqual(getXattr(path, 'user.\udcff'), Uint8Array.of(0x76))
  setXattr(path, 'user.\udcff', Buffer.from('w'))
  removeXattr(path, 'user.é\udcc3')
  const printed = execFileSync('getfattr', ['-d', '--absolute-names', path.toString()], { encoding: 'latin1' })
  assert.deepEqual(printed.match(/^user.*$/gm), ['user.\xff="w"'])
})

test('attributes of a link are its own', () => {
  const path = newFile('linked-to')
  setXattr(path, 'user.file', Buffer.from('f'))
  symlinkSync('linked-to', join(WORK, 'link'))
  const link = Buffer.from(join(WORK, 'link'))
  setXattr(link, 'trusted.link', Buffer.from('l'))
  assert.deepEqual(listXattrs(link), ['trusted.link'])
  assert.deepEqual(listXattrs(link, 'follow'), ['user.file'])
})

test('a failed call says which error the system gave', () => {
  const missing = Buffer.from(join(WORK, 'missing'))
  assert.throws(() => listXattrs(missing), { code: 'ENOENT', syscall: 'llistxattr' })
  assert.throws(() => listXattrs(Buffer.from(join(WORK, 'attributes/below'))), { code: 'ENOTDIR' })
  assert.throws(() => setXattr(newFile('plain'), 'nonsense', Buffer.from('x')), { code: 'ENOTSUP' })
  assert.throws(() => removeXattr(newFile('plain'), 'user.none'), { code: 'ENODATA' })
  assert.throws(() => setTimes(missing, 0n, 0n), { code: 'ENOENT' })
  assert.throws(() => listXattrs(Buffer.from('a\0b')), { code: 'EINVAL' })
  assert.throws(() => listXattrs(Buffer.alloc(20_000, 'x')), { code: 'ENAMETOOLONG' })
  assert.throws(() => listXattrs(Buffer.alloc(5000, 'x')), { code: 'ENAMETOOLONG' })
})

test('times are set to the nanosecond, of a link too', () => {
  const path = newFile('timed')
  symlinkSync('timed', join(WORK, 'timed-link'))
  const link = Buffer.from(join(WORK, 'timed-link'))
  setTimes(path, 1_234_567_890_123_456_789n, -1n)
  setTimes(link, 5n, 1_700_000_000_000_000_001n)
  const [file, own] = [lstatSync(path, { bigint: true }), lstatSync(link, { bigint: true })]
  assert.deepEqual([file.atimeNs, file.mtimeNs], [1_234_567_890_123_456_789n, -1n])
  assert.deepEqual([own.atimeNs, own.mtimeNs], [5n, 1_700_000_000_000_000_001n])
})

test('attributes that cannot be read are a finding and the node is there', () => {
  const path = newFile('node')
  const stat = lstatSync(path, { bigint: true })
  rmSync(path)
  const findings: Finding[] = []
  const node = readNode(path, { stat, onFinding: (finding) => findings.push(finding) })
  assert.deepEqual([node.xattrs, node.size, Buffer.from(node.name).toString()], [[], 1, 'node'])
  assert.deepEqual(
    findings.map(({ operation, code }) => [operation, code]),
    [['xattr', 'ENOENT']],
  )
  assert.throws(() => readNode(path, { stat }), { code: 'ENOENT' })
  assert.throws(() => readNode(path), { code: 'ENOENT' })
})

test('a socket is described and left to the caller', async () => {
  const server = await makeSocket(join(WORK, 'socket'))
  assert.equal(readNode(Buffer.from(join(WORK, 'socket'))).type, 'socket')
  server.close()
})

test('a file counts as unchanged when size, both times and inode are the same', () => {
  const path = newFile('unchanged')
  utimesSync(path.toString(), 1e9, 1e9)
  const node = readNode(path)
  assert.equal(isUnchanged(node, readNode(path)), true)
  assert.equal(isUnchanged(node, { ...node, mtime: '2001-09-09T03:46:40+02:00' }), true, 'the same instant in another zone')
  assert.equal(isUnchanged(node, { ...node, mtime: '2001-09-09T01:46:40.000000001Z' }), false)
  assert.equal(isUnchanged(node, { ...node, size: 2 }), false)
  assert.equal(isUnchanged(node, { ...node, type: 'symlink' }), false)
  const moved = { ...node, inode: node.inode + 1n }
  const touched = { ...node, ctime: '2001-09-09T01:46:40Z' }
  assert.deepEqual([isUnchanged(node, moved), isUnchanged(node, moved, { ignoreInode: true })], [false, true])
  assert.deepEqual([isUnchanged(node, touched), isUnchanged(node, touched, { ignoreCtime: true })], [false, true])
})

test('accounts are found in the files and by the name services', () => {
  assert.deepEqual([userName(0), userId('root'), userName(3_999_999_999), userId('no such user')], ['root', 0, '', undefined])
  const { names, ids } = parseAccounts('a:x:1:\nb:x:1:\n+nis:x:5:\n-x:::\n# c:x:7:\nbroken\nc:x:two:\nd:x:3')
  assert.deepEqual(
    [...names],
    [
      [1, 'a'],
      [3, 'd'],
    ],
  )
  assert.deepEqual(
    [...ids],
    [
      ['a', 1],
      ['b', 1],
      ['d', 3],
    ],
  )
})

test('the offset of a zone is the one of the instant', () => {
  for (const ms of [0, 1e12, 1.72e12, 1.7e12, -1e12, 4e12]) {
    assert.equal(localOffsetMinutes(BigInt(ms) * 1_000_000n), 0 - new Date(ms).getTimezoneOffset())
  }
  assert.equal(localOffsetMinutes(10n ** 25n), 0)
})

test('reading metadata prints no warning', async () => {
  const program = `
    const { readNode } = await import(${JSON.stringify(import.meta.resolve('./metadata.ts'))})
    readNode(Buffer.from('/etc/passwd'))
    process.emitWarning('kept', 'ExperimentalWarning')`
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: undefined },
  })
  assert.doesNotMatch(stderr, /FFI/)
  assert.match(stderr, /kept/)
})

test('Windows entries have modes and attributes as restic writes them there', () => {
  assert.deepEqual(
    [
      windowsMode(0o100666, 'file'),
      windowsMode(0o100444, 'file'),
      windowsMode(0o040666, 'dir'),
      windowsMode(0o120666, 'symlink'),
    ],
    [438, 292, 2147484159, 134218166],
  )
  const birth = { birthtimeNs: 0n }
  const json = windowsAttributes(birth, Buffer.from('C:/Users/x'))
  // 1970 as a FILETIME: 116444736000000000.
  assert.equal(json, '{"windows.creation_time":{"LowDateTime":3577643008,"HighDateTime":27111902}}')
  assert.deepEqual(
    [windowsAttributes(birth, Buffer.from('C:/')), windowsAttributes(birth, Buffer.from('C:/a:b'))],
    [undefined, undefined],
  )
})
