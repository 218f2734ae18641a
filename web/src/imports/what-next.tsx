/** What an import leaves to people, in the order in which one does it: images without a record, duplicates, refusals, what is missing, the night. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTrayCount } from '#images/tray-count'
import { useMessages } from '#messages'
import { duplicateCountQuery } from '#patients/duplicates'
import { useMay } from '#session'
import { Section } from '#shell'

export function WhatNext({ sourceId }: { readonly sourceId: string }) {
  const m = useMessages()
  const maySeeRecords = useMay('patients.write')
  const tray = useTrayCount().data?.tray ?? 0
  const { data: duplicates } = useQuery({ ...duplicateCountQuery, enabled: maySeeRecords })
  return (
    <Section title={m.imports.nextTitle}>
      <ul className="duties">
        {tray > 0 && (
          <li>
            <Link to="/images/tray">{m.imports.next.tray.name}</Link>
            <span>{m.images.trayDue(tray)}</span>
          </li>
        )}
        <li>
          <Link to="/duplicates">
            {duplicates === undefined || duplicates.open === 0
              ? m.imports.next.duplicates.name
              : m.duplicates.linkCounted(duplicates.open)}
          </Link>
          <span>{m.imports.next.duplicates.hint}</span>
        </li>
        <li>
          <Link to="/imports/$sourceId" params={{ sourceId }} search={{ step: 'decisions' }}>
            {m.imports.next.decisions.name}
          </Link>
          <span>{m.imports.next.decisions.hint}</span>
        </li>
        <li>
          <Link to="/completeness">{m.imports.next.missing.name}</Link>
          <span>{m.imports.next.missing.hint}</span>
        </li>
        <li>
          <Link to="/imports/new">{m.imports.next.more.name}</Link>
          <span>{m.imports.next.more.hint}</span>
        </li>
        <li>
          <Link to="/imports/$sourceId" params={{ sourceId }} search={{ step: 'night' }}>
            {m.imports.next.night.name}
          </Link>
          <span>{m.imports.next.night.hint}</span>
        </li>
      </ul>
    </Section>
  )
}
