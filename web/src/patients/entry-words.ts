/** Entries in words: a title, the facts of which a reader may want each, what changed between two versions. */
import { type Entry, type EntryKind, quoteTotalCents, type Tooth, type ToothState } from '@couronne/practice/contract'
import { documentTypeInWords } from './document-types.ts'
import { FIELDS, type FieldSpec, isAsked, nameOf } from './field-specs.ts'
import { type Body, memberAt, valuesOf } from './field-values.ts'
import type { Words } from './words.ts'

export interface Fact {
  readonly name: string
  readonly label: string
  readonly text: string
}

type Content = { readonly kind: EntryKind; readonly body: unknown }

/** In a line. */
export function titleOf(entry: Content | Entry, words: Words): string {
  const { m, days } = words
  const content = entry as Entry
  if (content.body === null) return m.patients.destroyed
  const choices = m.patients.choices
  switch (content.kind) {
    case 'alert': {
      const { category, state, label } = content.body
      const what = state === 'present' ? label : label === undefined ? m.patients.alertAbsent : m.patients.exceptAbsent(label)
      return `${choices.alertCategory[category]}${m.patients.colon} ${what}`
    }
    case 'procedure': {
      const { code, teeth } = content.body
      return [code.label, teethInWords(teeth)].filter((part) => part !== '').join(' · ')
    }
    case 'observation': {
      const { body } = content
      if (body.category === 'note' || body.category === 'personal-note') return body.text
      const teeth = body.category === 'tooth-chart' ? body.findings : body.teeth
      const listed =
        body.category === 'tooth-chart'
          ? findingsInWords(body.findings, words)
          : [...new Set(teeth.map(({ fdi }) => fdi))].join(', ')
      return `${choices.observationCategory[body.category]}${m.patients.colon} ${listed}`
    }
    case 'questionnaire': {
      const there = content.body.items.filter(({ answer }) => answer === 'present').map(({ label, detail }) => detail ?? label)
      return there.length === 0 ? formName(content.body.form, words) : there.join(', ')
    }
    case 'prescription':
      return content.body.lines.map(({ label, dosage }) => [label, dosage].filter(Boolean).join(', ')).join(' ; ')
    case 'consent':
      return `${choices.decision[content.body.decision]}${m.patients.colon} ${content.body.about}`
    case 'quote':
      return `${choices.quoteState[content.body.state]} · ${days.euros(quoteTotalCents(content.body))} · ${content.body.lines.map(({ label }) => label).join(', ')}`
    case 'correspondence': {
      const { direction, channel, party, subject } = content.body
      return `${choices.direction[direction]} · ${choices.channel[channel]} · ${party.name}${m.patients.colon} ${subject}`
    }
    case 'device': {
      const { label, lot, teeth } = content.body
      return [label, teethInWords(teeth), lot === undefined ? '' : `${m.patients.labels.lot} ${lot}`]
        .filter((part) => part !== '')
        .join(' · ')
    }
    case 'appointment': {
      const { startsAt, minutes, state, reason } = content.body
      return [startsAt.slice(11, 16), m.patients.minutes(minutes), choices.appointmentState[state], reason]
        .filter(Boolean)
        .join(' · ')
    }
    case 'claim':
      return `${choices.claimWay[content.body.way]}${m.patients.colon} ${content.body.subject}`
    case 'relatedPerson': {
      const { givenName, familyName, relation, authority } = content.body
      return [
        `${givenName ?? ''} ${familyName}`.trim(),
        choices.relation[relation],
        authority === undefined ? undefined : choices.authority[authority],
      ]
        .filter(Boolean)
        .join(' · ')
    }
    case 'referringDoctor': {
      const { givenName, familyName, role, speciality } = content.body
      return [`${givenName ?? ''} ${familyName}`.trim(), choices.doctorRole[role], speciality].filter(Boolean).join(' · ')
    }
    case 'stewardship':
      return stewardInWords(content.body.steward, words)
    case 'careLink':
      return `${words.practitioner(content.body.practitionerId)} · ${choices.careLinkBasis[content.body.basis]}`
    case 'document':
      return `${content.body.title} · ${documentTypeInWords(content.body.type, words.m)}`
    case 'imagingStudy': {
      const { modality, title, teeth } = content.body
      return [title, modality, teeth.join(', ')].filter((part) => part !== '').join(' · ')
    }
    case 'identity':
      return [...content.body.givenNames.slice(0, 1), content.body.usedName ?? content.body.birthName].join(' ')
    default:
      return content satisfies never
  }
}

export function stewardInWords(
  steward:
    | { readonly kind: 'practice' }
    | { readonly kind: 'company'; readonly name: string }
    | { readonly kind: 'practitioner'; readonly practitionerId: string }
    | undefined,
  { m, practitioner }: Words,
): string {
  switch (steward?.kind) {
    case undefined:
      return m.patients.stewardUnknown
    case 'practice':
      return m.patients.stewardPractice
    case 'company':
      return m.patients.stewardCompany(steward.name)
    case 'practitioner':
      return m.patients.stewardPractitioner(practitioner(steward.practitionerId))
    default:
      return steward satisfies never
  }
}

/** What stands in it, field by field; what is not recorded is left out. */
export function factsOf(kind: EntryKind, body: unknown, words: Words): Fact[] {
  return factsIn(FIELDS[kind], body as Body, words)
}

function factsIn(fields: readonly FieldSpec[], body: Body, words: Words): Fact[] {
  const values = valuesOf(fields, body)
  return fields
    .filter((field) => isAsked(field, values))
    .flatMap((field) => {
      const member = memberAt(body, field.path)
      const text = member === undefined ? '' : inWords(field, member, words)
      return text === '' ? [] : [{ name: nameOf(field), label: words.m.patients.labels[field.label], text }]
    })
}

function inWords(field: FieldSpec, member: unknown, words: Words): string {
  const { m, days } = words
  const list = Array.isArray(member) ? (member as unknown[]) : []
  switch (field.type) {
    case 'choice':
      return (m.patients.choices[field.of] as Readonly<Record<string, string>>)[String(member)] ?? String(member)
    case 'ticks':
      return list.map((each) => (m.patients.choices[field.of] as Readonly<Record<string, string>>)[String(each)]).join(', ')
    case 'day':
    case 'today':
    case 'partial':
      return days.day(String(member))
    case 'instant':
      return days.local(String(member))
    case 'tick':
      return member === true ? m.patients.yes : ''
    case 'euros':
      return days.euros(Number(member))
    case 'practitioner':
      return words.practitioner(String(member))
    case 'list':
    case 'lines':
      return list.join(', ')
    case 'teeth':
      return teethInWords(member as readonly ToothAndSurfaces[])
    case 'tooth-list':
      return list.join(', ')
    case 'ccam': {
      const { system, code } = member as { system: keyof typeof m.patients.choices.codeSystem; code: string }
      return `${m.patients.choices.codeSystem[system]} ${code}`
    }
    case 'tooth-numbers':
      return typeof member === 'string' ? member : teethInWords(member as readonly ToothAndSurfaces[])
    case 'areas':
      return list.map((each) => (m.patients.areas as Readonly<Record<string, string>>)[String(each)]).join(', ')
    case 'code': {
      const { system, code, label } = member as {
        system: keyof typeof m.patients.choices.codeSystem
        code: string
        label: string
      }
      return `${label} (${m.patients.choices.codeSystem[system]} ${code})`
    }
    case 'findings':
      return findingsInWords(member as readonly Finding[], words)
    case 'answers':
      return (member as readonly { label: string; answer: keyof typeof m.patients.answers; detail?: string }[])
        .filter(({ answer }) => answer !== 'not-answered')
        .map(
          ({ label, answer, detail }) =>
            `${label}${m.patients.colon} ${m.patients.answers[answer]}${detail === undefined ? '' : ` (${detail})`}`,
        )
        .join('\n')
    case 'document-type':
      return documentTypeInWords(member as { code: string; label: string }, m)
    case 'conformity': {
      const { receivedOn } = member as { receivedOn?: string }
      return receivedOn === undefined ? m.patients.conformityReceived : `${m.patients.conformityOn} ${days.day(receivedOn)}`
    }
    case 'sites':
      return String(valuesOf([field], { [field.path]: member })[nameOf(field)])
    case 'site-ticks':
      return (member as readonly Record<string, unknown>[])
        .filter((site) => site[field.member] === true)
        .map(({ site }) => site)
        .join(', ')
    case 'rows':
      return (member as readonly Body[])
        .map((row) =>
          factsIn(field.fields, row, words)
            .map(({ label, text }, i) => (i === 0 ? text : `${label}${m.patients.colon} ${text}`))
            .join(' · '),
        )
        .join('\n')
    case 'patient':
      return m.patients.alsoPatient
    case 'entry':
      return `…${String(member).slice(-6)}`
    case 'entries':
      return list.map((each) => `…${String(each).slice(-6)}`).join(', ')
    case 'constant':
      return field.label === 'form' ? formName(String(member), words) : String(member)
    default:
      return String(member)
  }
}

function formName(form: string, { m }: Words): string {
  return (m.patients.forms as Readonly<Record<string, string>>)[form] ?? form
}

interface ToothAndSurfaces {
  readonly fdi: Tooth
  readonly surfaces: readonly string[]
}

type Finding = ToothAndSurfaces & { readonly state: ToothState; readonly note?: string | undefined }

/** `36 MO, 37` */
export function teethInWords(teeth: readonly { readonly fdi: string; readonly surfaces: readonly string[] }[]): string {
  return teeth.map(({ fdi, surfaces }) => (surfaces.length === 0 ? fdi : `${fdi} ${surfaces.join('')}`)).join(', ')
}

function findingsInWords(findings: readonly Finding[], { m }: Words): string {
  return findings
    .map(
      ({ state, note, ...tooth }) =>
        `${teethInWords([tooth])} ${m.patients.toothStates[state].toLowerCase()}${note === undefined ? '' : ` (${note})`}`,
    )
    .join(', ')
}

/** What became of it from one version to the next. */
export function changesBetween(kind: EntryKind, before: unknown, after: unknown, words: Words): string[] {
  const earlier = new Map(factsOf(kind, before, words).map((fact) => [fact.name, fact]))
  const later = new Map(factsOf(kind, after, words).map((fact) => [fact.name, fact]))
  const names = [...new Set([...earlier.keys(), ...later.keys()])]
  return names.flatMap((name) => {
    const was = earlier.get(name)
    const is = later.get(name)
    if (was?.text === is?.text) return []
    if (was === undefined && is !== undefined) return [words.m.patients.appears(is.label, is.text)]
    if (was !== undefined && is === undefined) return [words.m.patients.disappears(was.label, was.text)]
    return was === undefined || is === undefined ? [] : [words.m.patients.becomes(was.label, was.text, is.text)]
  })
}
