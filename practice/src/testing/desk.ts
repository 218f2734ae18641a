/** Somebody at a browser, for tests that ask a whole application over HTTP. */
import assert from 'node:assert/strict'
import { TEST_PASSWORD } from './practices.ts'

export const OWNER = { displayName: 'Dr Camille Exemple', login: 'camille', password: TEST_PASSWORD, language: 'fr' }

/** What a record says of a document that is filed. */
export const DOCUMENT = {
  title: 'Panoramique',
  type: { system: 'http://loinc.org', code: '18748-4', label: 'CR d’imagerie médicale' },
  madeOn: '2026-02-20',
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Buffer
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: what comes is what the test looks at
  readonly json: any
}

/** The owner of a practice, signed in. */
export class Desk {
  readonly address: string
  #cookie = ''

  private constructor(address: string) {
    this.address = address
  }

  /** Makes the practice, which this machine opens by itself, and signs in. */
  static async setUp(app: { readonly address: string }): Promise<Desk> {
    const wanted = { name: 'Cabinet d’essai', facts: {}, owner: OWNER }
    const made = await new Desk(app.address).ask('POST', '/api/installation/practice', wanted)
    assert.equal(made.status, 201, made.text)
    return Desk.signIn(app)
  }

  static async signIn(app: { readonly address: string }): Promise<Desk> {
    const desk = new Desk(app.address)
    const { login, password } = OWNER
    const signedIn = await desk.ask('POST', '/api/sign-in/password', { login, password })
    assert.equal(signedIn.status, 200, signedIn.text)
    const cookies = signedIn.headers.getSetCookie().map((cookie) => cookie.split(';')[0])
    desk.#cookie = cookies.join('; ')
    return desk
  }

  get cookie(): string {
    return this.#cookie
  }

  async ask(method: string, path: string, body?: object, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const isBytes = body instanceof Uint8Array
    const headers = {
      'sec-fetch-site': 'same-origin',
      cookie: this.#cookie,
      ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
      ...more,
    }
    const sent = isBytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body)
    const reply = await fetch(`${this.address}${path}`, { method, headers, ...(body === undefined ? {} : { body: sent }) })
    const bytes = Buffer.from(await reply.arrayBuffer())
    const text = bytes.toString()
    const isJson = reply.headers.get('content-type')?.includes('json') ?? false
    return { status: reply.status, headers: reply.headers, bytes, text, json: isJson ? JSON.parse(text) : undefined }
  }

  /** @returns the patient's id */
  async addPatient(fileNumber: string): Promise<string> {
    const identity = { fileNumber, birthName: 'Exemple', givenNames: ['Anne'], sex: 'female' }
    const made = await this.ask('POST', '/api/patients', { identity })
    assert.equal(made.status, 201, made.text)
    return made.json.id
  }

  /** @returns the upload's address */
  async begin(patientId: string, sizeBytes: number, fileName = 'panoramique.bin'): Promise<string> {
    const begun = await this.ask('POST', `/api/patients/${patientId}/uploads`, { fileName, sizeBytes, document: DOCUMENT })
    assert.equal(begun.status, 201, begun.text)
    return `/api/uploads/${begun.json.id}`
  }

  send(upload: string, offset: number, bytes: Uint8Array): Promise<Answer> {
    return this.ask('PATCH', upload, bytes, { 'upload-offset': `${offset}` })
  }

  /** @returns the entry's id */
  async file(patientId: string, bytes: Uint8Array, fileName?: string): Promise<string> {
    const upload = await this.begin(patientId, bytes.length, fileName)
    assert.equal((await this.send(upload, 0, bytes)).status, 200)
    const finished = await this.ask('POST', `${upload}/finish`)
    assert.equal(finished.status, 201, finished.text)
    return finished.json.entryId
  }

  content(patientId: string, entryId: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('GET', `/api/patients/${patientId}/documents/${entryId}/content`, undefined, headers)
  }
}
