/** The routes of what a source means and becomes: a look, the mapping, runs, reports, decisions. */
import type { Tx } from '#database'
import { parseCursor, printCursor, type Route, route, sendStream } from '#http'
import { insertJob } from '#jobs'
import type { OpenPractice } from '#open-practice'
import {
  checkProfileText,
  lookIntoTable,
  type Profile,
  parseProfile,
  printProfile,
  readFirstRows,
  renameProfile,
  type SeenContents,
  seeContents,
  seeDatabase,
  type TablePlace,
} from '#sources'
import { loadTimeZone } from '#today'
import {
  decideImport,
  getImportContents,
  getImportProfileText,
  getImportReportCsv,
  getImportReportJson,
  getImportRun,
  type ImportRun,
  listImportDecisions,
  listImportRuns,
  listLeftRows,
  previewImport,
  saveImportProfile,
  saveImportProfileText,
  startImportRun,
  withdrawImportDecision,
} from './contract.ts'
import { listDecisions, loadDecisions, saveDecision, withdrawDecision } from './decision-store.ts'
import { activeKeyOf } from './follow.ts'
import { askPasswordOf, type Places, yearOf } from './places.ts'
import { previewRows } from './preview-rows.ts'
import { printReportCsv, printReportJson } from './report-files.ts'
import { getRun, listLeft, listRuns, type StoredRun } from './run-store.ts'
import { printSource, recordLook, subjectOf } from './source-routes.ts'
import { getSource, type StoredSource, saveProfile } from './source-store.ts'

export function makeRunRoutes(places: Places): readonly Route[] {
  return [...mappingRoutes(places), ...runRoutes, ...decisionRoutes]
}

function mappingRoutes(places: Places): readonly Route[] {
  return [
    route(getImportContents, async (call) => {
      const { practice, params, signal } = call
      const source = await getSource(practice.db, practice.id, params.sourceId)
      await using opened = await places.openFolder(practice, source, signal)
      const { type, source: seen, tables, proposed, others } = await contentsOf(practice, source, opened.folder)
      await recordLook(call, subjectOf(source.id), { tables: tables.length })
      return {
        ...(type === undefined ? {} : { type }),
        ...(seen === undefined ? {} : { source: seen }),
        tables: [...tables],
        ...(proposed === undefined ? {} : { proposed }),
        others,
      }
    }),
    route(previewImport, async (call) => {
      const { practice, params, body, signal } = call
      const { db, id: practiceId } = practice
      const source = await getSource(db, practiceId, params.sourceId)
      await using opened = await places.openFolder(practice, source, signal)
      const first = await lookIntoTable(tablePlace(practice, source, opened.folder, body.source), body.table.from, readFirstRows)
      const context = {
        thisYear: yearOf(practice),
        zone: await loadTimeZone(db, practiceId),
        decisions: await loadDecisions(db, practiceId, source.id),
      }
      const rows = previewRows(first, { ...body.table, name: body.table.name ?? body.table.entity }, context)
      await recordLook(call, subjectOf(source.id), { rows: rows.length })
      const findings: Record<string, number> = {}
      for (const { code } of rows.flatMap((row) => row.findings)) findings[code] = (findings[code] ?? 0) + 1
      return {
        rows: rows.slice(0, body.rows).map((row) => ({ ...row, findings: row.findings.map((finding) => ({ ...finding })) })),
        findings,
        rowsSeen: rows.length,
        isMore: first.isMore,
      }
    }),
    route(saveImportProfile, async ({ practice, params, body, record }) => {
      const source = await getSource(practice.db, practice.id, params.sourceId)
      return saveYaml(practice, source.id, printProfile({ ...body.profile, name: source.name }), (tx) =>
        record(tx, { subject: subjectOf(source.id), details: { profile: 'form' } }),
      )
    }),
    route(saveImportProfileText, async ({ practice, params, body, record }) => {
      const source = await getSource(practice.db, practice.id, params.sourceId)
      checkProfileText(body.yaml)
      return saveYaml(practice, source.id, renameProfile(body.yaml, source.name), (tx) =>
        record(tx, { subject: subjectOf(source.id), details: { profile: 'yaml' } }),
      )
    }),
    route(getImportProfileText, async (call) => {
      const { practice, params, reply } = call
      const source = await getSource(practice.db, practice.id, params.sourceId)
      await recordLook(call, subjectOf(source.id))
      reply.header('content-disposition', `attachment; filename="${source.name}.yaml"`).type('application/yaml; charset=utf-8')
      await reply.send(source.yaml)
      return undefined
    }),
  ]
}

/** Of a database: the tables of the one that its profile names. */
async function contentsOf(practice: OpenPractice, source: StoredSource, folder: string): Promise<SeenContents> {
  if (source.place.kind !== 'database') return seeContents(folder, source.name, yearOf(practice))
  if (source.yaml === '') return { type: 'sql', tables: [], others: [] }
  const place = tablePlace(practice, source, folder, parseProfile(source.yaml).source)
  return seeDatabase(place, source.name, yearOf(practice))
}

function tablePlace(practice: OpenPractice, stored: StoredSource, folder: string, source: Profile['source']): TablePlace {
  const askPassword = askPasswordOf(practice, stored)
  return { folder, source, ...(askPassword === undefined ? {} : { askPassword }) }
}

async function saveYaml(practice: OpenPractice, sourceId: string, yaml: string, within: (tx: Tx) => Promise<void>) {
  parseProfile(yaml)
  await practice.db.transaction().execute(async (tx) => {
    await saveProfile(tx, practice.id, sourceId, yaml)
    await within(tx)
  })
  return printSource(practice, await getSource(practice.db, practice.id, sourceId))
}

const runRoutes: readonly Route[] = [
  route(startImportRun, async ({ practice, actor, params, body, record }) => {
    const { id } = await getSource(practice.db, practice.id, params.sourceId)
    const { isDry, mayBeEmpty } = body
    const about = {
      sourceId: id,
      isDry,
      isFollowing: false,
      ...(mayBeEmpty.length === 0 ? {} : { mayBeEmpty: mayBeEmpty.join('\n') }),
    }
    const jobId = await practice.db.transaction().execute(async (tx) => {
      const job = { kind: 'import', about, activeKey: activeKeyOf(id), startedBy: actor.accountId } as const
      const inserted = await insertJob(tx, practice, job)
      await record(tx, { subject: `job:${inserted}`, details: { kind: 'import', source: id, isDry } })
      return inserted
    })
    return { jobId }
  }),
  route(listImportRuns, async (call) => {
    const { practice, params, query } = call
    const { id } = await getSource(practice.db, practice.id, params.sourceId)
    const before = query.cursor === undefined ? undefined : String(parseCursor(query.cursor, 1)[0])
    const runs = await listRuns(practice.db, practice.id, id, { limit: query.limit, ...(before === undefined ? {} : { before }) })
    await recordLook(call, subjectOf(id), { runs: runs.length })
    const last = runs.length === query.limit ? runs.at(-1) : undefined
    return { runs: runs.map(printRun), ...(last === undefined ? {} : { next: printCursor([last.id]) }) }
  }),
  route(getImportRun, async (call) => {
    const run = await getRun(call.practice.db, call.practice.id, call.params.runId)
    await recordLook(call, `import-run:${run.id}`)
    return printRun(run)
  }),
  route(listLeftRows, async (call) => {
    const { practice, params, query } = call
    const run = await getRun(practice.db, practice.id, params.runId)
    const { which, table, code, cursor, limit } = query
    const [afterTable, afterLine] = cursor === undefined ? [] : parseCursor(cursor, 2)
    const rows = await listLeft(practice.db, practice.id, run.id, {
      which,
      limit,
      ...(table === undefined ? {} : { table }),
      ...(code === undefined ? {} : { code }),
      ...(afterTable === undefined ? {} : { after: [String(afterTable), Number(afterLine)] as const }),
    })
    await recordLook(call, `import-run:${run.id}`, { rows: rows.length })
    const last = rows.length === limit ? rows.at(-1) : undefined
    return { rows, ...(last === undefined ? {} : { next: printCursor([last.table, last.line]) }) }
  }),
  route(getImportReportCsv, async (call) => {
    const { practice, params, reply } = call
    const run = await getRun(practice.db, practice.id, params.runId)
    await recordLook(call, `import-run:${run.id}`, { format: 'csv' })
    reply.header('content-disposition', `attachment; filename="reprise-${run.startedAt.slice(0, 10)}.csv"`)
    return sendStream(reply.type('text/csv; charset=utf-8'), printReportCsv(practice.db, practice.id, run))
  }),
  route(getImportReportJson, async (call) => {
    const { practice, params, reply } = call
    const run = await getRun(practice.db, practice.id, params.runId)
    await recordLook(call, `import-run:${run.id}`, { format: 'json' })
    reply.header('content-disposition', `attachment; filename="reprise-${run.startedAt.slice(0, 10)}.json"`)
    return sendStream(reply.type('application/json; charset=utf-8'), printReportJson(practice.db, practice.id, run))
  }),
]

const decisionRoutes: readonly Route[] = [
  route(listImportDecisions, async (call) => {
    const { practice, params, query } = call
    const { id } = await getSource(practice.db, practice.id, params.sourceId)
    const before = query.cursor === undefined ? undefined : parseCursor(query.cursor, 2)
    const decisions = await listDecisions(practice.db, practice.id, id, {
      limit: query.limit,
      ...(before === undefined ? {} : { before: [String(before[0]), String(before[1])] as const }),
    })
    await recordLook(call, subjectOf(id), { decisions: decisions.length })
    const last = decisions.length === query.limit ? decisions.at(-1) : undefined
    return { decisions, ...(last === undefined ? {} : { next: printCursor([last.decidedAt, last.id]) }) }
  }),
  route(decideImport, async ({ practice, actor, params, body, record }) => {
    const { id: sourceId } = await getSource(practice.db, practice.id, params.sourceId)
    const id = await practice.db.transaction().execute(async (tx) => {
      const saved = await saveDecision(tx, practice, actor, sourceId, body.decision)
      await record(tx, { subject: subjectOf(sourceId), details: { decision: saved, kind: body.decision.kind } })
      return saved
    })
    const [decision] = await listDecisions(practice.db, practice.id, sourceId, { limit: 1, id })
    if (decision === undefined) throw new Error('a decision was not kept')
    return decision
  }),
  route(withdrawImportDecision, async ({ practice, actor, params, record }) => {
    const { id: sourceId } = await getSource(practice.db, practice.id, params.sourceId)
    await practice.db.transaction().execute(async (tx) => {
      await withdrawDecision(tx, practice, actor, sourceId, params.decisionId)
      await record(tx, { subject: subjectOf(sourceId), details: { decision: params.decisionId, isWithdrawn: true } })
    })
    return undefined
  }),
]

function printRun({ tables, endedAt, ...run }: StoredRun): ImportRun {
  return {
    ...run,
    ...(endedAt === undefined ? {} : { endedAt }),
    tables: tables.map((table) => ({
      ...table,
      duplicates: { ...table.duplicates },
      findings: { ...table.findings },
      unknownPractitioners: { ...table.unknownPractitioners },
      unknownWords: table.unknownWords.map((word) => ({ ...word })),
      notes: table.notes.map(({ code, about }) => ({ code, about: { ...about } })),
    })),
  }
}
