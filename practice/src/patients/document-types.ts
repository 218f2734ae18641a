/**
 * Types of documents: the part of the ANS value set JDV_J07-XdsTypeCode-CISIS (OID 1.2.250.1.213.1.1.5.471, version 20260629120000) that a
 * dental practice meets. Any other type is accepted with its system and label.
 *
 * Licence Ouverte 2.0 (Agence du numérique en santé). This material contains content from LOINC (http://loinc.org). LOINC is copyright ©
 * Regenstrief Institute, Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost under
 * the license at http://loinc.org/license. LOINC® is a registered United States trademark of Regenstrief Institute, Inc.
 */

const LOINC = 'http://loinc.org'
const TRE_A05 = 'https://mos.esante.gouv.fr/NOS/TRE_A05-TypeDocComplementaire/FHIR/TRE-A05-TypeDocComplementaire'

export interface DocumentType {
  readonly system: string
  readonly code: string
  /** French */
  readonly label: string
}

// biome-ignore format: a table is read by columns
export const DOCUMENT_TYPES: readonly DocumentType[] = [
  { system: LOINC, code: '28617-9', label: 'Bilan bucco-dentaire' },
  { system: LOINC, code: '83836-7', label: 'Schéma dentaire' },
  { system: LOINC, code: '11488-4', label: 'CR ou fiche de consultation ou de visite' },
  { system: LOINC, code: '34874-8', label: 'CR opératoire' },
  { system: LOINC, code: '11505-5', label: 'CR d’acte thérapeutique (autre)' },
  { system: LOINC, code: '70004-7', label: 'CR d’acte diagnostique (autre)' },
  { system: LOINC, code: '18748-4', label: 'CR d’imagerie médicale' },
  { system: LOINC, code: '55115-0', label: 'Demande d’actes d’imagerie' },
  { system: TRE_A05, code: 'IMG-KOS', label: 'Reference d’objets d’un examen d’imagerie' },
  { system: LOINC, code: '52040-3', label: 'Document encapsulant une image d’illustration non DICOM' },
  { system: LOINC, code: '57833-6', label: 'Prescription de produits de santé' },
  { system: LOINC, code: '57832-8', label: 'Prescription de soins' },
  { system: LOINC, code: '57828-6', label: 'Prescription (autre)' },
  { system: TRE_A05, code: 'PRESC-BIO', label: 'Prescription d’actes de biologie médicale' },
  { system: TRE_A05, code: 'PRESC-AAT', label: 'Prescription arrêt de travail' },
  { system: LOINC, code: '11502-2', label: 'CR d’examens biologiques' },
  { system: LOINC, code: '60568-3', label: 'CR d’anatomie et de cytologie pathologiques' },
  { system: LOINC, code: '59284-0', label: 'Attestation de consentement' },
  { system: TRE_A05, code: 'AUTORIS-SOINS', label: 'Autorisation de soins et actes non usuels sanitaires' },
  { system: LOINC, code: '74465-6', label: 'Questionnaire patient' },
  { system: LOINC, code: '34895-3', label: 'Fiche d’information au patient' },
  { system: LOINC, code: '96349-6', label: 'Lettre d’adressage' },
  { system: LOINC, code: '18761-7', label: 'Note de transfert' },
  { system: LOINC, code: '77604-7', label: 'Planification thérapeutique' },
  { system: LOINC, code: '60591-5', label: 'Synthèse médicale' },
  { system: LOINC, code: '89601-9', label: 'Certificat médical' },
  { system: TRE_A05, code: 'CERT_DECL', label: 'Certificat, déclaration' },
  { system: LOINC, code: '101881-1', label: 'Carte d’implant' },
  { system: LOINC, code: '51851-4', label: 'Document administratif' },
  { system: TRE_A05, code: 'PIECE-IDENTITE', label: 'Copie pièce d’identité' },
  { system: TRE_A05, code: 'PROT_ALD', label: 'Protocole de soins ALD' },
  { system: TRE_A05, code: 'EXPPAT_1', label: 'Volontés et droits du patient' },
]

/** The type in our list; undefined where the list does not have it. */
export function findDocumentType(code: string): DocumentType | undefined {
  return DOCUMENT_TYPES.find((type) => type.code === code)
}
