import type { incidents as French } from '../fr/incidents.ts'

export const incidents: typeof French = {
  title: 'We are under attack: what to do now',
  lead: 'A ransom note, files that change their names, a computer that acts by itself. In this order, without waiting to be sure:',
  steps: [
    {
      what: 'Hands off the keyboard, photograph the screen',
      how: 'With your telephone. Do not answer the message, pay nothing.',
    },
    {
      what: 'Unplug this computer from the network',
      how: 'Pull the network cable; switch the Wi-Fi off. If two computers are hit, unplug the router.',
    },
    {
      what: 'Do not switch the computers off',
      how: 'Their memory holds evidence, sometimes the key. Leave them on, without network.',
    },
    { what: 'Unplug the backup disks', how: 'USB disks, and the network cable of the file server (NAS).' },
    {
      what: 'Tell the team in person',
      how: 'Nobody logs in any more. Speak in person or by mobile telephone: the attacker may be reading e-mail.',
    },
    {
      what: 'Write down the time',
      how: 'When you understood. Legal clocks start there. Then write down all that is done, with the time.',
    },
  ],
  callTitle: 'Whom to call',
  callLead: 'From a mobile telephone, in this order.',
  numbers: [
    {
      who: 'Your IT provider',
      number: 'The number is on your paper card',
      tel: '',
      why: 'They isolate the machines, and reinstall nothing yet.',
    },
    {
      who: 'Police or gendarmerie',
      number: '17',
      tel: '17',
      why: 'And 17Cyber.gouv.fr: an officer answers in writing, day and night.',
    },
    {
      who: 'CERT Santé',
      number: '09 72 43 91 25',
      tel: '+33972439125',
      why: 'Helps health care under attack, day and night. Check this number on esante.gouv.fr while all is well.',
    },
    {
      who: 'Your insurer',
      number: 'The help line of your contract',
      tel: '',
      why: 'File a complaint within 72 hours to be reimbursed (article L12-10-1, code des assurances).',
    },
  ],
  neverTitle: 'What not to do',
  nevers: [
    'Pay, or write to the attacker.',
    'Restart, clean, reinstall: the evidence would be gone.',
    'Plug a backup in to “see whether it works”: it would be attacked in turn.',
  ],
  laterTitle: 'Then, within 72 hours',
  laters: [
    'Finish the care under way on paper. No anaesthetic without a medical questionnaire filled in by hand.',
    'File a complaint, with the photographs and your notes.',
    'Notify the CNIL within 72 hours, even without knowing everything: the rest is added later.',
    'From a clean device, change the passwords: e-mail, bank, appointment booking.',
  ],
  print: 'Print this page',
}
