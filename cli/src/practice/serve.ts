/** `couronne serve`: the application of a practice, until it is told to stop. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ReceptionFlags } from '@couronne/practice'
import { isLoopback } from '@couronne/vault/loopback'
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import { Interruption } from '../interruption.ts'
import { Terminal } from '../terminal.ts'
import { versionOf } from '../version.ts'
import { WrongUse } from '../wrong-use.ts'
import { dataFolder, keyFolder } from './folders.ts'

const NAME = 'couronne serve'

const HELP: HelpWords = {
  summary: {
    fr: 'L’application du cabinet : pages web, dossiers, journal. La première fois, elle propose un cabinet d’exemple ou la création du vôtre.',
    en: 'The practice’s application: web pages, records, journal. The first time it offers a sample practice or the set-up of your own.',
  },
  details: {
    fr: 'N’écoute que cet ordinateur, sauf avec --listen. Au-delà, toujours en HTTPS : --tls local fait un certificat du cabinet, à installer une fois sur chaque poste. Les données sont chiffrées ; une base PostgreSQL se donne par COURONNE_DATABASE.',
    en: 'Listens on this computer alone, unless --listen says otherwise. Beyond it, always by HTTPS: --tls local makes a certificate of the practice, to be installed once on each computer. The data is encrypted; a PostgreSQL database is named by COURONNE_DATABASE.',
  },
  example: { fr: 'couronne serve --listen 0.0.0.0:8420 --tls local', en: 'couronne serve --listen 0.0.0.0:8420 --tls local' },
}

interface ServeFlags {
  readonly listen: string
  readonly data?: string
  readonly name?: readonly string[]
  readonly tls?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly insecure?: boolean
  readonly importFolder?: string
  readonly dicomPort?: string
  readonly dicomHost?: string
  readonly dicomAet?: string
  readonly dicomFrom?: readonly string[]
  readonly dicomTls?: string
  readonly dicomTlsCert?: string
  readonly dicomTlsKey?: string
  readonly json?: boolean
}

/** @returns 0 when it was told to stop */
export async function runServe(args: readonly string[]): Promise<number> {
  const command = defineFlags()
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  const { options } = command.parse<ServeFlags>(args)
  const terminal = new Terminal({ json: options.json ?? false })
  const { host, port } = parseListen(options.listen)
  const tls = tlsOf(options)
  if (tls === undefined && !isLoopback(host) && !options.insecure)
    throw new WrongUse({
      fr: `--listen ${options.listen} : au-delà de cet ordinateur, il faut HTTPS. Ajoutez --tls local (ou --tls-cert et --tls-key)`,
      en: `--listen ${options.listen}: beyond this computer, HTTPS is needed. Add --tls local (or --tls-cert and --tls-key)`,
    })
  const reception = receptionOf(options)
  const { startApp } = await import('@couronne/practice')
  const { makeSample } = await import('./sample.ts')
  await using interruption = new Interruption(terminal)
  await using app = await startApp({
    folder: dataFolder(options.data),
    keyFolder: keyFolder(),
    host,
    port,
    version: versionOf(),
    names: options.name ?? [],
    makeSample,
    ...(process.env.COURONNE_DATABASE ? { database: process.env.COURONNE_DATABASE } : {}),
    ...(tls === undefined ? {} : { tls }),
    ...(options.importFolder === undefined ? {} : { importFolder: options.importFolder }),
    ...(reception === undefined ? {} : { reception }),
    ...webPages(),
  })
  sayListening(terminal, app, isLoopback(host) && options.name === undefined)
  if (reception !== undefined) sayReceiving(terminal, app.receptionPort(), reception.host)
  if (!interruption.signal.aborted)
    await new Promise<void>((resolve) => interruption.signal.addEventListener('abort', () => resolve(), { once: true }))
  return EXIT.done
}

function defineFlags(): VerbCommand {
  return new VerbCommand(NAME)
    .flag('--listen <address:port>', { fr: 'où écouter', en: 'where to listen' }, { default: '127.0.0.1:8420' })
    .flag(
      '--data <folder>',
      { fr: 'où sont les données ; le dossier de l’utilisateur d’office', en: 'where the data is; the user’s folder by default' },
      { env: 'COURONNE_DATA' },
    )
    .flag(
      '--name <host>',
      { fr: 'un nom de plus par lequel on l’atteint', en: 'a further name under which it is reached' },
      { many: true },
    )
    .flag(
      '--tls <kind>',
      { fr: 'HTTPS avec un certificat du cabinet', en: 'HTTPS with a certificate of the practice' },
      { choices: ['local'] },
    )
    .flag('--tls-cert <file>', { fr: 'HTTPS avec ce certificat (PEM)', en: 'HTTPS with this certificate (PEM)' })
    .flag('--tls-key <file>', { fr: 'sa clé (PEM)', en: 'its key (PEM)' })
    .flag('--insecure', {
      fr: 'sans HTTPS sur le réseau : seulement derrière un relais qui le fait',
      en: 'without HTTPS over the network: only behind a proxy that does it',
    })
    .flag(
      '--import-folder <folder>',
      {
        fr: 'le dossier sous lequel les pages de reprise peuvent lire ; aucun d’office',
        en: 'the folder below which the import pages may read; none by default',
      },
      { env: 'COURONNE_IMPORT_FOLDER' },
    )
    .flag('--dicom-port <port>', {
      fr: 'recevoir sur ce port les images des appareils (DICOM C-STORE) ; sinon comme le cabinet l’a réglé',
      en: 'receive images from devices (DICOM C-STORE) on this port; otherwise as the practice has set it',
    })
    .flag('--dicom-host <address>', {
      fr: 'à cette adresse de la machine ; 127.0.0.1 d’office',
      en: 'at this address of the machine; 127.0.0.1 by default',
    })
    .flag('--dicom-aet <title>', { fr: 'sous ce titre AE', en: 'under this AE title' })
    .flag(
      '--dicom-from <title>',
      { fr: 'de ce titre AE, et d’aucun autre qui ne soit nommé', en: 'from this AE title, and no other that is not named' },
      { many: true },
    )
    .flag(
      '--dicom-tls <kind>',
      { fr: 'en TLS avec le certificat du cabinet', en: 'by TLS with the practice’s certificate' },
      { choices: ['local'] },
    )
    .flag('--dicom-tls-cert <file>', { fr: 'en TLS avec ce certificat (PEM)', en: 'by TLS with this certificate (PEM)' })
    .flag('--dicom-tls-key <file>', { fr: 'sa clé (PEM)', en: 'its key (PEM)' })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
}

function tlsOf({
  tls,
  tlsCert,
  tlsKey,
}: Pick<ServeFlags, 'tls' | 'tlsCert' | 'tlsKey'>): 'local' | { keyFile: string; certFile: string } | undefined {
  if (tlsCert !== undefined && tlsKey !== undefined && tls === undefined) return { keyFile: tlsKey, certFile: tlsCert }
  if (tlsCert === undefined && tlsKey === undefined) return tls === undefined ? undefined : 'local'
  throw new WrongUse({
    fr: '--tls-cert et --tls-key vont ensemble, et sans --tls local',
    en: '--tls-cert and --tls-key go together, and without --tls local',
  })
}

const AE_TITLE = /^[\x20-\x5b\x5d-\x7e]{1,16}$/

function receptionOf(options: ServeFlags): ReceptionFlags | undefined {
  const { dicomPort, dicomHost: host = '127.0.0.1', dicomAet, dicomFrom, dicomTls, dicomTlsCert, dicomTlsKey } = options
  if (dicomPort === undefined) {
    if ([options.dicomHost, dicomAet, dicomFrom, dicomTls, dicomTlsCert, dicomTlsKey].every((each) => each === undefined))
      return undefined
    throw new WrongUse({ fr: 'les options --dicom-… vont avec --dicom-port', en: 'the options --dicom-… go with --dicom-port' })
  }
  const port = Number(dicomPort)
  if (!/^\d{1,5}$/.test(dicomPort) || port > 65_535)
    throw new WrongUse({
      fr: `--dicom-port ${dicomPort} : un port est attendu`,
      en: `--dicom-port ${dicomPort}: a port is expected`,
    })
  if ([dicomAet ?? 'X', ...(dicomFrom ?? [])].some((title) => !AE_TITLE.test(title)))
    throw new WrongUse({
      fr: 'un titre AE a 1 à 16 caractères ASCII, sans barre oblique inverse',
      en: 'an AE title has 1 to 16 ASCII characters, and no backslash',
    })
  const tls = tlsOf({
    ...(dicomTls === undefined ? {} : { tls: dicomTls }),
    ...(dicomTlsCert === undefined ? {} : { tlsCert: dicomTlsCert }),
    ...(dicomTlsKey === undefined ? {} : { tlsKey: dicomTlsKey }),
  })
  return {
    host,
    port,
    ...(dicomAet === undefined ? {} : { aeTitle: dicomAet }),
    ...(dicomFrom === undefined ? {} : { senders: dicomFrom }),
    ...(tls === undefined ? {} : { tls }),
  }
}

function parseListen(text: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match !== null && port < 65_536) return { host: match[1] ?? (match[2] || '0.0.0.0'), port }
  throw new WrongUse({
    fr: `--listen ${text} : attendu une adresse et un port, comme 127.0.0.1:8420`,
    en: `--listen ${text}: expected an address and a port, such as 127.0.0.1:8420`,
  })
}

function webPages(): { webFolder: string } | undefined {
  const webFolder = join(import.meta.dirname, '../../../web/dist')
  return existsSync(webFolder) ? { webFolder } : undefined
}

function sayReceiving(terminal: Terminal, port: number | undefined, host: string): void {
  terminal.json({ message_type: 'receiving', host, port: port ?? null })
  terminal.line(
    port === undefined
      ? {
          fr: `\nLes images ne sont pas reçues : ${host} ne peut pas être écouté.`,
          en: `\nNo images are received: ${host} cannot be listened at.`,
        }
      : {
          fr: `\nLes images des appareils sont reçues à ${host}:${port}.`,
          en: `\nImages from devices are received at ${host}:${port}.`,
        },
  )
}

function sayListening(
  terminal: Terminal,
  app: { readonly address: string; readonly setupCode: string; readonly authorityFile?: string },
  isLocal: boolean,
): void {
  terminal.json({ message_type: 'listening', url: app.address })
  terminal.line({
    fr: `Couronne est prête. Ouvrez dans un navigateur :\n\n    ${app.address}\n\nCtrl-C pour arrêter.`,
    en: `Couronne is ready. Open in a browser:\n\n    ${app.address}\n\nCtrl-C stops it.`,
  })
  if (isLocal) return
  terminal.line({
    fr: `\nPour créer le cabinet depuis un autre poste, le code est : ${app.setupCode}`,
    en: `\nTo set the practice up from another computer, the code is: ${app.setupCode}`,
  })
  if (app.authorityFile === undefined) return
  terminal.line({
    fr: `Sur chaque poste, installez une fois ce certificat : ${app.authorityFile}`,
    en: `On each computer, install this certificate once: ${app.authorityFile}`,
  })
}
