/**
 * What other programs read and write about patients. For Couronne, and for any program that meets the same formats. Pure: bytes or values in,
 * values out; no clock, no disk, no network, no Node module.
 */

export { type Card, type CardPerson, readCards } from './cards/cards.ts'
export { type CalendarEvent, type EventFacts, readEvents } from './cards/events.ts'
export { COMMAND_FIELDS, type CommandSet, DIMSE_STATUS, decodeCommandSet, encodeCommandSet } from './dicom/command-set.ts'
export { readDicomdir } from './dicom/dicomdir.ts'
export { type CodedValue, type DicomHeader, type NamedIdentifier, readDicomHeader } from './dicom/header.ts'
export {
  decodeFileMeta,
  encodeFileMeta,
  type FileMeta,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION,
  isDicomFile,
} from './dicom/part10.ts'
export {
  type AnsweredContext,
  type AssociateAccept,
  type AssociateRequest,
  decodePdu,
  decodePduHeader,
  encodePdu,
  MalformedPduError,
  PDU_HEADER_BYTES,
  PDU_TYPES,
  type Pdu,
  type Pdv,
  type ProposedContext,
} from './dicom/pdu.ts'
export { IMPLICIT_LITTLE_ENDIAN, isStorageClass, isUid, MEDIA_STORAGE_DIRECTORY, VERIFICATION } from './dicom/uids.ts'
export { type BindingFinding, checkRequiredBindings } from './fhir/required-bindings.ts'
export {
  findRootType,
  type JsonPiece,
  RESOURCE_BYTES_MAX,
  RESOURCE_FLAWS,
  type ResourceFlaw,
  readWhole,
  splitBundle,
  splitLines,
} from './fhir/split-bundle.ts'
export { CSV_FLAWS, type CsvFlaw, CsvReader, type CsvRecord } from './text/csv.ts'
export { DAY_FORMATS, type DayFormat, DayFormatDetector, type DetectedDayFormat, type ParsedDay, parseDay } from './text/days.ts'
export { DELIMITERS, type Delimiter, type DetectedDelimiter, detectDelimiter } from './text/detect-delimiter.ts'
export { type DetectedEncoding, EncodingDetector } from './text/detect-encoding.ts'
export { decodeText, ENCODINGS, type Encoding } from './text/encodings.ts'
export { LINE_BYTES_MAX, readLines, type TextLine } from './text/lines.ts'
export {
  CLINICAL_SECTIONS,
  type ClinicalAddress,
  type ClinicalCode,
  type ClinicalDocument,
  type ClinicalKind,
  type ClinicalPatient,
  type ClinicalStatement,
  parseClinicalDocument,
} from './xdm/clinical-document.ts'
export { type DocumentEntry, dayOf, documentEntriesOf, type ForeignId } from './xdm/document-entries.ts'
export { type Manifest, type ManifestArchive, parseManifest } from './xdm/manifest.ts'
export { decodeXml, parseXml, XML_CHARACTERS_MAX, type XmlElement, XmlError } from './xml/index.ts'
