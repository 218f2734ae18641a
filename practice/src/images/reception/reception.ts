/**
 * Reception of images: listens as the practice has set it, or as the command line says, while the application runs. A practice that is sealed
 * is told of at the door. Keeps in memory what was refused last, and nothing of any patient.
 */
import { setTimeout } from 'node:timers/promises'
import { type AssociateRequest, DIMSE_STATUS, MalformedPduError } from '@couronne/formats'
import { instantText, translateTrouble } from '#database'
import { DiskFullError } from '#errors'
import type { OpenPractice } from '#open-practice'
import type { ReceptionRefusal, ReceptionSettings, ReceptionStatus } from '../contract.ts'
import { ImageTooLargeError } from '../intake.ts'
import { keepImage } from '../keep-image.ts'
import { refreshStaleEntries } from '../refresh-entries.ts'
import type { Keeper, Refusal } from './association.ts'
import { RECEPTION_LIMITS, type ReceptionLimits } from './limits.ts'
import { type Listening, listen } from './listener.ts'
import { SilentSenderError } from './pdu-source.ts'
import { loadReceptionSettings } from './settings.ts'
import { countImages } from './status-store.ts'

/** What the command line says goes before what is set. */
export interface ReceptionFlags {
  readonly host: string
  /** 0: any free one */
  readonly port: number
  readonly aeTitle?: string
  /** AE titles that may send; absent: as it is set */
  readonly senders?: readonly string[]
  readonly tls?: 'local' | { readonly keyFile: string; readonly certFile: string }
}

export interface ReceptionOptions {
  /** what is open now; undefined: nothing is */
  readonly practice: () => OpenPractice | undefined
  readonly flags?: ReceptionFlags
  /** of TLS, as it is now */
  readonly certificate: (tls: NonNullable<ReceptionFlags['tls']>) => Promise<{ readonly key: string; readonly cert: string }>
  readonly onError: (error: unknown) => void
  readonly limits?: ReceptionLimits
  readonly everyMs?: number
}

type Settled = Pick<ReceptionSettings, 'aeTitle' | 'host' | 'port'> & { readonly tls: ReceptionFlags['tls'] | undefined }

const EVERY_MS = 3_000
/** A certificate that was renewed counts from then on. */
const RENEW_MS = 24 * 3_600_000

export class Reception implements AsyncDisposable {
  readonly #options: ReceptionOptions
  readonly #limits: ReceptionLimits
  readonly #stopping = new AbortController()
  readonly #work: Promise<void>
  #listening: Listening | undefined
  #settled: Settled | undefined
  #listensSinceMs = 0
  #problem: string | undefined
  #applying: Promise<void> = Promise.resolve()
  #refreshing: Promise<void> = Promise.resolve()
  #received = 0
  #refused = 0
  #lastRefused: ReceptionStatus['lastRefused']

  private constructor(options: ReceptionOptions) {
    this.#options = options
    this.#limits = options.limits ?? RECEPTION_LIMITS
    this.#work = this.#keepApplied()
  }

  /** It listens when this returns, where it can. */
  static async start(options: ReceptionOptions): Promise<Reception> {
    const reception = new Reception(options)
    await reception.apply()
    return reception
  }

  /** The port on which it listens. */
  get port(): number | undefined {
    return this.#listening?.port
  }

  /** Listens as it is set now; what is served goes on where nothing of that changed. */
  apply(): Promise<void> {
    this.#applying = this.#applying.then(() => this.#apply()).catch((error: unknown) => this.#options.onError(error))
    return this.#applying
  }

  async status({ db, id }: OpenPractice): Promise<ReceptionStatus> {
    const counts = await countImages(db, id)
    const { aeTitle, host } = this.#settled ?? {}
    return {
      isListening: this.#listening !== undefined,
      isFromCommandLine: this.#options.flags !== undefined,
      ...(this.#listening === undefined ? {} : { aeTitle, host, port: this.#listening.port }),
      isTls: this.#listening !== undefined && this.#settled?.tls !== undefined,
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
      associations: this.#listening?.associations() ?? 0,
      ...counts,
      received: this.#received,
      refused: this.#refused,
      ...(this.#lastRefused === undefined ? {} : { lastRefused: this.#lastRefused }),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.#work
    await this.#applying
    await this.#listening?.[Symbol.asyncDispose]()
    this.#listening = undefined
    await this.#refreshing
  }

  /** A practice is opened later, another server changes the setting, a port becomes free. */
  async #keepApplied(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await setTimeout(this.#options.everyMs ?? EVERY_MS, undefined, { signal, ref: false }).catch(() => {})
      if (!signal.aborted) await this.apply()
    }
  }

  async #apply(): Promise<void> {
    const wanted = await this.#wanted()
    const isDue = performance.now() - this.#listensSinceMs > RENEW_MS && wanted?.tls !== undefined
    const isSame = this.#listening !== undefined && JSON.stringify(wanted) === JSON.stringify(this.#settled)
    if (isSame && !isDue) return
    await this.#listening?.[Symbol.asyncDispose]()
    this.#listening = undefined
    this.#settled = wanted
    this.#problem = undefined
    if (wanted === undefined) return
    try {
      const tls = wanted.tls === undefined ? {} : { tls: await this.#options.certificate(wanted.tls) }
      this.#listening = await listen({ host: wanted.host, port: wanted.port, ...tls }, this.#keeper(), this.#limits, {
        onEnd: (error) => this.#ended(error),
        onCrowded: () => this.#refuse({ code: 'crowded' }),
      })
      this.#listensSinceMs = performance.now()
    } catch (error) {
      this.#problem = (error as { code?: string }).code ?? 'unexpected'
    }
  }

  async #wanted(): Promise<Settled | undefined> {
    const { flags, practice } = this.#options
    const open = practice()
    const settings = open === undefined ? undefined : await loadReceptionSettings(open.db, open.id)
    if (flags !== undefined) {
      const { host, port, aeTitle = settings?.aeTitle ?? '', tls } = flags
      return { host, port, aeTitle, tls }
    }
    if (settings === undefined || !settings.isOn) return undefined
    const { host, port, aeTitle, tls } = settings
    return { host, port, aeTitle, tls: tls === 'local' ? 'local' : undefined }
  }

  #keeper(): Keeper {
    return {
      admit: async (request) => {
        const refusal = await this.#judge(request)
        const { callingAeTitle, calledAeTitle } = request
        if (refusal !== undefined)
          this.#refuse({ code: refusal.code, callingAeTitle, ...(refusal.code === 'other-title' ? { calledAeTitle } : {}) })
        return refusal
      },
      keep: async (bytes, sender) => {
        const practice = this.#options.practice()
        if (practice === undefined) throw new PracticeShutError('the practice is sealed')
        const source = `dicom:${sender === '' ? '?' : sender}`
        const kept = await keepImage(practice, { bytes, source, bytesMax: this.#limits.imageBytesMax })
        this.#received++
        return kept
      },
      statusOf: (error, callingAeTitle) => {
        const code = refusalOf(translateTrouble(error))
        this.#refuse({ code, callingAeTitle })
        if (code === 'not-kept') this.#options.onError(error)
        return TOLD[code]
      },
    }
  }

  async #judge({ calledAeTitle, callingAeTitle }: AssociateRequest): Promise<Refusal | undefined> {
    const practice = this.#options.practice()
    if (practice === undefined) return { result: 2, source: 3, reason: 1, code: 'sealed' }
    const settings = await loadReceptionSettings(practice.db, practice.id)
    const { flags } = this.#options
    if (calledAeTitle !== (flags?.aeTitle ?? settings.aeTitle)) return { result: 1, source: 1, reason: 7, code: 'other-title' }
    const listed = flags?.senders ?? settings.senders.map(({ aeTitle }) => aeTitle)
    const mayAnybody = flags?.senders === undefined && settings.acceptsUnknown
    if (!mayAnybody && !listed.includes(callingAeTitle)) return { result: 1, source: 1, reason: 3, code: 'unknown-sender' }
    return undefined
  }

  #ended(error: unknown): void {
    if (error !== undefined) this.#refuse({ code: endOf(error) })
    const practice = this.#options.practice()
    if (practice === undefined) return
    this.#refreshing = this.#refreshing.then(() => refreshStaleEntries(practice)).catch(this.#options.onError)
  }

  #refuse(refused: Omit<NonNullable<ReceptionStatus['lastRefused']>, 'at'>): void {
    this.#refused++
    this.#lastRefused = { at: instantText(this.#options.practice()?.now() ?? Temporal.Now.instant()), ...refused }
  }
}

class PracticeShutError extends Error {
  override readonly name = 'PracticeShutError'
}

/** An image's own troubles. */
type NotKept = Extract<ReceptionRefusal, 'sealed' | 'disk-full' | 'too-large' | 'storage' | 'not-kept'>

/** Nothing of what an image says, in a comment that is shown on the device. */
const TOLD: Readonly<Record<NotKept, { readonly status: number; readonly comment: string }>> = {
  'disk-full': { status: DIMSE_STATUS.outOfResources, comment: 'the disk is full' },
  'too-large': { status: DIMSE_STATUS.outOfResources, comment: 'the image is too large' },
  sealed: { status: DIMSE_STATUS.outOfResources, comment: 'the practice is sealed' },
  storage: { status: DIMSE_STATUS.outOfResources, comment: 'the storage does not answer' },
  'not-kept': { status: DIMSE_STATUS.processingFailure, comment: 'not kept: see the log of the practice' },
}

function refusalOf(error: unknown): NotKept {
  if (error instanceof DiskFullError) return 'disk-full'
  if (error instanceof ImageTooLargeError) return 'too-large'
  if (error instanceof PracticeShutError) return 'sealed'
  const code = (error as { code?: string }).code
  return code === 'document-store' || code === 'database-unreachable' ? 'storage' : 'not-kept'
}

/** How an association ended that did not end well. */
function endOf(error: unknown): ReceptionRefusal {
  if (error instanceof MalformedPduError) return 'malformed'
  return error instanceof SilentSenderError ? 'silent' : 'broken'
}
