/** Tests make hashes of passwords by the thousand: whoever imports this makes them with a three-hundredth of the real work. */
import { usePasswordWork } from '#people'

export const TEST_PASSWORD_WORK = { memoryKib: 1_024, passes: 1 }

usePasswordWork(TEST_PASSWORD_WORK)
