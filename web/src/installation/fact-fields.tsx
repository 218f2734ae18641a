import { FRENCH_TIME_ZONES, LEGAL_FORMS } from '@couronne/practice/contract'
import { ChoiceField, type Form, TextField } from '#forms'
import { type Messages, useMessages } from '#messages'
import type { FactValues } from './practice-facts.ts'

/** The fields that a letter's head needs; none is needed to begin. */
export function FactFields<V extends FactValues>({ form: whole }: { readonly form: Form<V> }) {
  const m = useMessages()
  const form = whole as unknown as Form<FactValues>
  const legalForms = LEGAL_FORMS.map((value) => ({ value, label: m.installation.legalForms[value] }))
  const zones = [...new Set([...FRENCH_TIME_ZONES, form.values.timeZone])]
  return (
    <>
      <ChoiceField
        form={form}
        name="legalForm"
        label={m.installation.legalForm}
        hint={m.installation.legalFormHint}
        isOptional
        choices={[{ value: '', label: m.forms.notSaid }, ...legalForms]}
      />
      <TextField form={form} name="address" label={m.installation.address} isOptional autoComplete="street-address" />
      <div className="side-by-side">
        <TextField form={form} name="postalCode" label={m.installation.postalCode} isOptional autoComplete="postal-code" />
        <TextField form={form} name="town" label={m.installation.town} isOptional autoComplete="address-level2" />
      </div>
      <div className="side-by-side">
        <TextField form={form} name="telephone" label={m.installation.telephone} type="tel" isOptional autoComplete="tel" />
        <TextField form={form} name="email" label={m.installation.email} type="email" isOptional autoComplete="email" />
      </div>
      <div className="side-by-side">
        <TextField form={form} name="siret" label={m.installation.siret} hint={m.installation.siretHint} isOptional />
        <TextField form={form} name="finess" label={m.installation.finess} hint={m.installation.finessHint} isOptional />
      </div>
      <ChoiceField
        form={form}
        name="timeZone"
        label={m.installation.timeZone}
        hint={m.installation.timeZoneHint}
        choices={zones.map((zone) => ({ value: zone, label: zoneInWords(zone, m) }))}
      />
    </>
  )
}

/** The place, as people call it; a zone of elsewhere stands as IANA writes it. */
export function zoneInWords(zone: string, m: Messages): string {
  return (m.installation.timeZones as Readonly<Record<string, string>>)[zone] ?? zone
}
