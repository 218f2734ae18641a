/** The names of code systems, identifiers, profiles and extensions, as FHIR R4, FR Core 2.x and the ANS write them. */

const FR_CORE = 'https://hl7.fr/ig/fhir/core'
const HL7 = 'http://terminology.hl7.org/CodeSystem'

export const IDENTIFIER_TYPES = `${FR_CORE}/CodeSystem/fr-core-cs-v2-0203`
export const IDENTITY_RELIABILITY = `${FR_CORE}/CodeSystem/fr-core-cs-v2-0445`
export const profile = (name: string) => `${FR_CORE}/StructureDefinition/${name}`

export const RPPS = 'https://rpps.esante.gouv.fr'
/** The national number of a professional: 8 and the RPPS */
export const ID_NAT_PS = 'urn:oid:1.2.250.1.71.4.2.1'
/** The national number of a structure: 1 and the FINESS, 3 and the SIRET */
export const ID_NAT_STRUCT = 'urn:oid:1.2.250.1.71.4.2.2'
export const FINESS = 'https://finess.esante.gouv.fr'
export const SIRENE = 'https://sirene.fr'
export const PROFESSION = 'https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante'
export const COMMUNE = 'https://mos.esante.gouv.fr/NOS/TRE_R13-CommuneOM/FHIR/TRE-R13-CommuneOM'

export const CCAM = 'https://smt.esante.gouv.fr/terminologie-ccam'
export const LOINC = 'http://loinc.org'
export const SNOMED = 'http://snomed.info/sct'
/** ISO 3950: no URI is published for FHIR; open dental projects write this one */
export const ISO_3950 = 'urn:iso:std:iso:3950'
export const FDI_SURFACE = `${HL7}/FDI-surface`
export const UCUM = 'http://unitsofmeasure.org'
export const SHA_256 = 'urn:oid:2.16.840.1.101.3.4.2.1'
export const URI = 'urn:ietf:rfc:3986'
export const DICOM_UID = 'urn:dicom:uid'
export const DICOM_CODES = 'http://dicom.nema.org/resources/ontology/DCM'
/** International Patient Summary: what is said to be absent */
export const IPS_ABSENT = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips'
export const hl7 = (name: string) => `${HL7}/${name}`

export const DATA_ABSENT = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason'
export const BIRTH_PLACE = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace'
/** What a flag is about in detail */
export const FLAG_DETAIL = 'http://hl7.org/fhir/StructureDefinition/flag-detail'
export const CONTACT_COMMENT = 'http://hl7.org/fhir/StructureDefinition/contactpoint-comment'
/** For resources that have no `note` of their own */
export const NOTE = 'http://hl7.org/fhir/StructureDefinition/note'

/** Words of ours, where no public system has them: `urn:x-couronne:tooth-state`. Their text always stands beside. */
export const own = (name: string) => `urn:x-couronne:${name}`
