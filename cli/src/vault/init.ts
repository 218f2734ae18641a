import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { initRepository, parseAddress } from '@couronne/vault'
import { EXIT } from '../exit-codes.ts'
import { printCount, type Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { addFromFlags, type FromFlags, openSource } from './from-repository.ts'
import { rememberMirrors } from './mirrors.ts'
import { repositoryOptions } from './open.ts'
import { type GlobalOptions, readAddresses } from './options.ts'
import { findNewPassword, type PasswordSources } from './passwords.ts'
import type { Verb } from './verb.ts'

interface InitFlags extends FromFlags {
  readonly repositoryVersion: string
  readonly copyChunkerParams?: boolean
}

/** Below it a password is remarked upon: a machine tries millions of them against a repository that was taken. */
const CHARACTERS_WANTED = 14

const VERSIONS: Readonly<Record<string, 1 | 2>> = { 1: 1, 2: 2, stable: 2, latest: 2 }

export const verb: Verb<InitFlags> = {
  summary: { fr: 'crée un dépôt, ou les copies d’un dépôt', en: 'create a repository, or the mirrors of one' },
  details: {
    fr: 'Le mot de passe est demandé deux fois ; notez-le sur papier, ailleurs : sans lui personne ne relit rien. Plusieurs -r créent plusieurs copies d’un seul dépôt.',
    en: 'The password is asked for twice; write it down on paper, elsewhere: without it nobody reads anything again. Several -r create several mirrors of one repository.',
  },
  example: { fr: 'couronne vault init -r /media/disque/coffre', en: 'couronne vault init -r /media/disk/vault' },
  define(command) {
    command.flag(
      '--repository-version <version>',
      { fr: 'version du format : 1, 2, stable ou latest', en: 'format version: 1, 2, stable or latest' },
      { default: 'stable' },
    )
    command.flag('--copy-chunker-params', {
      fr: 'découper comme le dépôt de --from-repo, pour que « copy » entre eux ne stocke rien deux fois',
      en: 'cut files as the repository of --from-repo does, so that “copy” between them stores nothing twice',
    })
    addFromFlags(command)
  },
  async run({ options, terminal, signal }) {
    const version = VERSIONS[options.repositoryVersion]
    if (version === undefined)
      throw new WrongUse({
        fr: `--repository-version ${options.repositoryVersion} : 1, 2, stable ou latest`,
        en: `--repository-version ${options.repositoryVersion}: expected 1, 2, stable or latest`,
      })
    const addresses = await readAddresses(options)
    for (const address of addresses) await remarkOtherThings(address, terminal)
    const chunkerPolynomial = await polynomialOfSource(options, terminal, signal)
    const sources = { flags: options, env: process.env, prefix: 'RESTIC_' as const, inputIsData: false, terminal }
    await using repository = await initRepository(addresses, {
      ...(await repositoryOptions(options, terminal, signal)),
      password: await newPassword(sources),
      version,
      ...(chunkerPolynomial !== undefined && { chunkerPolynomial }),
      ...(options.insecureNoPassword && { allowEmptyPassword: true }),
    })
    await rememberMirrors(repository)
    const { location } = repository.storage
    terminal.json({ message_type: 'initialized', id: repository.id, repository: location })
    terminal.info({
      fr: `dépôt ${repository.id.slice(0, 10)} créé : ${location}\n\nNotez le mot de passe sur papier, loin de cette machine : sans lui, rien ne peut être relu, ni par vous ni par nous.\nEnsuite : couronne vault backup -r ${location.split(' + ').join(' -r ')} DOSSIER`,
      en: `created repository ${repository.id.slice(0, 10)} at ${location}\n\nWrite the password down on paper, away from this machine: without it nothing can be read again, by you or by us.\nNext: couronne vault backup -r ${location.split(' + ').join(' -r ')} FOLDER`,
    })
    return EXIT.done
  },
}

/** A folder that holds something else becomes a repository all the same, as with restic; its owner may have meant a new one. */
async function remarkOtherThings(address: string, terminal: Terminal): Promise<void> {
  const place = parseAddress(address)
  if (place.kind !== 'local') return
  const others = (await readdir(place.path).catch(() => [])).filter((name) => name !== 'lost+found')
  if (others.length === 0 || others.includes('config')) return
  const some = others.slice(0, 3).join(', ')
  terminal.warn({
    fr: `${place.path} contient déjà autre chose (${some}) : le dépôt s’y ajoute. Un dossier à lui serait plus sûr : ${join(place.path, 'coffre')}`,
    en: `${place.path} holds other things already (${some}): the repository is put beside them. A folder of its own would be safer: ${join(place.path, 'vault')}`,
  })
}

async function newPassword(sources: PasswordSources): Promise<string> {
  const password = await findNewPassword(sources)
  if (password !== '' && password.length < CHARACTERS_WANTED)
    sources.terminal.warn({
      fr: `Ce mot de passe n’a que ${printCount(password.length, 'fr', 'caractère')} : qui prend le dépôt peut le deviner. Six ou sept mots tirés au sort tiennent ; « couronne vault key passwd » en change.`,
      en: `This password has ${printCount(password.length, 'en', 'character')} only: whoever takes the repository can guess it. Six or seven words drawn by lot hold; “couronne vault key passwd” changes it.`,
    })
  return password
}

/** Files are cut at the same places as in another repository. */
async function polynomialOfSource(
  options: InitFlags & GlobalOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<bigint | undefined> {
  if (!options.copyChunkerParams) return undefined
  await using source = await openSource(options, terminal, signal)
  return source.config.chunkerPolynomial
}
