/** The first pages: what is here, setting a practice up, opening it; and how it is named and opened afterwards. */
export { PracticeSettingsPage } from './practice-settings.tsx'
export { ProviderSettingsPage } from './provider-settings.tsx'
export { SealingPage } from './sealing.tsx'
export { SetUpPage } from './set-up.tsx'
export { UnsealPage } from './unseal.tsx'
export { WelcomePage } from './welcome.tsx'
