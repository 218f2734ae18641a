/** What others write and we read, outside the repository's own objects: addresses, answers of S3, lists of known hosts. */
import assert from 'node:assert/strict'
import { fuzzTexts } from '../../../tests/fuzz.ts'
import { parseAddress, printAddress } from './address.ts'
import { knownKeys } from './known-hosts.ts'
import { findElements, findText } from './xml.ts'

const LIST = `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>
<Contents><Key>data/00/&#x30;&#49;</Key><Size>12</Size></Contents><Contents><Key>x</Key></Contents></ListBucketResult>`
const KNOWN_HOSTS = `# c
host,*.example.org,!not.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==
@revoked [host]:2222 ssh-rsa AAAA
|1|c2FsdA==|aGFzaA== ssh-rsa AAAA
`

/** What is understood is printed so that it is understood again, as the same; an address of IPv6 may have been written in more than one way. */
function readAgain(text: string): void {
  const address = parseAddress(text)
  const again = parseAddress(printAddress(address))
  assert.deepEqual(parseAddress(printAddress(again)), again)
  if (address.kind === 'sftp' && again.kind === 'sftp') assert.deepEqual({ ...again, host: address.host }, address)
  // The printed address holds no password.
  else assert.deepEqual(again, address.kind === 'rest' ? { ...address, password: undefined } : address)
}

fuzzTexts([
  ['parseAddress of a folder', 'local:/a/b c', readAgain],
  ['parseAddress of REST', 'rest:https://us%40er:pa%3Ass@host:8000/a/b/', readAgain],
  ['parseAddress of S3', 's3:https://host:9000/bucket/prefix/b', readAgain],
  ['parseAddress of SFTP', 'sftp:user@host:/path/b', readAgain],
  ['parseAddress of SFTP as a URL', 'sftp://user@[::1]:2222//path', readAgain],
  [
    'a list of S3',
    LIST,
    (text) => findElements(text, 'Contents').map((entry) => [findText(entry, 'Key'), findText(entry, 'Size')]),
  ],
  ['known_hosts', KNOWN_HOSTS, (text) => [22, 2222].map((port) => knownKeys(text, 'host', port))],
])
