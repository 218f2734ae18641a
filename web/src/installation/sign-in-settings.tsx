/** When screens lock and sessions end, and who must have a second factor. */
import { changeSignInSettings, getSignInSettings, ROLES, type Role, type SignInSettings } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { FormBox, TextField, TickField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { Section } from '#shell'

type Values = { locksAfterMinutes: string; endsAfterIdleMinutes: string; endsAfterHours: string } & Record<Role, boolean>

const settingsQuery = {
  queryKey: ['sign-in-settings'],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => call(getSignInSettings, {}, { signal }),
}

export function SignInSettingsForm({ mayChange }: { readonly mayChange: boolean }) {
  const m = useMessages()
  const { data: settings } = useQuery(settingsQuery)
  if (settings === undefined) return null
  return (
    <Section title={m.installation.signInTitle}>
      {mayChange ? <SettingsForm settings={settings} /> : <SettingsShown settings={settings} />}
    </Section>
  )
}

function SettingsForm({ settings }: { readonly settings: SignInSettings }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm<Values>({
    initial: {
      locksAfterMinutes: String(settings.locksAfterMinutes),
      endsAfterIdleMinutes: String(settings.endsAfterIdleMinutes),
      endsAfterHours: String(settings.endsAfterHours),
      ...(Object.fromEntries(ROLES.map((role) => [role, settings.secondFactorRoles.includes(role)])) as Record<Role, boolean>),
    },
    check: (values) => ({
      locksAfterMinutes: isBetween(values.locksAfterMinutes, 2, 30) ? undefined : m.forms.between(2, 30),
      endsAfterIdleMinutes: isBetween(values.endsAfterIdleMinutes, 15, 240) ? undefined : m.forms.between(15, 240),
      endsAfterHours: isBetween(values.endsAfterHours, 1, 24) ? undefined : m.forms.between(1, 24),
    }),
    send: async (values, key) => {
      setIsSaved(false)
      const body = {
        locksAfterMinutes: Number(values.locksAfterMinutes),
        endsAfterIdleMinutes: Number(values.endsAfterIdleMinutes),
        endsAfterHours: Number(values.endsAfterHours),
        secondFactorRoles: ROLES.filter((role) => values[role]),
      }
      queries.setQueryData(settingsQuery.queryKey, await call(changeSignInSettings, { body }, { key }))
      setIsSaved(true)
    },
  })
  const text = { form, inputMode: 'numeric', className: 'short' } as const
  return (
    <>
      <FormBox form={form} action={m.forms.save}>
        <TextField {...text} name="locksAfterMinutes" label={m.installation.locksAfter} hint={m.installation.locksAfterHint} />
        <TextField {...text} name="endsAfterIdleMinutes" label={m.installation.endsAfterIdle} />
        <TextField {...text} name="endsAfterHours" label={m.installation.endsAfterHours} />
        <fieldset className="ticks">
          <legend>{m.installation.secondFactorRoles}</legend>
          {ROLES.map((role) => (
            <TickField key={role} form={form} name={role} label={m.people.roles[role]} />
          ))}
        </fieldset>
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.forms.saved}</p>
    </>
  )
}

function SettingsShown({ settings }: { readonly settings: SignInSettings }) {
  const m = useMessages()
  const format = useFormat()
  return (
    <dl className="facts">
      <div>
        <dt>{m.installation.locksAfter}</dt>
        <dd>{format.number(settings.locksAfterMinutes)}</dd>
      </div>
      <div>
        <dt>{m.installation.endsAfterIdle}</dt>
        <dd>{format.number(settings.endsAfterIdleMinutes)}</dd>
      </div>
      <div>
        <dt>{m.installation.endsAfterHours}</dt>
        <dd>{format.number(settings.endsAfterHours)}</dd>
      </div>
      <div>
        <dt>{m.installation.secondFactorRoles}</dt>
        <dd>{format.list(settings.secondFactorRoles.map((role) => m.people.roles[role]))}</dd>
      </div>
    </dl>
  )
}

function isBetween(text: string, least: number, most: number): boolean {
  const value = Number(text)
  return Number.isInteger(value) && value >= least && value <= most
}
