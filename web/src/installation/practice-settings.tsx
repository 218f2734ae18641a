/** How the practice names itself. */
import { changePractice, DEFAULT_TIME_ZONE, type PracticeFacts } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { FormBox, ProblemBox, TextField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { meQuery, practiceQuery, useMay } from '#session'
import { Page, Section } from '#shell'
import { FactFields, zoneInWords } from './fact-fields.tsx'
import { checkFacts, type FactValues, factsOf, valuesOfFacts } from './practice-facts.ts'
import { SettingsTabs } from './settings-tabs.tsx'
import { SignInSettingsForm } from './sign-in-settings.tsx'

export function PracticeSettingsPage() {
  const m = useMessages()
  const { data: practice, error } = useQuery(practiceQuery)
  const mayChange = useMay('practice.write')
  return (
    <Page title={m.installation.settingsTitle}>
      <SettingsTabs />
      {error !== null && <ProblemBox problem={error} />}
      {practice !== undefined && (
        <Section title={m.installation.practiceTitle}>
          {mayChange ? <PracticeForm practice={practice} /> : <PracticeShown practice={practice} />}
        </Section>
      )}
      <SignInSettingsForm mayChange={mayChange} />
    </Page>
  )
}

interface PracticeProps {
  readonly practice: { readonly name: string; readonly facts: PracticeFacts; readonly createdAt: string }
}

function PracticeForm({ practice }: PracticeProps) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm<FactValues & { name: string }>({
    initial: { name: practice.name, ...valuesOfFacts(practice.facts) },
    draft: 'practice',
    check: (values, words) => ({
      name: values.name.trim() === '' ? m.installation.nameMissing : undefined,
      ...checkFacts(values, words),
    }),
    send: async (values, key) => {
      setIsSaved(false)
      const body = { name: values.name.trim(), facts: factsOf(values) }
      queries.setQueryData(practiceQuery.queryKey, await call(changePractice, { body }, { key }))
      await queries.invalidateQueries(meQuery)
      setIsSaved(true)
    },
  })
  return (
    <>
      <FormBox form={form} action={m.forms.save}>
        <TextField form={form} name="name" label={m.installation.name} hint={m.installation.nameHint} lengthMax={200} />
        <FactFields form={form} />
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.forms.saved}</p>
    </>
  )
}

function PracticeShown({ practice }: PracticeProps) {
  const m = useMessages()
  const format = useFormat()
  const { facts } = practice
  const shown: readonly (readonly [string, string | undefined])[] = [
    [m.installation.name, practice.name],
    [m.installation.legalForm, facts.legalForm === undefined ? undefined : m.installation.legalForms[facts.legalForm]],
    [m.installation.address, facts.address],
    [m.installation.postalCode, facts.postalCode],
    [m.installation.town, facts.town],
    [m.installation.telephone, facts.telephone],
    [m.installation.email, facts.email],
    [m.installation.siret, facts.siret],
    [m.installation.finess, facts.finess],
    [m.installation.timeZone, zoneInWords(facts.timeZone ?? DEFAULT_TIME_ZONE, m)],
    [m.installation.since, format.dayOf(practice.createdAt)],
  ]
  return (
    <dl className="facts">
      {shown.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value ?? m.forms.notSaid}</dd>
        </div>
      ))}
    </dl>
  )
}
