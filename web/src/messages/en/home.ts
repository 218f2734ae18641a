import type { home as French } from '../fr/home.ts'

export const home: typeof French = {
  title: (name) => `Hello, ${name}`,
  lead: {
    owner: 'You own the practice: all of it is open to you.',
    practitioner: 'You treat patients: their records are open to you.',
    assistant: 'You look after the front desk and the documents.',
    'it-provider': 'You maintain the installation. No patient record is shown to you.',
    'data-protection-officer': 'You check who looks at what, and why.',
    auditor: 'You read the journal and the settings, and change nothing.',
  },
  roomsTitle: 'Where to go',
  rooms: {
    home: 'This page.',
    patients: 'Find a patient, open their record.',
    agenda: 'Appointments of the day and the week.',
    images: 'Radiographs that came without a sure patient.',
    completeness: 'The rules, the list, the curve.',
    imports: 'Bring in the records of another program.',
    people: 'Who has an account here, in which role.',
    journal: 'Who did what, when, from where.',
    settings: 'The practice’s name, and what opens its data.',
  },
  noBackupYet: 'Couronne backs nothing up by itself yet. Keep its data folder safe with “couronne vault”: the guide says how.',
  firstTitle: 'To begin with',
  first: { practitioner: 'Say who practises here', invite: 'Invite the others of the practice' },
  firstWhy: {
    practitioner: 'Procedures and appointments are noted under a practitioner: begin with yourself.',
    invite: 'An account each: the journal then says who did what.',
  },
  patientsTitle: 'To do in the records',
  dueTitle: 'For you to do',
  due: {
    'second-factor': 'Protect your account with a second factor',
    'recovery-codes': 'Print your recovery codes',
  },
  dueWhy: {
    'second-factor': 'A stolen password will no longer be enough to get in.',
    'recovery-codes': 'So that you still get in on the day the telephone is lost.',
  },
  dueBy: (day) => `Before ${day}.`,
}
