/**
 * Keys: how a practice's data is opened, and the keys that follow from that. The master key is never on disk in the clear, and no secret is
 * ever in a log or an error.
 */
export {
  addKeySlot,
  factsOf,
  KEY_SLOTS_FILE,
  type KeyOffer,
  type KeySlotFacts,
  type KeySlotKind,
  type KeySlots,
  loadKeySlots,
  makeRecoveryWords,
  openMasterKey,
  parseRecoveryWords,
  removeKeySlot,
  SYSTEMD_CREDENTIAL,
  saveKeySlots,
} from './key-slots.ts'
export { type KeyPurpose, MASTER_KEY_BYTES, MasterKey } from './master-key.ts'
export { seal, unseal } from './seal.ts'
