export { Installation } from '#installation'
