/** The ways in, and what a thief of this machine could read. */
import { addKeySlotEndpoint, getSealing, type keySlotSchema, removeKeySlotEndpoint } from '@couronne/practice/contract'
import { Button } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { call } from '#api'
import { ChoiceField, ConfirmByName, FormBox, ProblemBox, SecretField, TextField, useForm } from '#forms'
import { useFormat, useMessages } from '#messages'
import { meQuery, useMay } from '#session'
import { Page, Section } from '#shell'
import { KitSteps } from './kit-steps.tsx'
import { PASSPHRASE_LENGTH_MIN } from './sealing-words.ts'
import { SettingsTabs } from './settings-tabs.tsx'
import { ThiefTable } from './thief-table.tsx'

type KeySlot = z.output<typeof keySlotSchema>

const sealingQuery = {
  queryKey: ['sealing'],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => call(getSealing, {}, { signal }),
}

export function SealingPage() {
  const m = useMessages()
  const queries = useQueryClient()
  const { data: sealing, error } = useQuery(sealingQuery)
  const { data: me } = useQuery(meQuery)
  const mayChange = useMay('practice.write')
  const [words, setWords] = useState<readonly string[]>()
  const refresh = () => queries.invalidateQueries(sealingQuery)
  if (words !== undefined)
    return (
      <KitSteps
        words={words}
        practiceName={me?.practice.name ?? ''}
        title={m.installation.kit.newTitle}
        onDone={() => setWords(undefined)}
      />
    )
  return (
    <Page title={m.installation.sealingTitle}>
      <SettingsTabs />
      {error !== null && <ProblemBox problem={error} />}
      {sealing !== undefined && (
        <>
          <p className="verdict">{sealing.opensByItself ? m.installation.opensByItself : m.installation.opensByPerson}</p>
          {sealing.keyBesideData && <p className="note">{m.installation.keyBesideData}</p>}
          <ThiefTable opensByItself={sealing.opensByItself} />
          <Section title={m.installation.waysInTitle}>
            <ul className="slots">
              {sealing.slots.map((slot) => (
                <Slot key={slot.id} slot={slot} mayChange={mayChange} onRemoved={refresh} />
              ))}
            </ul>
          </Section>
          {mayChange && (
            <Section title={m.installation.addWayIn}>
              <AddSlot
                onAdded={async (recoveryWords) => {
                  await refresh()
                  if (recoveryWords !== undefined) setWords(recoveryWords.split(' '))
                }}
              />
            </Section>
          )}
          <Section title={m.installation.whereTitle}>
            <dl className="facts">
              <div>
                <dt>{m.installation.folder}</dt>
                <dd>
                  <code>{sealing.folder}</code>
                </dd>
              </div>
              <div>
                <dt>{m.installation.engine}</dt>
                <dd>{m.installation.engines[sealing.engine]}</dd>
              </div>
            </dl>
          </Section>
        </>
      )}
    </Page>
  )
}

function Slot({
  slot,
  mayChange,
  onRemoved,
}: {
  readonly slot: KeySlot
  readonly mayChange: boolean
  readonly onRemoved: () => Promise<unknown>
}) {
  const m = useMessages()
  const format = useFormat()
  const [isAsking, setIsAsking] = useState(false)
  const words = m.installation.slotLabels as Readonly<Record<string, string>>
  const label = words[slot.label] ?? slot.label
  return (
    <li>
      <div>
        <strong>{m.installation.slotKinds[slot.kind]}</strong>
        <span>{m.installation.slotAdded(label, format.dayOf(slot.createdAt))}</span>
        {slot.path !== undefined && <code>{slot.path}</code>}
      </div>
      {mayChange && (
        <Button variant="default" size="sm" onClick={() => setIsAsking(true)} aria-label={m.installation.removeSlotNamed(label)}>
          {m.forms.remove}
        </Button>
      )}
      {isAsking && (
        <ConfirmByName
          title={m.installation.removeSlotTitle}
          name={label}
          loss={<p>{m.installation.removeSlotLoss[slot.kind]}</p>}
          action={m.forms.remove}
          onConfirm={async (key) => {
            await call(removeKeySlotEndpoint, { params: { slotId: slot.id } }, { key })
            await onRemoved()
          }}
          onClose={() => setIsAsking(false)}
        />
      )}
    </li>
  )
}

function AddSlot({ onAdded }: { readonly onAdded: (recoveryWords: string | undefined) => Promise<unknown> }) {
  const m = useMessages()
  const form = useForm({
    initial: { kind: 'recovery-kit', label: '', passphrase: '', again: '' },
    check: ({ kind, label, passphrase, again }) => ({
      label: label.trim() === '' ? m.installation.slotLabelMissing : undefined,
      passphrase:
        kind === 'passphrase' && passphrase.length < PASSPHRASE_LENGTH_MIN
          ? m.installation.passphraseShort(PASSPHRASE_LENGTH_MIN)
          : undefined,
      again: kind === 'passphrase' && again !== passphrase ? m.installation.passphraseDiffers : undefined,
    }),
    send: async ({ kind, label, passphrase }, key) => {
      const body =
        kind === 'passphrase'
          ? { kind: 'passphrase' as const, label, passphrase }
          : { kind: kind as 'recovery-kit' | 'key-file', label }
      const { recoveryWords } = await call(addKeySlotEndpoint, { body }, { key })
      form.reset({ kind: 'recovery-kit', label: '', passphrase: '', again: '' })
      await onAdded(recoveryWords)
    },
  })
  const kinds = ['recovery-kit', 'passphrase', 'key-file'] as const
  return (
    <FormBox form={form} action={m.installation.addAction}>
      <ChoiceField
        form={form}
        name="kind"
        label={m.installation.slotKind}
        choices={kinds.map((value) => ({ value, label: m.installation.slotKinds[value] }))}
      />
      <p className="note">{m.installation.slotWhy[form.values.kind as (typeof kinds)[number]]}</p>
      <TextField form={form} name="label" label={m.installation.slotLabel} hint={m.installation.slotLabelHint} lengthMax={100} />
      {form.values.kind === 'passphrase' && (
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
      )}
    </FormBox>
  )
}
