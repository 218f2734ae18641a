/** How images come in from devices: whether anybody listens and where, who may send, what came and what was refused; and what an installer needs. */
import { aeTitleSchema, changeReception, type ReceptionSettings, type ReceptionStatus } from '@couronne/practice/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '#api'
import { ChoiceField, FormBox, LongTextField, ProblemBox, TextField, TickField, useForm } from '#forms'
import { SettingsTabs } from '#installation/settings-tabs'
import { type Messages, useFormat, useMessages } from '#messages'
import { useMay } from '#session'
import { Copyable, Page, Section } from '#shell'
import { receptionQuery, receptionStatusQuery } from './queries.ts'
import { parseSenders, printSenders } from './senders.ts'

export function ReceptionPage() {
  const m = useMessages()
  const { data: settings, error } = useQuery(receptionQuery)
  const { data: status, error: noStatus } = useQuery(receptionStatusQuery)
  const mayChange = useMay('system.write')
  return (
    <Page title={m.images.receptionTitle} lead={m.images.receptionLead}>
      <SettingsTabs />
      {error !== null && <ProblemBox problem={error} />}
      {noStatus !== null && <ProblemBox problem={noStatus} />}
      {status !== undefined && <Status status={status} />}
      {settings !== undefined && (
        <>
          <Section title={m.images.receptionForm}>
            {mayChange ? <SettingsForm settings={settings} /> : <SettingsShown settings={settings} />}
          </Section>
          <Section title={m.images.installerTitle}>
            <p>{m.images.installerLead}</p>
            <div className="installer">
              <Copyable text={installerText(settings, status, m)} action={m.images.copy} />
            </div>
          </Section>
        </>
      )}
    </Page>
  )
}

function Status({ status }: { readonly status: ReceptionStatus }) {
  const m = useMessages()
  const format = useFormat()
  const { isListening, isFromCommandLine, problem, lastReceivedAt, lastRefused } = status
  const where = status.host === undefined || status.port === undefined ? undefined : `${status.host}:${status.port}`
  const shown: readonly (readonly [string, string | undefined])[] = [
    [m.images.where, where],
    [m.images.aeTitle, status.aeTitle],
    [m.images.tls, m.images.tlsIs[status.isTls ? 'local' : 'none']],
    [m.images.lastReceived, lastReceivedAt === undefined ? m.images.never : format.instant(lastReceivedAt)],
    [m.images.receivedEver, m.images.receivedCount(status.studies, status.instances)],
    [m.images.sinceStart, m.images.sinceStartCount(status.received, status.refused)],
    [
      m.images.lastRefused,
      lastRefused === undefined
        ? m.images.never
        : m.images.refusedIs(
            format.instant(lastRefused.at),
            lastRefused.callingAeTitle ?? m.images.nobodySaid,
            m.images.refusals[lastRefused.code](lastRefused.calledAeTitle ?? ''),
          ),
    ],
  ]
  return (
    <Section title={m.images.statusTitle}>
      <p className={isListening ? 'good' : problem === undefined ? 'note' : 'bad'} role="status">
        {isListening
          ? m.images.listening(status.associations)
          : problem === undefined
            ? m.images.notListening
            : m.images.cannotListen(problem)}
      </p>
      {isFromCommandLine && <p className="note">{m.images.fromCommandLine}</p>}
      <dl className="facts">
        {shown.map(
          ([label, value]) =>
            value !== undefined && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
    </Section>
  )
}

const PORT = /^\d{1,5}$/
const HOST = /^[A-Za-z0-9.:_-]{1,253}$/

function SettingsForm({ settings }: { readonly settings: ReceptionSettings }) {
  const m = useMessages()
  const queries = useQueryClient()
  const [isSaved, setIsSaved] = useState(false)
  const form = useForm({
    initial: {
      isOn: settings.isOn,
      aeTitle: settings.aeTitle,
      host: settings.host,
      port: String(settings.port),
      tls: settings.tls as string,
      senders: printSenders(settings.senders),
      acceptsUnknown: settings.acceptsUnknown,
      issuer: settings.issuer ?? '',
    },
    check: (values) => ({
      aeTitle: aeTitleSchema.safeParse(values.aeTitle).success ? undefined : m.images.aeTitleWrong,
      host: HOST.test(values.host.trim()) ? undefined : m.images.hostWrong,
      port: PORT.test(values.port) && Number(values.port) >= 1 && Number(values.port) <= 65_535 ? undefined : m.images.portWrong,
      senders: parseSenders(values.senders) === undefined ? m.images.sendersWrong : undefined,
    }),
    send: async (values, key) => {
      setIsSaved(false)
      const body: ReceptionSettings = {
        isOn: values.isOn,
        aeTitle: values.aeTitle.trim(),
        host: values.host.trim(),
        port: Number(values.port),
        tls: values.tls === 'local' ? 'local' : 'none',
        senders: [...(parseSenders(values.senders) ?? [])],
        acceptsUnknown: values.acceptsUnknown,
        ...(values.issuer.trim() === '' ? {} : { issuer: values.issuer.trim() }),
      }
      queries.setQueryData(receptionQuery.queryKey, await call(changeReception, { body }, { key }))
      await queries.invalidateQueries(receptionStatusQuery)
      setIsSaved(true)
    },
  })
  return (
    <>
      <FormBox form={form} action={m.forms.save}>
        <TickField form={form} name="isOn" label={m.images.isOn} hint={m.images.isOnHint} />
        <TextField form={form} name="aeTitle" label={m.images.aeTitle} hint={m.images.aeTitleHint} lengthMax={16} />
        <div className="side-by-side">
          <TextField form={form} name="host" label={m.images.host} hint={m.images.hostHint} lengthMax={253} />
          <TextField form={form} name="port" label={m.images.port} hint={m.images.portHint} inputMode="numeric" lengthMax={5} />
        </div>
        <ChoiceField
          form={form}
          name="tls"
          label={m.images.tls}
          hint={m.images.tlsHint}
          choices={[
            { value: 'none', label: m.images.tlsIs.none },
            { value: 'local', label: m.images.tlsIs.local },
          ]}
        />
        <LongTextField form={form} name="senders" label={m.images.senders} hint={m.images.sendersHint} isOptional />
        <TickField form={form} name="acceptsUnknown" label={m.images.acceptsUnknown} hint={m.images.acceptsUnknownHint} />
        <TextField form={form} name="issuer" label={m.images.issuer} hint={m.images.issuerHint} lengthMax={64} isOptional />
      </FormBox>
      <p role="status">{isSaved && !form.isChanged && m.forms.saved}</p>
    </>
  )
}

function SettingsShown({ settings }: { readonly settings: ReceptionSettings }) {
  const m = useMessages()
  const shown: readonly (readonly [string, string])[] = [
    [m.images.isOn, settings.isOn ? m.images.yes : m.images.no],
    [m.images.aeTitle, settings.aeTitle],
    [m.images.where, `${settings.host}:${settings.port}`],
    [m.images.tls, m.images.tlsIs[settings.tls]],
    [m.images.senders, settings.senders.length === 0 ? m.forms.notSaid : printSenders(settings.senders)],
    [m.images.acceptsUnknown, settings.acceptsUnknown ? m.images.yes : m.images.no],
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

/** What the installer of a device types into it. */
function installerText(settings: ReceptionSettings, status: ReceptionStatus | undefined, m: Messages): string {
  const isHere = status?.isFromCommandLine === true
  return m.images.installerText({
    aeTitle: (isHere ? status.aeTitle : undefined) ?? settings.aeTitle,
    host: (isHere ? status.host : undefined) ?? settings.host,
    port: (isHere ? status.port : undefined) ?? settings.port,
    isTls: isHere ? status.isTls : settings.tls !== 'none',
    known: settings.acceptsUnknown ? undefined : settings.senders.map(({ aeTitle }) => aeTitle).join(', '),
  })
}
