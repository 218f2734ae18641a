/**
 * `couronne`: arguments in, one call, print. This file knows which commands exist; each is a file of its own, loaded when it is asked for.
 */
import type { Text } from './language.ts'
import { Terminal } from './terminal.ts'
import { versionOf } from './version.ts'
import { widthOfOutput, wrap } from './wrap.ts'

const EXIT_WRONG_USE = 2

interface CommandEntry {
  readonly summary: Text
  /** Runs with the arguments after the command's name; gives the exit code. */
  readonly run: (args: readonly string[]) => Promise<number>
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  serve: {
    summary: {
      fr: 'l’application du cabinet, dans un navigateur ; la première fois, elle propose un cabinet d’exemple ou le vôtre',
      en: 'the practice’s application, in a browser; the first time it offers a sample practice or your own',
    },
    run: async (args) => (await import('./practice/serve.ts')).runServe(args),
  },
  key: {
    summary: { fr: 'les clés du cabinet : en ajouter, en retirer', en: 'the practice’s keys: add some, remove some' },
    run: async (args) => (await import('./practice/key.ts')).runKey(args),
  },
  account: {
    summary: { fr: 'les comptes ; un lien pour un mot de passe oublié', en: 'the accounts; a link for a forgotten password' },
    run: async (args) => (await import('./practice/account.ts')).runAccount(args),
  },
  import: {
    summary: { fr: 'reprendre les données d’un autre logiciel', en: 'take over another program’s data' },
    run: async (args) => (await import('./practice/import.ts')).runImport(args),
  },
  images: {
    summary: {
      fr: 'reprendre les images d’un dossier, d’un CD, d’une clé',
      en: 'take over the images of a folder, a CD, a stick',
    },
    run: async (args) => (await import('./practice/images.ts')).runImages(args),
  },
  patients: {
    summary: { fr: 'les doublons possibles parmi les patients', en: 'possible duplicates among the patients' },
    run: async (args) => (await import('./practice/patients.ts')).runPatients(args),
  },
  completeness: {
    summary: { fr: 'ce qui manque aux dossiers, et les règles', en: 'what the records lack, and the rules' },
    run: async (args) => (await import('./practice/completeness.ts')).runCompleteness(args),
  },
  journal: {
    summary: { fr: 'vérifier que le journal est entier', en: 'verify that the journal is whole' },
    run: async (args) => (await import('./practice/journal.ts')).runJournal(args),
  },
  demo: {
    summary: {
      fr: 'un cabinet d’exemple : sauvegardé deux fois, abîmé, soigné, détruit, restauré, prouvé',
      en: 'a sample practice: backed up twice, damaged, healed, destroyed, restored, proven',
    },
    run: async (args) => (await import('./demo/demo.ts')).runDemo(args),
  },
  vault: {
    summary: {
      fr: 'sauvegarder, contrôler, soigner, restaurer : le moteur, sur tout dépôt restic',
      en: 'back up, check, heal, restore: the engine, on any restic repository',
    },
    run: async (args) => (await import('./vault/run.ts')).runVault(args),
  },
  version: {
    summary: { fr: 'la version de couronne et de Node', en: 'the version of couronne and of Node' },
    run: async () => {
      console.log(`couronne ${versionOf()} on Node ${process.version}, ${process.platform}/${process.arch}`)
      return 0
    },
  },
}

/**
 * Runs one command line.
 *
 * @param args without the program's name
 * @returns the exit code: 0 done, 1 could not be done, 2 wrong use, 3 done but some source files could not be read; the vault's verbs
 * add 10 no repository, 11 locked, 12 wrong password, 130 interrupted
 */
export async function main(args: readonly string[]): Promise<number> {
  let trouble: NodeJS.ErrnoException | undefined
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `couronne vault --help | head`, a terminal that was closed: what follows has nowhere to go, and nobody minds.
    if (error.code !== 'EPIPE' && !(error.code === 'EIO' && process.stdout.isTTY)) trouble ??= error
  })
  // A log that is full, a terminal that was closed: what is being done matters more than who hears of it.
  process.stderr.on('error', () => {})
  const code = await run(args)
  // What became of the last line is heard a moment later.
  await new Promise((resolve) => process.stdout.write('', resolve))
  return code === 0 && trouble !== undefined ? explain(trouble, false) : code
}

async function run(args: readonly string[]): Promise<number> {
  const [name = 'help', ...rest] = args
  if (name === 'help' && rest[0] !== undefined && rest[0] in COMMANDS) return run([rest[0], '--help', ...rest.slice(1)])
  const command = COMMANDS[name.replace(/^--(?=version$)/, '')]
  if (command === undefined) return printHelp(name)
  try {
    return await command.run(rest)
  } catch (error) {
    return explain(error, rest.includes('--json') || rest.includes('--json=true'))
  }
}

async function printHelp(asked: string): Promise<number> {
  const terminal = new Terminal()
  const isAsked = ['help', '--help', '-h'].includes(asked)
  if (!isAsked) {
    const { VERBS } = await import('./vault/verbs.ts')
    const better = asked in VERBS ? `couronne vault ${asked}` : 'couronne --help'
    terminal.error({
      fr: `couronne : il n’y a pas de commande « ${asked} ». Essayez : ${better}`,
      en: `couronne: there is no command “${asked}”. Try: ${better}`,
    })
    return EXIT_WRONG_USE
  }
  terminal.line({ fr: 'couronne COMMANDE\n', en: 'couronne COMMAND\n' })
  for (const [name, { summary }] of Object.entries(COMMANDS))
    terminal.line(`  ${name.padEnd(12)} ${wrap(terminal.say(summary), widthOfOutput(), 15).trimStart()}`)
  terminal.line({
    fr: '\nL’application, dans un navigateur :  couronne serve\nSauvegardes, sans rien risquer :     couronne demo\nPour vos propres dossiers :          couronne vault --help\nIn English: COURONNE_LANG=en',
    en: '\nThe application, in a browser: couronne serve\nBackups, without any risk:     couronne demo\nFor your own folders:          couronne vault --help\nEn français : COURONNE_LANG=fr',
  })
  return 0
}

/** The words and the exit code are looked up only when something went wrong: a small verb starts without them. */
async function explain(error: unknown, isJson: boolean): Promise<number> {
  const { exitCodeOf } = await import('./exit-codes.ts')
  const { tell } = await import('./messages.ts')
  const exitCode = exitCodeOf(error)
  const { code, message, words } = tell(error)
  const terminal = new Terminal({ json: isJson })
  if (isJson) {
    const advice = terminal.say(words)
    process.stderr.write(`${JSON.stringify({ message_type: 'exit_error', code: exitCode, message, error: code, advice })}\n`)
  } else terminal.error(words)
  if (process.env.COURONNE_DEBUG === '1') console.error(error)
  return exitCode
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))
