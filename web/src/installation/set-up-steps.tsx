/** The three steps that ask; the kit follows. */
import { makePractice } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call, Problem } from '#api'
import { checkNewPassword, FormBox, NewPasswordFields, RadioField, SecretField, TextField, TickField, useForm } from '#forms'
import { useMessages, useSpeech } from '#messages'
import { installationQuery } from '#session'
import { Page } from '#shell'
import { FactFields } from './fact-fields.tsx'
import { checkFacts, type FactValues, factsOf } from './practice-facts.ts'
import { PASSPHRASE_LENGTH_MIN } from './sealing-words.ts'
import { ThiefTable } from './thief-table.tsx'

export type PracticeValues = FactValues & { name: string }
export type OwnerValues = { displayName: string; login: string; newPassword: string; again: string }

export function Progress({ step }: { readonly step: number }) {
  const m = useMessages()
  return <p className="progress">{m.installation.stepOf(step, 4)}</p>
}

export function PracticeStep({
  values,
  onDone,
}: {
  readonly values: PracticeValues
  readonly onDone: (values: PracticeValues) => void
}) {
  const m = useMessages()
  const form = useForm<PracticeValues>({
    initial: values,
    draft: 'set-up practice',
    check: (each, words) => ({
      name: each.name.trim() === '' ? m.installation.nameMissing : undefined,
      ...checkFacts(each, words),
    }),
    send: async (each) => onDone(each),
  })
  return (
    <Page title={m.installation.steps.practice} isNarrow>
      <Progress step={1} />
      <FormBox form={form} action={m.forms.next}>
        <TextField
          form={form}
          name="name"
          label={m.installation.name}
          hint={m.installation.nameHint}
          autoComplete="organization"
          lengthMax={200}
        />
        <details className="more">
          <summary>{m.installation.letterhead}</summary>
          <div className="form">
            <FactFields form={form} />
          </div>
        </details>
      </FormBox>
    </Page>
  )
}

export function OwnerStep({
  values,
  refusal,
  onBack,
  onDone,
}: {
  readonly values: OwnerValues
  readonly refusal: Problem | undefined
  readonly onBack: (values: OwnerValues) => void
  readonly onDone: (values: OwnerValues) => void
}) {
  const m = useMessages()
  const form = useForm<OwnerValues>({
    initial: values,
    refusal,
    fieldOf: (path) => (path === 'owner.password' ? 'newPassword' : path.replace('owner.', '')),
    check: ({ displayName, login, ...chosen }, words) => ({
      displayName: displayName.trim() === '' ? m.people.displayNameMissing : undefined,
      login: login.trim().length < 2 ? m.people.loginShort : undefined,
      ...checkNewPassword(chosen, words),
    }),
    send: async (each) => onDone(each),
  })
  return (
    <Page title={m.installation.steps.owner} lead={m.installation.ownerLead} isNarrow>
      <Progress step={2} />
      <FormBox
        form={form}
        action={m.forms.next}
        beside={
          <Button variant="default" onClick={() => onBack(form.values)}>
            {m.forms.back}
          </Button>
        }
      >
        <TextField
          form={form}
          name="displayName"
          label={m.people.displayName}
          hint={m.people.displayNameHint}
          autoComplete="name"
          lengthMax={100}
        />
        <TextField
          form={form}
          name="login"
          label={m.session.login}
          hint={m.people.loginHint}
          autoComplete="username"
          lengthMax={100}
        />
        <NewPasswordFields form={form} label={m.session.password} />
      </FormBox>
    </Page>
  )
}

export function OpeningStep({
  practice,
  owner,
  onBack,
  onOwnerRefused,
  onDone,
}: {
  readonly practice: PracticeValues
  readonly owner: OwnerValues
  readonly onBack: () => void
  /** the server, which sees all answers at once, does not take those of the step before */
  readonly onOwnerRefused: (problem: Problem) => void
  readonly onDone: (words: readonly string[]) => void
}) {
  const m = useMessages()
  const { language } = useSpeech()
  const { data: installation } = useQuery(installationQuery)
  const needsCode = installation?.needsSetupCode === true
  const form = useForm({
    initial: { opening: 'passphrase', passphrase: '', again: '', setupCode: '', isUnderstood: false },
    check: ({ opening, passphrase, again, setupCode, isUnderstood }) => ({
      passphrase:
        opening === 'passphrase' && passphrase.length < PASSPHRASE_LENGTH_MIN
          ? m.installation.passphraseShort(PASSPHRASE_LENGTH_MIN)
          : undefined,
      again: opening === 'passphrase' && again !== passphrase ? m.installation.passphraseDiffers : undefined,
      isUnderstood: opening === 'itself' && !isUnderstood ? m.installation.understandFirst : undefined,
      setupCode: needsCode && setupCode.trim() === '' ? m.installation.setupCodeMissing : undefined,
    }),
    send: async ({ opening, passphrase, setupCode }, key) => {
      const body = {
        ...(needsCode ? { setupCode } : {}),
        name: practice.name,
        facts: factsOf(practice),
        owner: { displayName: owner.displayName, login: owner.login, password: owner.newPassword, language },
        ...(opening === 'passphrase' ? { passphrase } : {}),
      }
      try {
        const made = await call(makePractice, { body }, { key })
        onDone(made.recoveryWords.split(' '))
      } catch (error) {
        const isOwners = error instanceof Problem && error.fields.some(({ path }) => path.startsWith('owner.'))
        if (!isOwners) throw error
        onOwnerRefused(error)
      }
    },
  })
  const isByPassphrase = form.values.opening === 'passphrase'
  return (
    <Page title={m.installation.steps.opening} lead={m.installation.openingLead} isNarrow>
      <Progress step={3} />
      <FormBox
        form={form}
        action={m.installation.createAction}
        beside={
          <Button variant="default" onClick={onBack} disabled={form.isSending}>
            {m.forms.back}
          </Button>
        }
      >
        <RadioField
          form={form}
          name="opening"
          label={m.installation.openingLabel}
          choices={[
            { value: 'passphrase', label: m.installation.byPassphrase, hint: m.installation.byPassphraseHint },
            { value: 'itself', label: m.installation.byItself, hint: m.installation.byItselfHint },
          ]}
        />
        <ThiefTable opensByItself={!isByPassphrase} />
        {isByPassphrase ? (
          <>
            <SecretField
              form={form}
              name="passphrase"
              label={m.installation.passphrase}
              hint={m.installation.passphraseHint(PASSPHRASE_LENGTH_MIN)}
              autoComplete="new-password"
            />
            <SecretField form={form} name="again" label={m.installation.passphraseAgain} autoComplete="new-password" />
          </>
        ) : (
          <TickField form={form} name="isUnderstood" label={m.installation.understood} />
        )}
        {needsCode && (
          <TextField
            form={form}
            name="setupCode"
            label={m.installation.setupCode}
            hint={m.installation.setupCodeHint}
            className="short"
          />
        )}
      </FormBox>
      <p role="status">{form.isSending && m.installation.creating}</p>
    </Page>
  )
}
