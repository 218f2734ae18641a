/** `couronne completeness`: what the records lack, judged now; and the rules. Works beside a running server. */
import type { Rule } from '@couronne/practice'
import { EXIT } from '../exit-codes.ts'
import { VerbCommand } from '../flags.ts'
import { type HelpWords, printHelp } from '../help.ts'
import { Interruption } from '../interruption.ts'
import type { Text } from '../language.ts'
import { printNumber, Terminal } from '../terminal.ts'
import { WrongUse } from '../wrong-use.ts'
import { KEY_FLAGS } from './key-offer.ts'
import { type BesideFlags, openBeside } from './open-beside.ts'

const NAME = 'couronne completeness'

const HELP: HelpWords = {
  summary: {
    fr: 'Ce qui manque aux dossiers : les juge tous, puis dit les comptes, règle par règle. Avec --patient, un dossier ; avec --rule, les dossiers auxquels manque ce que la règle demande.',
    en: 'What the records lack: judges all of them, then tells the counts, rule by rule. With --patient, one record; with --rule, the records that lack what the rule asks for.',
  },
  details: {
    fr: '« couronne completeness rules » dit les règles et leurs sources. Aucun nom n’est imprimé : un numéro de dossier et un identifiant. Ce qui montre des dossiers est au journal, au nom de --as.',
    en: '“couronne completeness rules” tells the rules and their sources. No name is printed: a file number and an id. What shows records is in the journal, in the name of --as.',
  },
  example: {
    fr: 'couronne completeness --rule consent-missing-for-surgery',
    en: 'couronne completeness --rule consent-missing-for-surgery',
  },
}

const SEVERITIES: Readonly<Record<Rule['severity'], Text>> = {
  high: { fr: 'grave', en: 'grave' },
  medium: { fr: 'moyen', en: 'medium' },
  low: { fr: 'léger', en: 'slight' },
}
const SURENESS: Readonly<Record<Rule['sources'][number]['sureness'], Text>> = {
  read: { fr: 'texte lu', en: 'text read' },
  known: { fr: 'article connu', en: 'article known' },
  uncertain: { fr: 'à vérifier', en: 'to be checked' },
}

interface CompletenessFlags extends BesideFlags {
  readonly as?: string
  readonly patient?: string
  readonly rule?: string
  readonly json?: boolean
}

/** @returns 0, whatever is missing: that is no failure of the command */
export async function runCompleteness(args: readonly string[]): Promise<number> {
  const command = new VerbCommand(NAME)
    .argument('[rules]', { fr: 'dire les règles, sans ouvrir le cabinet', en: 'tell the rules, without opening the practice' })
    .flag('--patient <id>', { fr: 'un dossier, par son identifiant', en: 'one record, by its id' })
    .flag('--rule <rule>', {
      fr: 'les dossiers auxquels cette règle trouve un manque',
      en: 'the records in which this rule finds something missing',
    })
    .flag('--as <login>', {
      fr: 'au nom de ce compte ; sinon du seul titulaire',
      en: 'in the name of this account; otherwise of the only owner',
    })
    .flag('--data <folder>', { fr: 'où sont les données', en: 'where the data is' }, { env: 'COURONNE_DATA' })
    .flag('--json', { fr: 'du JSON sur la sortie standard', en: 'JSON on standard output' })
  for (const { words, text, details } of KEY_FLAGS) command.flag(words, text, details)
  if (args.includes('--help') || args.includes('-h')) {
    printHelp(NAME, HELP, command, new Terminal())
    return EXIT.done
  }
  const { args: words, options } = command.parse<CompletenessFlags>(args)
  const isRules = words[0] === 'rules'
  if (words.length > (isRules ? 1 : 0) || (options.patient !== undefined && options.rule !== undefined)) throw wrongUse()
  const terminal = new Terminal({ json: options.json ?? false })
  const { RULES } = await import('@couronne/practice')
  if (isRules) return tellRules(terminal)
  if (options.rule !== undefined && RULES.every(({ id }) => id !== options.rule))
    throw new WrongUse({
      fr: `il n’y a pas de règle « ${options.rule} » : voyez « ${NAME} rules »`,
      en: `there is no rule “${options.rule}”: see “${NAME} rules”`,
    })
  return judgeAndTell(terminal, options)
}

function wrongUse(): WrongUse {
  return new WrongUse({
    fr: `attendu : ${NAME} [--patient ID | --rule RÈGLE], ou ${NAME} rules. Voyez « ${NAME} --help »`,
    en: `expected: ${NAME} [--patient ID | --rule RULE], or ${NAME} rules. See “${NAME} --help”`,
  })
}

async function judgeAndTell(terminal: Terminal, options: CompletenessFlags): Promise<number> {
  await using interruption = new Interruption(terminal)
  const { consoleActor, keepTrend, lookAtRecord, lookAtRule, refreshAll } = await import('@couronne/practice')
  await using opened = await openBeside(options)
  const { practice } = opened
  if (options.patient !== undefined) {
    const actor = await consoleActor(practice, options.as, ['care.read', 'documents.read'])
    const findings = await lookAtRecord(practice, actor, options.patient)
    terminal.json({ message_type: 'record', patientId: options.patient, findings })
    for (const finding of findings) terminal.line(await findingLine(terminal, finding))
    if (findings.length === 0) terminal.line({ fr: 'Rien ne manque.', en: 'Nothing is missing.' })
    return EXIT.done
  }
  const actor = options.rule === undefined ? undefined : await consoleActor(practice, options.as, ['care.read'])
  await refreshAll(practice, {
    signal: interruption.signal,
    onProgress: (records) => terminal.progress(printNumber(records, terminal.language)),
    onTrouble: (error) => terminal.error({ fr: (error as Error).message, en: (error as Error).message }),
  })
  await keepTrend(practice)
  if (actor === undefined || options.rule === undefined) return await tellCounts(terminal, practice)
  for await (const lines of lookAtRule(practice, actor, options.rule))
    for (const { patient, on, subject } of lines) {
      terminal.json({
        message_type: 'finding',
        rule: options.rule,
        patientId: patient.id,
        fileNumber: patient.fileNumber,
        on,
        subject,
      })
      terminal.line(`${patient.fileNumber.padEnd(12)}  ${(on ?? '').padEnd(10)}  ${patient.id}`)
    }
  return EXIT.done
}

type Found = Awaited<ReturnType<typeof import('@couronne/practice')['lookAtRecord']>>[number]

async function findingLine(terminal: Terminal, { rule, severity, state, on, missing }: Found): Promise<string> {
  const { RULES } = await import('@couronne/practice')
  const found = RULES.find(({ id }) => id === rule)
  const what = missing.flatMap((place) => found?.expects[place]?.missing[terminal.language] ?? []).join(', ')
  const waived = state === 'waived' ? terminal.say({ fr: ' (levé)', en: ' (waived)' }) : ''
  return `${terminal.say(SEVERITIES[severity]).padEnd(7)} ${(on ?? '').padEnd(10)}  ${what}${waived}  [${rule}]`
}

async function tellCounts(
  terminal: Terminal,
  practice: Parameters<typeof import('@couronne/practice')['keepTrend']>[0],
): Promise<number> {
  const { loadCounts, RECORDS, RULES } = await import('@couronne/practice')
  const { on, counts } = await loadCounts(practice.db, practice.id)
  const none = { met: 0, missing: 0, waived: 0 }
  const records = counts.get(RECORDS) ?? none
  const rules = RULES.map(({ id }) => ({ rule: id, ...(counts.get(id) ?? none) }))
  terminal.json({ message_type: 'completeness', on, records, rules })
  const number = (count: number) => printNumber(count, terminal.language)
  terminal.line({
    fr: `Dossiers complets : ${number(records.met)}. Il manque quelque chose à : ${number(records.missing)}. Seulement levé : ${number(records.waived)}.\n`,
    en: `Whole records: ${number(records.met)}. Something is missing in: ${number(records.missing)}. Only waived: ${number(records.waived)}.\n`,
  })
  for (const { rule, missing, met, waived } of rules.filter((each) => each.met + each.missing + each.waived > 0))
    terminal.line(
      terminal.say({
        fr: `${number(missing).padStart(9)} manquent ${number(met).padStart(9)} y sont ${number(waived).padStart(6)} levés  ${rule}`,
        en: `${number(missing).padStart(9)} missing ${number(met).padStart(9)} there ${number(waived).padStart(6)} waived  ${rule}`,
      }),
    )
  return EXIT.done
}

async function tellRules(terminal: Terminal): Promise<number> {
  const { NOT_CHECKED, RULES } = await import('@couronne/practice')
  const { language } = terminal
  for (const rule of RULES) {
    terminal.json({ message_type: 'rule', ...rule })
    terminal.line(`${rule.id} (${terminal.say(SEVERITIES[rule.severity])})\n  ${rule.title[language]}`)
    for (const { cited, address, sureness } of rule.sources)
      terminal.line(`  ${cited} [${terminal.say(SURENESS[sureness])}]\n    ${address}`)
  }
  terminal.line({ fr: '\nAucune règle ne contrôle :', en: '\nNo rule checks:' })
  for (const words of NOT_CHECKED) terminal.line(`  ${words[language]}`)
  return EXIT.done
}
