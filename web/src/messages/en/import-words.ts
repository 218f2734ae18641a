import type { imports as french } from '../fr/imports.ts'
import { plural } from '../plural.ts'

type NoteAbout = Readonly<Record<string, string | number>>

export const importWords = {
  entities: {
    patient: 'Patients',
    procedure: 'Procedures',
    appointment: 'Appointments',
    note: 'Notes',
    alert: 'Alerts',
    document: 'Documents',
    image: 'Images',
    other: 'Other files',
  },
  entityHints: {
    patient: 'A row for each patient: name, birth, address.',
    procedure: 'A row for each treatment: date, code, tooth, fee.',
    appointment: 'A row for each appointment: day, time, length.',
    note: 'A text with a date: observations, reports.',
    alert: 'Allergies, medication, conditions not to be forgotten.',
    document: 'A row for each file: radiograph, letter, photograph.',
  },
  targets: {
    patient: {
      fileNumber: 'File number',
      birthName: 'Birth name',
      usedName: 'Name used',
      givenNames: 'Given names',
      usedGivenName: 'Given name used',
      sex: 'Sex',
      bornOn: 'Date of birth',
      birthPlaceName: 'Place of birth',
      diedOn: 'Date of death',
      insuredNumber: 'Social security number',
      addressLine: 'Address',
      addressMore: 'Address, second line',
      postalCode: 'Postal code',
      town: 'Town',
      telephone: 'Telephone',
      mobile: 'Mobile telephone',
      workTelephone: 'Telephone at work',
      email: 'E-mail address',
      note: 'Remark',
    },
    procedure: {
      performedOn: 'Date of the procedure',
      code: 'Code of the procedure',
      label: 'Label of the procedure',
      teeth: 'Teeth',
      surfaces: 'Surfaces',
      fee: 'Fee',
      status: 'Status',
      practitioner: 'Practitioner',
      note: 'Remark',
    },
    appointment: {
      on: 'Day',
      at: 'Time',
      minutes: 'Length in minutes',
      practitioner: 'Practitioner',
      room: 'Chair or room',
      reason: 'Reason',
      status: 'Kept or not',
      note: 'Remark',
    },
    note: { on: 'Date', text: 'Text', teeth: 'Teeth', practitioner: 'Practitioner' },
    alert: { category: 'Kind of alert', label: 'What it is about', recordedOn: 'Date', note: 'Remark' },
    document: {
      path: 'File name or path',
      bytes: 'The file itself (in the database)',
      fileName: 'File name',
      title: 'Title',
      type: 'Type of document',
      madeOn: 'Date of the document',
      teeth: 'Teeth',
      practitioner: 'Practitioner',
      author: 'Author',
      note: 'Remark',
    },
  },
  findings: {
    'columns-differ': {
      is: 'not as many columns as the head',
      next: 'A separator is missing or too many in the row. Correct it in the old software, or copy it by hand.',
    },
    'line-too-long': {
      is: 'a row too long to be read',
      next: 'A quotation mark was probably never closed. Make the export anew, or correct the row.',
    },
    'key-missing': {
      is: 'without an identifier',
      next: 'Without one the row would be taken over twice the night after. Check which column was chosen as the identifier.',
    },
    'key-taken': {
      is: 'the same identifier as another row, other content',
      next: 'The first of the two is taken over. See which is right; if it is frequent, the identifier is another column.',
    },
    'patient-unknown': {
      is: 'a patient who is not in the source, or was refused',
      next: 'Give the row to a patient, or leave it out. If it is frequent, the patient’s column is not the right one.',
    },
    'name-missing': { is: 'a patient without a name', next: 'Give them a name in the old software, or leave them out.' },
    'day-missing': { is: 'without a readable day', next: 'Check how the dates of the column are written.' },
    'nothing-said': { is: 'nothing is said', next: 'There is nothing to take over. You can leave it out.' },
    'does-not-fit': {
      is: 'nothing that a record can hold',
      next: 'Look at the row as it is: one column is probably taken for another.',
    },
    'file-missing': {
      is: 'the file is missing',
      next: 'Add the file to those that you sent, at the same place, then try again.',
    },
    'file-path-wrong': {
      is: 'a file path out of the source',
      next: 'The path leads out of the folder that was sent: put the file inside, or correct the path.',
    },
    'practitioner-missing': {
      is: 'without a practitioner whom the practice has',
      next: 'Nothing can be made of it without one: say who it is among the decisions.',
    },
    'not-readable': { is: 'unreadable', next: 'Look at the row as it is; ask for a new export if it is frequent.' },
    'kind-unknown': { is: 'nothing that has its place in a record', next: 'It is kept as it is. You can leave it out.' },
    'entered-in-error': { is: 'entered in error, says the source', next: 'There is nothing to take over. You can leave it out.' },
    'meaning-changed': {
      is: 'an extension that nobody knows changes its meaning',
      next: 'Without it, it might say the opposite: look at it, and copy what matters.',
    },
    ignored: { is: 'left out, as was decided', next: 'Take the decision back if you change your mind.' },
    'test-patient': {
      is: 'a test patient',
      next: 'They stay out, with their procedures, until you say that they really exist.',
    },
    'day-wrong': { is: 'a day that never was', next: 'The date stays empty. Find it on paper if it matters.' },
    'day-unknown': { is: 'a day that fills a gap', next: 'It meant “unknown”: it stays empty.' },
    'time-wrong': { is: 'an unreadable time or length', next: 'It stays empty; without a time, an appointment is refused.' },
    'tooth-unknown': {
      is: 'a tooth that does not exist',
      next: 'The procedure comes without its tooth: to be completed in the record.',
    },
    'tooth-does-not-fit': {
      is: 'a tooth that does not fit the procedure',
      next: 'All is taken over as it is: to be checked in the record.',
    },
    'tooth-missing': {
      is: 'a procedure without its tooth',
      next: 'The procedure comes without a tooth: to be completed in the record.',
    },
    'too-many-teeth': {
      is: 'too many teeth for the procedure',
      next: 'All is taken over as it is: to be checked in the record.',
    },
    'surface-unknown': { is: 'an unknown surface', next: 'The procedure comes without its surfaces.' },
    'sex-unknown': { is: 'an unreadable sex', next: 'Say what the word means; otherwise the sex stays unspecified.' },
    'status-unknown': {
      is: 'an unknown status',
      next: 'Say what the word means; otherwise a procedure is “done”, an appointment “to come”.',
    },
    'amount-wrong': { is: 'an unreadable amount', next: 'The procedure comes without its fee.' },
    'telephone-wrong': { is: 'an unreadable telephone number', next: 'It stays empty.' },
    'email-wrong': { is: 'an unreadable e-mail address', next: 'It stays empty.' },
    'postal-code-wrong': { is: 'an unreadable postal code', next: 'It stays empty.' },
    'insured-number-wrong': {
      is: 'a social security number with a wrong key',
      next: 'It is not taken over. Ask the patient for their carte Vitale.',
    },
    'insured-number-of-another': {
      is: 'a social security number of somebody else',
      next: 'Often a parent’s. It is taken over as the insured person’s number, never as the patient’s identity.',
    },
    'type-unknown': { is: 'an unknown type', next: 'Say what the word means; otherwise it is kept as it is.' },
    'practitioner-unknown': {
      is: 'a practitioner whom the practice has not',
      next: 'Say who it is among the decisions; otherwise the row comes without a practitioner.',
    },
    'birth-name-assumed': {
      is: 'one name only, taken for the birth name',
      next: 'The software gave only one. To be corrected when the patient shows an identity document.',
    },
    'cut-short': { is: 'a text that was shortened', next: 'Its end did not fit the field; the whole row is kept as it is.' },
    'quote-inside': { is: 'quotation marks in the middle of a text', next: 'The text is kept with its quotation marks.' },
    'quote-not-closed': {
      is: 'quotation marks never closed',
      next: 'Look at the row: some text may have slipped into another column.',
    },
    'format-differs': {
      is: 'the content of the file is not what its name says',
      next: 'The file is kept as it is, byte for byte. It may not open.',
    },
    'file-differs': {
      is: 'another file than the one that the source speaks of',
      next: 'Its size or its hash is not right. It is kept as it is; compare it with the original.',
    },
    'link-missing': { is: 'names something that is not there', next: 'All is taken over, without that link.' },
    'code-unknown': { is: 'a code that the standard does not have', next: 'The code is kept as it is.' },
    'cut-off': {
      is: 'the file ends in the middle of the row',
      next: 'The end of the file is probably missing: make the export anew.',
    },
    'encoding-wrong': { is: 'read in another encoding than the file’s', next: 'Check its accents in the record.' },
    'file-number-taken': {
      is: 'a file number that is taken',
      next: 'A sign is added to it (“124-2”). Change it in the record if you prefer another number.',
    },
    'not-dicom': {
      is: 'no DICOM image',
      next: 'The file is not taken: a program or a text of the medium, mostly. Photographs and PDFs come in as “a folder per patient”.',
    },
    'image-in-record': { is: 'in its patient’s record', next: 'Number, name and birth date are theirs.' },
    'image-no-number': {
      is: 'to file: no file number',
      next: 'Say whose it is in “Images to file”: Couronne proposes patients there.',
    },
    'image-unknown-number': {
      is: 'to file: the number is that of no record',
      next: 'Say whose it is in “Images to file”; if the patients are still missing, bring them in first.',
    },
    'image-foreign-number': {
      is: 'to file: the number comes from another practice',
      next: 'Say whose it is in “Images to file”: Couronne proposes patients there.',
    },
    'image-contradicted': {
      is: 'to file: name or birth date are not those of the number',
      next: 'Compare in “Images to file” before you put it into a record.',
    },
    'image-unconfirmed': {
      is: 'to file: neither name nor birth date confirms the number',
      next: 'Confirm it in “Images to file”.',
    },
    'image-several': { is: 'to file: several patients may fit', next: 'Choose in “Images to file”.' },
    'image-other-person': {
      is: 'to file: it names somebody else than the patient with whose record it came',
      next: 'Compare in “Images to file” before you put it into a record.',
    },
    'image-unreadable': {
      is: 'to file: it does not read',
      next: 'It is kept as it is. Ask whoever made the medium for it again.',
    },
    'image-returned': {
      is: 'to file: somebody had taken this study out of a record',
      next: 'Say whose it is in “Images to file”.',
    },
    'image-aside': {
      is: 'of a study that was set aside before',
      next: 'It joins the other images of that study, among those set aside.',
    },
    'image-same-uid': { is: 'the same number as another image, other content', next: 'Both are kept, and marked.' },
    'image-unlisted': { is: 'not in the medium’s own list', next: 'It is taken all the same.' },
    'image-elsewhere': {
      is: 'in another patient’s record already',
      next: 'It stays there. If that is not the right one, move it from that record.',
    },
    'changed-here-too': {
      is: 'changed in the source, but corrected here as well',
      next: 'What was corrected here stays. Compare the two.',
    },
  },
  notes: {
    encoding: ({ encoding }: NoteAbout) => `Written in ${encoding}.`,
    'two-encodings': ({ utf8Lines, otherLines, otherEncoding }: NoteAbout) =>
      `Two encodings in one file: ${utf8Lines} rows in UTF-8, ${otherLines} in ${otherEncoding}. Each is read in its own.`,
    'day-format': ({ column, format }: NoteAbout) => `Dates of “${column}”: ${format}.`,
    'day-format-unsure': ({ column, format, rival }: NoteAbout) =>
      `Dates of “${column}”: ${format}, but ${rival} would do as well. Choose.`,
    'columns-unused': ({ columns }: NoteAbout) => `Kept without being taken over: ${columns}.`,
    'double-encoded': ({ lines }: NoteAbout) => `${lines} rows seem to be encoded twice (Ã© for é). Ask for a new export.`,
  },
  encodings: {
    'utf-8': 'UTF-8',
    'utf-16le': 'UTF-16 (little-endian)',
    'utf-16be': 'UTF-16 (big-endian)',
    'windows-1252': 'Windows (windows-1252)',
    cp850: 'DOS (code page 850)',
    macintosh: 'Old Macintosh',
  },
  delimiters: { ';': 'semicolon', ',': 'comma', '\t': 'tabulator', '|': 'vertical bar' },
  dayFormats: {
    'dd/MM/yyyy': 'day/month/year (24/01/1985)',
    'yyyy-MM-dd': 'year-month-day (1985-01-24)',
    'MM/dd/yyyy': 'month/day/year (01/24/1985)',
    'dd/MM/yy': 'day/month/short year (24/01/85)',
    yyyyMMdd: 'without separator (19850124)',
    ddMMyyyy: 'without separator (24011985)',
    serial: 'a spreadsheet’s number of days (31071)',
  },
  rows: plural('en', { one: '# row', other: '# rows' }),
} satisfies Partial<typeof french>
