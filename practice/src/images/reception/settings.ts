/** How this practice receives, as it is set. Nothing is listened to before somebody says so. */
import type { Db, Tx } from '#database'
import type { Actor, OpenPractice } from '#open-practice'
import { loadSetting, saveSetting } from '#settings'
import {
  RECEPTION_AE_TITLE_DEFAULT,
  RECEPTION_PORT_DEFAULT,
  type ReceptionSettings,
  receptionSettingsSchema,
} from '../contract.ts'

const NAME = 'images.reception'

const AT_FIRST: ReceptionSettings = {
  isOn: false,
  aeTitle: RECEPTION_AE_TITLE_DEFAULT,
  host: '127.0.0.1',
  port: RECEPTION_PORT_DEFAULT,
  tls: 'none',
  senders: [],
  acceptsUnknown: true,
}

export async function loadReceptionSettings(db: Db | Tx, practiceId: string): Promise<ReceptionSettings> {
  return (await loadSetting(db, practiceId, NAME, receptionSettingsSchema)) ?? AT_FIRST
}

export async function saveReceptionSettings(
  tx: Tx,
  practice: OpenPractice,
  actor: Actor,
  settings: ReceptionSettings,
): Promise<void> {
  await saveSetting(tx, practice, actor, NAME, settings)
}
