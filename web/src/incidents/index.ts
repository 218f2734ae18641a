/** What to do when the practice is attacked. */
export { AttackPage } from './attack.tsx'
