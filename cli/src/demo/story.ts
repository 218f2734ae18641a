/** The demonstration as it is told: numbered steps with their times, and what they prove together. */
import type { Text } from '../language.ts'
import { printDuration, type Terminal } from '../terminal.ts'
import { widthOfOutput, wrap } from '../wrap.ts'

const INDENT = 4

export interface Proof {
  readonly step: string
  readonly ms: number
  readonly result: string
}

export class Story {
  readonly proofs: Proof[] = []
  readonly #terminal: Terminal
  readonly #started = performance.now()

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  get elapsedMs(): number {
    return performance.now() - this.#started
  }

  async step<T>(title: Text, work: () => Promise<{ readonly value: T; readonly said: Text }>): Promise<T> {
    const terminal = this.#terminal
    const number = `${this.proofs.length + 1}.`.padEnd(INDENT)
    const began = performance.now()
    terminal.progress(`${number}${terminal.say(title)}…`)
    const { value, said } = await work()
    const ms = performance.now() - began
    this.proofs.push({ step: title.en, ms: Math.round(ms), result: said.en })
    const time = printDuration(ms, terminal.language)
    terminal.line(`${number}${terminal.say(title)}  (${time})\n${wrap(terminal.say(said), widthOfOutput(), INDENT)}`)
    return value
  }
}

export interface Report {
  readonly terminal: Terminal
  readonly isProven: boolean
  readonly restoreMs: number
  readonly totalMs: number
}

export function printReport({ terminal, isProven, restoreMs, totalMs }: Report): void {
  const { language } = terminal
  const [total, restore] = [printDuration(totalMs, language), printDuration(restoreMs, language)]
  const proven = {
    fr: `PROUVÉ en ${total} : une seule lecture, deux copies ; les dégâts d’une copie sont vus et soignés ; tout est revenu de l’autre seule, à l’identique, en ${restore}.`,
    en: `PROVEN in ${total}: one read pass, two mirrors; damage of one is seen and healed; everything came back from the other alone, identical, in ${restore}.`,
  }
  terminal.line()
  if (isProven) terminal.line(wrap(terminal.say(proven), widthOfOutput(), 0))
  else if (!terminal.isJson)
    terminal.error({
      fr: 'NON PROUVÉ : voyez ci-dessus ce qui n’est pas conforme.',
      en: 'NOT PROVEN: see above what is not as it should be.',
    })
  terminal.line({
    fr: `
Sur votre propre dossier (le mot de passe est demandé : notez-le sur papier, ailleurs) :
  npx couronne vault init   -r /media/disque/coffre
  npx couronne vault backup -r /media/disque/coffre /chemin/du/cabinet
  npx couronne vault check  -r /media/disque/coffre --read-data
  npx couronne vault restore latest -r /media/disque/coffre --target /chemin/vide
Pas à pas : docs/guide/fr/premier-jour.md`,
    en: `
On your own folder (the password is asked for: write it down on paper, elsewhere):
  npx couronne vault init   -r /media/disk/vault
  npx couronne vault backup -r /media/disk/vault /path/of/the/practice
  npx couronne vault check  -r /media/disk/vault --read-data
  npx couronne vault restore latest -r /media/disk/vault --target /empty/path
Step by step: docs/guide/en/README.md`,
  })
}
