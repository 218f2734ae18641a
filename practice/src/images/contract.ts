/**
 * Images in records: studies as DICOM has them (study, series, instance), the tray in which those wait whose patient is not sure, and how
 * this practice receives them from its devices.
 *
 * A study that is in a record is an entry of the kind `imagingStudy`, made when it is attached; title, teeth and the like are corrected there
 * as in any entry, and the received bytes never change. Radiographs that came as JPEG, PNG, TIFF or in a private format are documents
 * (`/api/patients/{patientId}/documents`); a patient's list of studies names those beside, so that a page can show all pictures by their day.
 */
import { z } from 'zod'
import { endpoint } from '#endpoint'
import { imagingStudySchema, patientLineSchema, TEETH } from '#patients/contract'
import { line } from '#text'

const id = z.string().regex(/^[A-Za-z0-9-]{1,50}$/)
const instant = z.iso.datetime()
const tooth = z.enum(TEETH)
const studyParams = z.object({ patientId: id, studyId: id })
const instanceParams = z.object({ patientId: id, studyId: id, instanceId: id })
const trayParams = z.object({ studyId: id })
const trayInstanceParams = z.object({ studyId: id, instanceId: id })
/** Why: read by whoever examines the record; ten characters at least keep `x` out. */
const reasonSchema = line(500).min(10)

export const INSTANCE_FLAGS = [
  /** nothing to say of it */
  'none',
  /** another instance with the same UID came with other bytes: both are kept */
  'same-uid-other-bytes',
  /** its header does not read as DICOM: kept as it came */
  'unreadable',
] as const
export type InstanceFlag = (typeof INSTANCE_FLAGS)[number]

/** One file of a study. All of the header's words are what the device says; absent: it says nothing. */
export const instanceSchema = z
  .object({
    id,
    sopInstanceUid: z.string(),
    sopClassUid: z.string(),
    /** of the stored bytes */
    transferSyntaxUid: z.string(),
    number: z.int().optional(),
    rows: z.int().optional(),
    columns: z.int().optional(),
    /** 1 where the header says nothing; 0: it holds no picture (a report, an ECG) */
    frames: z.int(),
    /** what the header proposes to begin with */
    window: z.object({ center: z.number(), width: z.number() }).optional(),
    photometricInterpretation: z.string().optional(),
    bitsAllocated: z.int().optional(),
    /** millimetres between rows, and between columns, at the patient */
    pixelSpacing: z.tuple([z.number(), z.number()]).optional(),
    /** the same at the detector, where the one at the patient is not known: measures are larger than the tooth */
    imagerPixelSpacing: z.tuple([z.number(), z.number()]).optional(),
    teeth: z.array(tooth),
    laterality: z.enum(['L', 'R']).optional(),
    sizeBytes: z.int(),
    /** of the file, hex */
    sha256: z.string(),
    receivedAt: instant,
    flag: z.enum(INSTANCE_FLAGS),
  })
  .meta({ id: 'ImageInstance' })

export const seriesSchema = z
  .object({
    id,
    seriesInstanceUid: z.string(),
    number: z.int().optional(),
    modality: z.string(),
    description: z.string().optional(),
    bodyPart: z.string().optional(),
    laterality: z.enum(['L', 'R']).optional(),
    /** in their order: by number, then as they came */
    instances: z.array(instanceSchema),
  })
  .meta({ id: 'ImageSeries' })

/** What lists show of a study, wherever it is. */
const studyMembers = {
  id,
  studyInstanceUid: z.string(),
  /** the first is the one that the study is named by: IO, PX, DX, CT… */
  modalities: z.array(z.string()),
  takenOn: z.string().optional(),
  /** local to the device, `HH:MM:SS` */
  takenAt: z.string().optional(),
  description: z.string().optional(),
  teeth: z.array(tooth),
  bodyPart: z.string().optional(),
  seriesCount: z.int(),
  instanceCount: z.int(),
  sizeBytes: z.int(),
  /** where it came from: `dicom:AETITLE` or `import:…` */
  source: z.string(),
  receivedAt: instant,
  /** instances of which there is something to say */
  flagged: z.int(),
  /** the instance to show for the whole; absent: none holds a picture */
  coverInstanceId: id.optional(),
} as const

/** A study in a record. */
export const studySchema = z
  .object({
    ...studyMembers,
    /** in the record */
    entryId: id,
    entryVersion: z.int(),
    /** the entry, as people may have corrected it: what a page shows before what the header says */
    entry: imagingStudySchema,
  })
  .meta({ id: 'ImageStudy' })
export type ImageStudy = z.output<typeof studySchema>

/** A radiograph or photograph that is an ordinary document of the record, shown beside the studies. */
export const pictureDocumentSchema = z
  .object({
    entryId: id,
    title: z.string(),
    madeOn: z.string().optional(),
    mediaType: z.string().optional(),
    typeCode: z.string(),
    teeth: z.array(tooth),
  })
  .meta({ id: 'PictureDocument' })

export const listStudies = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/studies',
  summary: 'The studies in a record, newest day first, and its pictures that are ordinary documents.',
  permission: 'documents.read',
  journal: 'record.read',
  params: z.object({ patientId: id }),
  reply: z.object({ studies: z.array(studySchema), documents: z.array(pictureDocumentSchema) }),
})

export const getStudy = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/studies/:studyId',
  summary: 'One study with its series and instances.',
  permission: 'documents.read',
  journal: 'study.read',
  params: studyParams,
  reply: z.object({ study: studySchema, series: z.array(seriesSchema) }),
})

const contentWire = {
  headers: {
    Range: { description: 'one range of bytes', pattern: '^bytes=' },
    'If-Range': { description: 'the `ETag` that the range is of', pattern: '^"' },
  },
  gives: ['application/dicom', 'application/octet-stream'],
  givesHeaders: {
    ETag: 'SHA-256 of the file, hex, in quotes',
    'Content-Disposition': 'under which name to keep it',
    'Accept-Ranges': '`bytes`',
  },
  answers: {
    206: 'The range that was asked for, with `Content-Range`.',
    416: 'No such range: `Content-Range` says how many bytes there are.',
  },
} as const

const previewWire = {
  gives: ['image/png'],
  givesHeaders: {
    'Couronne-Preview':
      '`drawn`, or a grey field: `none`, for what cannot be drawn here; `late`, for what took too long this time and may be drawn the next',
  },
} as const

/** The frame counts from 1; `size` bounds the longer side, in pixels. */
const previewQuery = z.object({
  frame: z.coerce.number().int().min(1).max(100_000).default(1),
  size: z.coerce.number().int().min(16).max(1_024).default(256),
})

export const getInstanceContent = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/studies/:studyId/instances/:instanceId/content',
  summary:
    'The instance as a DICOM file (Part 10), whole or one range of it. The journal says once an hour and person that the study was opened, not once a range.',
  permission: 'documents.read',
  journal: 'study.read',
  params: instanceParams,
  wire: contentWire,
})

export const getInstancePreview = endpoint({
  method: 'GET',
  path: '/api/patients/:patientId/studies/:studyId/instances/:instanceId/preview',
  summary: 'A small picture of one frame. Not for diagnosis.',
  permission: 'documents.read',
  journal: 'study.read',
  params: instanceParams,
  query: previewQuery,
  wire: previewWire,
})

export const moveStudyEndpoint = endpoint({
  method: 'POST',
  path: '/api/patients/:patientId/studies/:studyId/move',
  summary:
    'Takes a study out of a record that it does not belong to: into another, or back to the tray. The entry here is withdrawn, its versions stay.',
  permission: 'documents.write',
  journal: 'study.moved',
  params: studyParams,
  body: z.strictObject({
    /** the right record; null: nobody knows, back to the tray */
    toPatientId: id.nullable(),
    expectedVersion: z.int().min(1),
    reason: reasonSchema,
  }),
  /** the new entry; absent: it is in the tray */
  reply: z.object({ entryId: id.optional() }),
})

// The tray

export const TRAY_REASONS = [
  /** the header names no patient number at all */
  'no-number',
  /** nobody here has this number */
  'unknown-number',
  /** the number was given by somebody else */
  'foreign-number',
  /** the number is one patient's, the name or the birth date is not theirs */
  'contradicted',
  /** the number fits; name or birth date is missing, so that nothing confirms it */
  'unconfirmed',
  /** several patients fit */
  'several',
  /** it came with somebody's record, and names another person */
  'other-person',
  /** not DICOM that anybody could read: kept as it came */
  'unreadable',
  /** a person took it out of a record */
  'returned',
] as const
export type TrayReason = (typeof TRAY_REASONS)[number]

/** Whom the header names, as it says it, decoded. */
export const namedPatientSchema = z
  .object({
    number: z.string().optional(),
    issuer: z.string().optional(),
    /** `family^given` as people read it: family name, then given names */
    familyName: z.string().optional(),
    givenNames: z.string().optional(),
    bornOn: z.string().optional(),
    sex: z.enum(['female', 'male', 'other']).optional(),
    /** an INS in OtherPatientIDsSequence */
    ins: z.string().optional(),
  })
  .meta({ id: 'NamedPatient' })

export const trayStudySchema = z
  .object({
    ...studyMembers,
    state: z.enum(['tray', 'aside']),
    reason: z.enum(TRAY_REASONS),
    named: namedPatientSchema,
    /** why somebody set it aside */
    asideReason: z.string().optional(),
    /** how the file was called, of what was imported from a folder and does not read */
    fileName: z.string().optional(),
  })
  .meta({ id: 'TrayStudy' })
export type TrayStudy = z.output<typeof trayStudySchema>

export const PROPOSAL_GROUNDS = ['ins', 'number', 'name-and-birth-date', 'name', 'birth-date'] as const

export const listTray = endpoint({
  method: 'GET',
  path: '/api/images/tray',
  summary: 'Studies that wait for a person to say whose they are, or that were set aside; newest first.',
  permission: 'documents.read',
  journal: 'tray.read',
  query: z.object({
    state: z.enum(['tray', 'aside']).default('tray'),
    cursor: z.string().max(2_000).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  reply: z.object({
    studies: z.array(trayStudySchema),
    next: z.string().optional(),
    /** of both states, whatever page this is */
    counts: z.object({ tray: z.int(), aside: z.int() }),
  }),
})

export const getTrayCount = endpoint({
  method: 'GET',
  path: '/api/images/tray/count',
  summary: 'How many studies wait in the tray, and how many were set aside: numbers for a menu, of nobody.',
  permission: 'practice.read',
  isBackground: true,
  reply: z.object({ tray: z.int(), aside: z.int() }),
})

export const getTrayStudy = endpoint({
  method: 'GET',
  path: '/api/images/tray/:studyId',
  summary: 'One study of the tray with its series, and the patients whom it may be of, likeliest first.',
  permission: 'documents.read',
  journal: 'tray.read',
  params: trayParams,
  reply: z.object({
    study: trayStudySchema,
    series: z.array(seriesSchema),
    proposals: z.array(
      z.object({
        patient: patientLineSchema,
        /** what agrees */
        grounds: z.array(z.enum(PROPOSAL_GROUNDS)),
        /** what the header says otherwise */
        contradictions: z.array(z.enum(['name', 'birth-date', 'sex'])),
      }),
    ),
  }),
})

export const getTrayContent = endpoint({
  method: 'GET',
  path: '/api/images/tray/:studyId/instances/:instanceId/content',
  summary: 'An instance of the tray as a DICOM file, whole or one range of it.',
  permission: 'documents.read',
  journal: 'tray.read',
  params: trayInstanceParams,
  wire: contentWire,
})

export const getTrayPreview = endpoint({
  method: 'GET',
  path: '/api/images/tray/:studyId/instances/:instanceId/preview',
  summary: 'A small picture of one frame of the tray. Not for diagnosis.',
  permission: 'documents.read',
  journal: 'tray.read',
  params: trayInstanceParams,
  query: previewQuery,
  wire: previewWire,
})

export const attachStudyEndpoint = endpoint({
  method: 'POST',
  path: '/api/images/tray/:studyId/attach',
  summary:
    'Puts a study of the tray into a record. What the header says otherwise stays in the file; the record says who decided.',
  permission: 'documents.write',
  journal: 'study.attached',
  params: trayParams,
  body: z.strictObject({
    patientId: id,
    /** needed where the header contradicts the patient: why it is theirs all the same */
    reason: reasonSchema.optional(),
  }),
  reply: z.object({ entryId: id }),
})

export const setStudyAsideEndpoint = endpoint({
  method: 'POST',
  path: '/api/images/tray/:studyId/set-aside',
  summary: 'Takes a study out of the tray without a record: a test image, another practice’s patient. Nothing is deleted.',
  permission: 'documents.write',
  journal: 'study.set-aside',
  params: trayParams,
  body: z.strictObject({ reason: reasonSchema }),
})

export const bringStudyBackEndpoint = endpoint({
  method: 'POST',
  path: '/api/images/tray/:studyId/bring-back',
  summary: 'Brings a study that was set aside back into the tray.',
  permission: 'documents.write',
  journal: 'study.brought-back',
  params: trayParams,
})

// Reception

/** PS3.5 §6.2, AE: 16 characters of the default repertoire, no backslash, not only spaces. */
export const aeTitleSchema = z
  .string()
  .trim()
  .regex(/^[\x20-\x5b\x5d-\x7e]{1,16}$/)
export const RECEPTION_PORT_DEFAULT = 11_112
export const RECEPTION_AE_TITLE_DEFAULT = 'COURONNE'

export const receptionSettingsSchema = z
  .strictObject({
    isOn: z.boolean(),
    /** ours: senders that call another are refused */
    aeTitle: aeTitleSchema,
    /** where we listen: an address of this machine; `0.0.0.0` only where somebody writes it */
    host: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9.:_-]{1,253}$/),
    port: z.int().min(1).max(65_535),
    /** `local`: with the practice's own certificate */
    tls: z.enum(['none', 'local']).default('none'),
    /** AE titles of our devices, with a word for people */
    senders: z.array(z.strictObject({ aeTitle: aeTitleSchema, label: line(100).optional() })).max(100),
    /** whether others may send too */
    acceptsUnknown: z.boolean(),
    /** IssuerOfPatientID of our own numbers, where devices write it */
    issuer: line(64).optional(),
  })
  .meta({ id: 'ReceptionSettings' })
export type ReceptionSettings = z.output<typeof receptionSettingsSchema>

/** Why an association or an image was not taken. */
export const RECEPTION_REFUSALS = [
  /** more at once than are served */
  'crowded',
  /** the practice is sealed */
  'sealed',
  /** the device calls another AE title than ours */
  'other-title',
  /** the device is not one of ours */
  'unknown-sender',
  'disk-full',
  'too-large',
  /** database or document store do not answer */
  'storage',
  /** the log says more */
  'not-kept',
  /** the connection ended in the middle of something */
  'broken',
  /** nothing came for too long, or too slowly */
  'silent',
  /** it does not speak DICOM as it is written */
  'malformed',
] as const
export type ReceptionRefusal = (typeof RECEPTION_REFUSALS)[number]

export const receptionStatusSchema = z
  .object({
    isListening: z.boolean(),
    /** what somebody gave at the command line goes before what is set here */
    isFromCommandLine: z.boolean(),
    aeTitle: z.string().optional(),
    host: z.string().optional(),
    port: z.int().optional(),
    isTls: z.boolean(),
    /** why it does not listen although it is on: a code of the system (`EADDRINUSE`) or of ours */
    problem: z.string().optional(),
    associations: z.int(),
    /** of this practice, ever */
    instances: z.int(),
    studies: z.int(),
    lastReceivedAt: instant.optional(),
    /** since this server was started */
    received: z.int(),
    refused: z.int(),
    /** never with anything of a patient */
    lastRefused: z
      .object({
        at: instant,
        callingAeTitle: z.string().optional(),
        code: z.enum(RECEPTION_REFUSALS),
        /** of `other-title`: what it called */
        calledAeTitle: z.string().optional(),
      })
      .optional(),
  })
  .meta({ id: 'ReceptionStatus' })
export type ReceptionStatus = z.output<typeof receptionStatusSchema>

export const getReception = endpoint({
  method: 'GET',
  path: '/api/images/reception',
  summary: 'How images are received from devices (DICOM C-STORE), as it is set.',
  permission: 'system.read',
  reply: receptionSettingsSchema,
})

export const changeReception = endpoint({
  method: 'PUT',
  path: '/api/images/reception',
  summary: 'Changes how images are received; holds at once.',
  permission: 'system.write',
  journal: 'setting.changed',
  body: receptionSettingsSchema,
  reply: receptionSettingsSchema,
})

export const getReceptionStatus = endpoint({
  method: 'GET',
  path: '/api/images/reception/status',
  summary: 'Whether it listens, what came last, what was refused last and why. Nothing of any patient.',
  permission: 'system.read',
  isBackground: true,
  reply: receptionStatusSchema,
})
