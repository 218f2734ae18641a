/** Signing in elsewhere: the practice's OpenID Connect provider, which Pro Santé Connect is for most. */
import { changeOidcSettings, finishOidcSignIn, getOidcSettings, removeOidcSettings } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ChoiceField, ConfirmByName, FormBox, ProblemBox, RadioField, SecretField, TextField, TickField, useForm } from '#forms'
import { useMessages } from '#messages'
import { LinkWithProvider, meQuery, useMay, waysInQuery } from '#session'
import { Copyable, Page, Section } from '#shell'
import {
  checkProvider,
  isOnlyHere,
  issuerOf,
  type ProviderSettings,
  type ProviderValues,
  providerOf,
  REALMS,
  secretState,
  valuesOfProvider,
} from './provider-values.ts'
import { SettingsTabs } from './settings-tabs.tsx'

const providerQuery = queryOptions({
  queryKey: ['oidc-settings'],
  queryFn: ({ signal }) => call(getOidcSettings, {}, { signal }),
})

export function ProviderSettingsPage() {
  const m = useMessages()
  const mayChange = useMay('practice.write')
  const { data, error } = useQuery(providerQuery)
  return (
    <Page title={m.installation.settingsTitle}>
      <SettingsTabs />
      {error !== null && <ProblemBox problem={error} />}
      {data !== undefined && (
        <Section title={m.provider.title}>
          <p>{m.provider.lead}</p>
          {mayChange ? <ProviderForm settings={data.oidc} /> : <ProviderShown settings={data.oidc} />}
        </Section>
      )}
      {mayChange && data?.oidc !== undefined && <Trial />}
      {mayChange && data?.oidc !== undefined && <Removal label={data.oidc.label} />}
    </Page>
  )
}

function ProviderForm({ settings }: { readonly settings: ProviderSettings | undefined }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm<ProviderValues>({
    initial: valuesOfProvider(settings, window.location.origin),
    draft: 'provider',
    secrets: ['clientSecret'],
    check: (values, words) => checkProvider(values, settings, words),
    send: async (values, key) => {
      setIsSaved(false)
      const oidc = await call(changeOidcSettings, { body: providerOf(values) }, { key })
      queries.setQueryData(providerQuery.queryKey, { oidc })
      await Promise.all([queries.invalidateQueries(waysInQuery), queries.invalidateQueries(meQuery)])
      form.reset(valuesOfProvider(oidc, window.location.origin))
      setIsSaved(true)
    },
  })
  const { values } = form
  return (
    <>
      <FormBox form={form} action={m.forms.save} label={m.provider.title}>
        <RadioField
          form={form}
          name="preset"
          label={m.provider.preset}
          choices={(['pro-sante-connect', 'generic'] as const).map((value) => ({
            value,
            label: m.provider.presets[value],
            hint: m.provider.presetHints[value],
          }))}
        />
        {values.preset === 'generic' ? <GenericFields form={form} /> : <ProSanteConnectFields form={form} />}
        <TextField form={form} name="publicOrigin" label={m.provider.publicOrigin} hint={m.provider.publicOriginHint} />
        {isOnlyHere(values.publicOrigin.trim()) && <p className="note">{m.provider.onlyHere}</p>}
        <div>
          <p>{m.provider.redirectUri}</p>
          <Copyable
            text={`${values.publicOrigin.trim().replace(/\/$/, '')}${finishOidcSignIn.path}`}
            action={m.provider.copyRedirectUri}
          />
        </div>
        <TextField form={form} name="clientId" label={m.provider.clientId} hint={m.provider.clientIdHint} lengthMax={200} />
        <SecretField
          form={form}
          name="clientSecret"
          label={m.provider.clientSecret}
          hint={secretState(values, settings) === 'kept' ? m.provider.clientSecretKept : m.provider.clientSecretHint}
          isOptional
          autoComplete="new-password"
        />
        {values.preset === 'generic' ? (
          <TickField
            form={form}
            name="countsAsTwoFactors"
            label={m.provider.countsAsTwoFactors}
            hint={m.provider.countsAsTwoFactorsHint}
          />
        ) : (
          <TickField form={form} name="linksByRpps" label={m.provider.linksByRpps} hint={m.provider.linksByRppsHint} />
        )}
        {settings !== undefined && issuerOf(values) !== settings.issuer && <p className="note">{m.provider.issuerChanges}</p>}
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.provider.saved}</p>
    </>
  )
}

type FieldsOf = { readonly form: ReturnType<typeof useForm<ProviderValues>> }

function ProSanteConnectFields({ form }: FieldsOf) {
  const m = useMessages()
  const known: readonly string[] = Object.values(REALMS)
  const { realm } = form.values
  return (
    <>
      <section aria-label={m.provider.rulesTitle}>
        <h3>{m.provider.rulesTitle}</h3>
        <ul className="plain">
          {m.provider.rules.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ul>
      </section>
      <ChoiceField
        form={form}
        name="realm"
        label={m.provider.environment}
        choices={[
          { value: REALMS.real, label: m.provider.environments.real },
          { value: REALMS.trial, label: m.provider.environments.trial },
          ...(known.includes(realm) ? [] : [{ value: realm, label: realm }]),
        ]}
      />
    </>
  )
}

function GenericFields({ form }: FieldsOf) {
  const m = useMessages()
  return (
    <>
      <TextField form={form} name="label" label={m.provider.label} hint={m.provider.labelHint} lengthMax={100} />
      <TextField form={form} name="issuer" label={m.provider.issuer} hint={m.provider.issuerHint} lengthMax={500} />
    </>
  )
}

function ProviderShown({ settings }: { readonly settings: ProviderSettings | undefined }) {
  const m = useMessages()
  if (settings === undefined) return <p>{m.provider.none}</p>
  const yesOrNo = (is: boolean) => (is ? m.provider.yes : m.provider.no)
  const shown: readonly (readonly [string, string])[] = [
    [m.provider.preset, settings.label],
    [m.provider.issuer, settings.issuer],
    [m.provider.clientId, settings.clientId],
    [m.provider.redirectUri, settings.redirectUri],
    settings.preset === 'generic'
      ? [m.provider.twoFactors, yesOrNo(settings.countsAsTwoFactors)]
      : [m.provider.byRpps, yesOrNo(settings.linksByRpps)],
  ]
  return (
    <dl className="facts">
      {shown.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Trial() {
  const m = useMessages()
  const { data: me } = useQuery(meQuery)
  if (me === undefined) return null
  return (
    <Section title={m.provider.tryTitle}>
      {me.isOidcLinked ? (
        <p>{m.provider.tryLinked}</p>
      ) : (
        <>
          <p>{m.provider.tryLead}</p>
          <LinkWithProvider action={m.provider.tryAction} />
        </>
      )}
    </Section>
  )
}

function Removal({ label }: { readonly label: string }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isAsking, setIsAsking] = useState(false)
  return (
    <Section title={m.provider.removeTitle}>
      <Button variant="default" onClick={() => setIsAsking(true)}>
        {m.provider.remove(label)}
      </Button>
      {isAsking && (
        <ConfirmByName
          title={m.provider.remove(label)}
          name={label}
          loss={<p>{m.provider.removeLoss(label)}</p>}
          action={m.forms.remove}
          onConfirm={async (key) => {
            await call(removeOidcSettings, {}, { key })
            queries.setQueryData(providerQuery.queryKey, {})
            await Promise.all([queries.invalidateQueries(waysInQuery), queries.invalidateQueries(meQuery)])
          }}
          onClose={() => setIsAsking(false)}
        />
      )}
    </Section>
  )
}
