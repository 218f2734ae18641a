/** The journal's routes. Reading it is written to it. */
import { instantText } from '#database'
import { type Route, route, sendStream } from '#http'
import { saveSetting } from '#settings'
import { keepHead, keptHeads } from './anchors.ts'
import {
  changeJournalRetention,
  exportJournal,
  getJournalRetention,
  listJournal,
  listPatientJournal,
  verifyJournalEndpoint,
} from './contract.ts'
import { printCefLine, printJsonLine } from './export-lines.ts'
import { loadRetention, RETENTION_SETTING } from './retention.ts'
import { type JournalPage, readJournal, streamJournal } from './store.ts'
import { journalHead, verifyJournal } from './verify.ts'

export function journalRoutes(version: string): readonly Route[] {
  return [
    route(listJournal, async ({ practice, query, record }) => {
      const page = await readJournal(practice.db, practice.id, { ...query, withPatients: false }, query)
      await practice.db.transaction().execute((tx) => record(tx, { details: { entries: page.entries.length } }))
      return printPage(page)
    }),
    route(listPatientJournal, async ({ practice, query, record }) => {
      const page = await readJournal(practice.db, practice.id, { ...query, withPatients: true }, query)
      const { patientId } = query
      await practice.db
        .transaction()
        .execute((tx) =>
          record(tx, { details: { entries: page.entries.length }, ...(patientId === undefined ? {} : { patientId }) }),
        )
      return printPage(page)
    }),
    route(verifyJournalEndpoint, async ({ practice, record, signal }) => {
      const anchors = await keptHeads(practice.folder, practice.id)
      const verdict = await verifyJournal(practice.db, practice.id, { anchors, signal })
      const isWhole = verdict.breaks.length === 0
      await practice.db
        .transaction()
        .execute((tx) => record(tx, { details: { entries: verdict.entries, breaks: verdict.breaks.length } }))
      if (isWhole) await keepHead(practice.folder, practice.id, verdict.head, practice.now())
      return { ...verdict, breaks: [...verdict.breaks], isWhole, at: instantText(practice.now()) }
    }),
    route(getJournalRetention, ({ practice }) => loadRetention(practice.db, practice.id)),
    route(changeJournalRetention, async ({ practice, actor, body, record }) => {
      await practice.db.transaction().execute(async (tx) => {
        await saveSetting(tx, practice, actor, RETENTION_SETTING, body)
        await record(tx, { subject: 'setting:journal', reason: body.reason, details: { years: body.years } })
      })
      return body
    }),
    route(exportJournal, async ({ practice, query, record, reply }) => {
      await practice.db.transaction().execute((tx) => record(tx, { details: { format: query.format } }))
      const head = await journalHead(practice.db, practice.id)
      const print =
        query.format === 'cef' ? (entry: Parameters<typeof printCefLine>[0]) => printCefLine(entry, version) : printJsonLine
      const entries = streamJournal(practice.db, practice.id, { from: query.from, to: query.to, upTo: head.seq })
      const type = query.format === 'cef' ? 'text/plain; charset=utf-8' : 'application/jsonl; charset=utf-8'
      const name = `couronne-journal.${query.format === 'cef' ? 'log' : 'jsonl'}`
      return sendStream(
        reply.header('content-disposition', `attachment; filename="${name}"`).type(type),
        printAll(entries, print),
      )
    }),
  ]
}

async function* printAll<T>(entries: AsyncIterable<T>, print: (entry: T) => string): AsyncGenerator<string> {
  let text = ''
  for await (const entry of entries) {
    text += print(entry)
    if (text.length < 65_536) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
}

function printPage({ entries, next }: JournalPage) {
  return {
    entries: entries.map((entry) => ({
      seq: entry.seq,
      at: entry.at,
      action: entry.action as never, // parsed by the contract as it is sent
      details: JSON.parse(entry.details) as Record<string, unknown>,
      hash: entry.hash,
      ...(entry.account_id === null
        ? {}
        : { account: { id: entry.account_id, name: entry.display_name ?? '', role: entry.role ?? '' } }),
      ...(entry.address === null ? {} : { address: entry.address }),
      ...(entry.patient_id === null ? {} : { patientId: entry.patient_id }),
      ...(entry.subject === null ? {} : { subject: entry.subject }),
      ...(entry.reason === null ? {} : { reason: entry.reason }),
    })),
    ...(next === undefined ? {} : { next }),
  }
}
