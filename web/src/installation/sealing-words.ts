/** As the contract has it: a passphrase that is tried on a stolen disk must stand more than a password that is tried here. */
export const PASSPHRASE_LENGTH_MIN = 16
