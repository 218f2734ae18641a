/**
 * What other programs read and write about patients. For Couronne, and for any program that meets the same formats. Pure: bytes or values in,
 * values out; no clock, no disk, no network, no Node module.
 */
export { type BindingFinding, checkRequiredBindings } from './fhir/required-bindings.ts'
