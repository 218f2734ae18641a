/**
 * Images: what devices and media give, kept as it came, found by study, shown in records. For practitioners and assistants; the IT provider sees
 * that they come, and never whose they are. No received byte is changed here, no file is refused for what is in it, and whose an image is only a
 * sure agreement decides, or a person.
 */
export type { TrayReason } from './contract.ts'
export { type DicomFolderOptions, importDicomFolder } from './folders/import-dicom-folder.ts'
export { FILE_FATES, type FileFate, type FileReport, type FolderReport } from './folders/report.ts'
export { countFiles } from './folders/walk.ts'
export { type ForeseenImage, foreseeImage } from './foresee-image.ts'
export { keepImage } from './keep-image.ts'
export { findPlace, type ImagePlace } from './place.ts'
export { Reception, type ReceptionFlags } from './reception/reception.ts'
export { refreshStaleEntries } from './refresh-entries.ts'
export { imageRoutes } from './routes.ts'
export { findStudiesInRecords } from './store.ts'
export { type ImageWorkOptions, startImageWork } from './work.ts'
