/**
 * Forms: what is asked is labelled, checked as one types, never lost; what is wrong is said in words where it is, and what cannot be undone
 * asks for a name.
 */
export { ConfirmByName } from './confirm-by-name.tsx'
export { Dialog } from './dialog.tsx'
export { claimDrafts, dropDraft, forgetDrafts, keepDraft, readDraft } from './drafts.ts'
export { ChoiceField, LongTextField, RadioField, SecretField, TextField, TickField } from './fields.tsx'
export { FormBox } from './form-box.tsx'
export { checkNewPassword, NewPasswordFields } from './new-password-fields.tsx'
export { ProblemBox, ProblemNote } from './problem-note.tsx'
export { type FieldErrors, type Form, type FormOptions, type FormValues, fieldId, useForm, useLeaveWarning } from './use-form.ts'
