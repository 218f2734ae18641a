/** A sheet as it is printed: letterhead, whom it is about, its text, where one signs. In French (decision 0043). */
import { type BodyOf, lineRestCents, quoteRestCents, quoteTotalCents } from '@couronne/practice/contract'
import type { ReactNode } from 'react'
import { paper } from '#messages/paper'
import { type Days, makeDays } from './days.ts'
import { teethInWords } from './entry-words.ts'
import { carriesIns, dayOnPaper, isOfDevice, nameOnPaper, type PaperFacts, paperState, titleOnPaper } from './paper-facts.ts'

const days: Days = makeDays('fr')
const countries = new Intl.DisplayNames('fr', { type: 'region' })

/** @param today the day on which it is printed */
export function PaperSheet({ facts, today }: { readonly facts: PaperFacts; readonly today: string }) {
  const { practice, entry } = facts
  const state = paperState(entry)
  return (
    <article className="paper" lang="fr">
      {practice.isSample && <p className="paper-stamp">{paper.sample}</p>}
      {state !== undefined && <p className="paper-stamp">{paper.states[state]}</p>}
      <header className="paper-head">
        <Letterhead facts={facts} />
        <PractitionerBlock facts={facts} />
      </header>
      <p className="paper-day">{paper.placeAndDay(practice.facts.town, days.day(dayOnPaper(entry)))}</p>
      <Content facts={facts} />
      <p className="paper-small paper-version">{paper.versionAndPrint(entry.version, days.short(today))}</p>
    </article>
  )
}

function Letterhead({ facts: { practice } }: { readonly facts: PaperFacts }) {
  const { name, facts } = practice
  const town = [facts.postalCode, facts.town].filter((part) => part !== undefined).join(' ')
  const numbers = [
    facts.finess === undefined ? undefined : paper.finess(facts.finess),
    facts.siret === undefined ? undefined : paper.siret(facts.siret),
  ].filter((part) => part !== undefined)
  return (
    <div>
      <p className="paper-practice">{name}</p>
      <p>{facts.address}</p>
      <p>{town}</p>
      <p>{facts.telephone === undefined ? undefined : paper.telephone(facts.telephone)}</p>
      <p>{facts.email}</p>
      <p className="paper-small">{numbers.join(' · ')}</p>
    </div>
  )
}

function PractitionerBlock({ facts: { practitioner, entry } }: { readonly facts: PaperFacts }) {
  if (practitioner === undefined) return null
  const title = titleOnPaper(practitioner, dayOnPaper(entry))
  return (
    <div>
      <p className="paper-practitioner">{nameOf(practitioner)}</p>
      <p>{title === undefined ? undefined : paper.titles[title]}</p>
      <p>{practitioner.rpps === undefined ? undefined : paper.rpps(practitioner.rpps)}</p>
    </div>
  )
}

function nameOf({ givenName, familyName }: { readonly givenName: string; readonly familyName: string }): string {
  return `${givenName} ${familyName}`
}

function PatientBlock({ facts: { identity, entry } }: { readonly facts: PaperFacts }) {
  const { usedName, birthName, bornOn, sex, ins, status, fileNumber } = identity
  const born =
    bornOn === undefined
      ? undefined
      : bornOn.length === 10
        ? paper.born(days.short(bornOn), sex)
        : paper.bornIn(days.day(bornOn), sex)
  const traits = [born, paper.sex[sex], paper.file(fileNumber)].filter((part) => part !== undefined)
  return (
    <section className="paper-patient">
      <p>
        <strong>{nameOnPaper(identity)}</strong>
      </p>
      {usedName !== undefined && usedName !== birthName && <p>{paper.usedName(usedName)}</p>}
      <p>{traits.join(' · ')}</p>
      {/* Référentiel INS: the number goes with documents once the identity is qualified, and not before. */}
      {status === 'qualified' && ins !== undefined && carriesIns(entry) && <p>{paper.insIs(ins.number, paper.ins[ins.kind])}</p>}
    </section>
  )
}

function Content({ facts }: { readonly facts: PaperFacts }) {
  const { entry } = facts
  if (entry.body === null) return null
  switch (entry.kind) {
    case 'prescription':
      return <Prescription facts={facts} body={entry.body} />
    case 'quote':
      return <QuoteSheet facts={facts} body={entry.body} />
    case 'consent':
      return <ConsentSheet facts={facts} body={entry.body} />
    case 'correspondence':
      return <Letter facts={facts} body={entry.body} />
    default:
      return null
  }
}

interface SheetProps<K extends 'prescription' | 'quote' | 'consent' | 'correspondence'> {
  readonly facts: PaperFacts
  readonly body: BodyOf<K>
}

function Prescription({ facts, body }: SheetProps<'prescription'>) {
  return (
    <>
      <PatientBlock facts={facts} />
      <h2>{paper.prescription}</h2>
      <ol className="paper-lines">
        {body.lines.map((line, i) => {
          const parts = [
            line.dosage,
            line.days === undefined ? undefined : paper.days(line.days),
            line.quantity === undefined ? undefined : paper.quantity(line.quantity),
            line.isNotSubstitutable === true ? paper.notSubstitutable : undefined,
            line.note,
          ].filter((part) => part !== undefined)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are told apart by their place alone
            <li key={i}>
              <p>
                <strong>{line.label}</strong>
              </p>
              {parts.map((part) => (
                <p key={part}>{part}</p>
              ))}
            </li>
          )
        })}
      </ol>
      {/* Nobody adds a line below the last one. */}
      <p className="paper-count">{paper.lineCount(body.lines.length)}</p>
      <Signatures>
        <SignatureOfPractitioner facts={facts} />
      </Signatures>
    </>
  )
}

function QuoteSheet({ facts, body }: SheetProps<'quote'>) {
  const valid = body.validUntil === undefined ? [] : [paper.quoteValid(days.day(body.validUntil))]
  return (
    <>
      <PatientBlock facts={facts} />
      <h2>{paper.quote(body.number)}</h2>
      <p>{[paper.quoteMadeOn(days.day(body.madeOn)), ...valid].join(', ')}</p>
      <QuoteTable body={body} />
      {body.alternative !== undefined && (
        <p className="paper-text">
          <strong>{paper.alternative}</strong> {body.alternative}
        </p>
      )}
      {[...(body.lines.some(isOfDevice) ? [paper.quoteOfDevice] : []), ...paper.quoteLaw].map((text) => (
        <p key={text} className="paper-small">
          {text}
        </p>
      ))}
      <Signatures>
        <SignatureOfPractitioner facts={facts} />
        <SignatureBox text={paper.agreed} />
      </Signatures>
    </>
  )
}

function QuoteTable({ body }: { readonly body: BodyOf<'quote'> }) {
  const sum = (of: (line: (typeof body.lines)[number]) => number | undefined) =>
    body.lines.every((line) => of(line) === undefined)
      ? undefined
      : body.lines.reduce((cents, line) => cents + (of(line) ?? 0), 0)
  const isReimbursementKnown = body.lines.every(({ reimbursedCents }) => reimbursedCents !== undefined)
  return (
    <table className="paper-table">
      <thead>
        <tr>
          <th scope="col">{paper.columns.act}</th>
          <th scope="col">{paper.columns.fee}</th>
          <th scope="col">{paper.columns.device}</th>
          <th scope="col">{paper.columns.base}</th>
          <th scope="col">{paper.columns.reimbursed}</th>
          <th scope="col">{paper.columns.rest}</th>
        </tr>
      </thead>
      <tbody>
        {body.lines.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are told apart by their place alone
          <tr key={i}>
            <td>
              <QuoteLine line={line} />
            </td>
            <Amount of="fee" cents={line.feeCents} />
            <Amount of="device" cents={line.deviceCents} isBlank />
            <Amount of="base" cents={line.baseCents} isBlank={line.reimbursedCents === 0} />
            <Amount of="reimbursed" cents={line.reimbursedCents} />
            <Amount of="rest" cents={lineRestCents(line)} />
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{paper.total}</th>
          <Amount of="fee" cents={quoteTotalCents(body)} />
          <Amount of="device" cents={sum(({ deviceCents }) => deviceCents)} isBlank />
          <Amount of="base" cents={undefined} isBlank />
          <Amount of="reimbursed" cents={isReimbursementKnown ? sum(({ reimbursedCents }) => reimbursedCents) : undefined} />
          <Amount of="rest" cents={quoteRestCents(body)} />
        </tr>
      </tfoot>
    </table>
  )
}

function QuoteLine({ line }: { readonly line: BodyOf<'quote'>['lines'][number] }) {
  const parts = [
    line.code === undefined ? undefined : paper.code(line.code.system, line.code.code),
    line.teeth.length === 0 ? undefined : paper.teeth(teethInWords(line.teeth), line.teeth.length),
    line.materials === undefined ? undefined : paper.materials(line.materials),
    line.basket === undefined ? undefined : paper.baskets[line.basket],
    line.madeIn === undefined ? undefined : paper.madeIn(countryOf(line.madeIn)),
    line.subcontracting === undefined
      ? undefined
      : paper.subcontracting[line.subcontracting](
          line.subcontractedIn === undefined ? undefined : countryOf(line.subcontractedIn),
        ),
  ].filter((part) => part !== undefined)
  return (
    <>
      {line.label}
      {parts.map((part) => (
        <span key={part} className="paper-small">
          {part}
        </span>
      ))}
    </>
  )
}

function countryOf(code: string): string {
  return countries.of(code) ?? code
}

/** @param isBlank where nothing is meant by nothing: an act without a device */
function Amount({
  of,
  cents,
  isBlank = false,
}: {
  readonly of: keyof typeof paper.columns
  readonly cents: number | undefined
  readonly isBlank?: boolean
}) {
  const text = cents === undefined ? (isBlank ? '' : paper.unknown) : days.euros(cents)
  return (
    <td className="paper-amount" data-column={paper.columns[of]}>
      {text}
    </td>
  )
}

/** No care: neither benefits nor risks are explained. */
const ABOUT_DATA: ReadonlySet<string> = new Set(['data', 'sharing', 'photographs'])

function ConsentSheet({ facts, body }: SheetProps<'consent'>) {
  const patient = nameOnPaper(facts.identity)
  const isForPatient = body.by === 'representative'
  const signed = isForPatient
    ? paper.consentFor(facts.representative?.name ?? paper.representative, patient)
    : paper.consentBy(patient)
  return (
    <>
      <PatientBlock facts={facts} />
      <h2>
        {paper.consent[body.decision]} – {paper.subjects[body.subject]}
      </h2>
      <p>
        {signed} {paper.decisions[body.decision]}
      </p>
      <p className="paper-about">{body.about}</p>
      <p>{ABOUT_DATA.has(body.subject) ? paper.informedOfData : paper.informed}</p>
      {facts.practitioner !== undefined && <p>{paper.explainedBy(nameOf(facts.practitioner))}</p>}
      <p>{paper.decidedOn(days.day(body.decidedOn))}</p>
      <Signatures>
        <SignatureBox text={isForPatient ? paper.signatureOfRepresentative : paper.signatureOfPatient} />
        <SignatureOfPractitioner facts={facts} />
      </Signatures>
    </>
  )
}

function Letter({ facts, body }: SheetProps<'correspondence'>) {
  const isOut = body.direction === 'out'
  return (
    <>
      {isOut && (
        <section className="paper-to">
          <p>{paper.letterTo}</p>
          <p>
            <strong>{body.party.name}</strong>
          </p>
          {body.party.rpps !== undefined && <p>{paper.rpps(body.party.rpps)}</p>}
        </section>
      )}
      <PatientBlock facts={facts} />
      {!isOut && <h2>{paper.received[body.channel](body.party.name)}</h2>}
      <p>
        <strong>{paper.subjectIs(body.subject)}</strong>
      </p>
      <p className="paper-text">{body.text}</p>
      {isOut && (
        <Signatures>
          <SignatureOfPractitioner facts={facts} />
        </Signatures>
      )}
    </>
  )
}

function Signatures({ children }: { readonly children: ReactNode }) {
  return <div className="paper-signatures">{children}</div>
}

function SignatureOfPractitioner({ facts: { practitioner } }: { readonly facts: PaperFacts }) {
  return <SignatureBox text={practitioner === undefined ? paper.signatureOfPractice : paper.signature(nameOf(practitioner))} />
}

function SignatureBox({ text }: { readonly text: string }) {
  return (
    <div className="paper-signature">
      <p>{text}</p>
    </div>
  )
}
