export const patients = {
  searchWith: 'Cherchez un patient dans le champ en haut de la page : nom, date de naissance, numéro de dossier ou téléphone.',
}
