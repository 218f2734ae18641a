/** `couronne account`: the way back in for an owner whom nobody else can help. Works beside a running server; it is in the journal. */
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import { Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { KEY_FLAGS } from './key-offer.ts'
import { type BesideFlags, openBeside } from './open-beside.ts'

const NAME = 'couronne account'

const HELP: HelpWords = {
  summary: {
    fr: 'Les comptes du cabinet. reset fait un lien pour choisir un nouveau mot de passe : quand le seul titulaire a oublié le sien.',
    en: 'The practice’s accounts. reset makes a link for choosing a new password: when the only owner has forgotten theirs.',
  },
  details: {
    fr: 'Demande ce qui ouvre les données : la phrase de passe, ou les 24 mots du kit de secours. Le lien sert une fois, pendant une semaine ; le journal le note.',
    en: 'Asks for what opens the data: the passphrase, or the 24 words of the recovery kit. The link works once, for a week; it is in the journal.',
  },
  example: { fr: 'couronne account reset anne', en: 'couronne account reset anne' },
}

interface AccountFlags extends BesideFlags {
  readonly secondFactors?: boolean
  readonly address: string
  readonly json?: boolean
}

/** @returns 0 done */
export async function runAccount(args: readonly string[]): Promise<number> {
  const command = new VerbCommand(NAME)
    .argument('<action...>', { fr: 'list ; reset IDENTIFIANT', en: 'list; reset LOGIN' })
    .flag('--data <folder>', { fr: 'où sont les données', en: 'where the data is' }, { env: 'COURONNE_DATA' })
    .flag('--second-factors', {
      fr: 'retire aussi les seconds facteurs : téléphone perdu',
      en: 'removes the second factors too: a lost phone',
    })
    .flag(
      '--address <url>',
      { fr: 'où l’application répond', en: 'where the application answers' },
      { default: 'http://localhost:8420' },
    )
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
  for (const { words, text, details } of KEY_FLAGS) command.flag(words, text, details)
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  const { args: words, options } = command.parse<AccountFlags>(args)
  const [verb, login, more] = words
  const isList = verb === 'list' && login === undefined
  if (!isList && (verb !== 'reset' || login === undefined || more !== undefined))
    throw new WrongUse({
      fr: `attendu : list, ou reset IDENTIFIANT. Voyez « ${NAME} --help »`,
      en: `expected: list, or reset LOGIN. See “${NAME} --help”`,
    })
  const terminal = new Terminal({ json: options.json ?? false })
  const { listLogins, makeResetLink } = await import('@couronne/practice')
  await using opened = await openBeside(options)
  if (isList || login === undefined) {
    for (const account of await listLogins(opened.practice)) {
      terminal.json(account)
      terminal.line(`${account.login}  ${account.displayName}  ${account.role}  ${account.state}`)
    }
    return EXIT.done
  }
  const { secret, endsAt } = await makeResetLink(opened.practice, login, options.secondFactors ?? false)
  const link = `${options.address.replace(/\/$/, '')}/invitation#${secret}`
  terminal.json({ link, endsAt })
  terminal.line({
    fr: `Ouvrez ce lien dans le navigateur. Il sert une fois, jusqu’au ${endsAt} :\n\n    ${link}\n`,
    en: `Open this link in the browser. It works once, until ${endsAt}:\n\n    ${link}\n`,
  })
  return EXIT.done
}
