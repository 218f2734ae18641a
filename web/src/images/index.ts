/**
 * Images: the viewer, with its measures and two pictures side by side; the tray of those whose patient is not sure; how they are received. What
 * was received is shown and never changed.
 */
export { ReceptionPage } from './reception-page.tsx'
export { TrayPage } from './tray-page.tsx'
export { TrayStudyPage } from './tray-study-page.tsx'
export { ViewerPage } from './viewer-page.tsx'
