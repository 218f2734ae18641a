import type { problems as French, fieldProblems as FrenchFields } from '../fr/problems.ts'

export const problems: typeof French = {
  offline: 'Couronne does not answer. Nothing is lost; try again in a moment.',
  unexpected: 'Something unexpected happened. Try again; if it goes on, tell your provider.',
  internal: 'Something went wrong in Couronne. It is noted in its log; tell your provider.',
  'invalid-input': 'An answer does not fit.',
  'not-signed-in': 'Your session has ended. Sign in again.',
  'sign-in-refused': 'The login or the password does not fit.',
  'second-factor-due': 'Your account must have a second factor first: see “My account”.',
  'not-allowed': 'Your role does not allow this.',
  'other-origin': 'This page is not open under an address that Couronne knows.',
  'break-glass-needed': 'This record is closed to your role. A reason is needed to open it.',
  'proof-needed': 'This change asks for a proof that it is you.',
  'not-found': 'This does not exist, or no longer.',
  conflict: 'Somebody has changed it meanwhile, or it exists already. Look again, then repeat.',
  'too-large': 'This is too large.',
  'idempotency-mismatch': 'This request was made before in another way. Load the page again.',
  'session-locked': 'The screen is locked.',
  'too-many-attempts': 'Too many tries. Your account is not blocked: wait a little.',
  'wrong-key': 'This does not open the practice’s data. Check capitals and the order of the words.',
  damaged: 'Some data does not read back as it was written. Nothing was changed; a copy must be restored.',
  'newer-database': 'A later version of Couronne has written the database. Nothing was changed; start that version.',
  stopping: 'Couronne is being stopped. Nothing was half done; repeat when it is there again.',
  sealed: 'The practice is locked by its key. It must be opened first.',
  'disk-full': 'The disk is full. Nothing was half done; make room, then repeat.',
  'oidc-unavailable':
    'The sign-in provider does not answer as it should. Nothing has changed here: check its address and the access to the Internet.',
  'import-source':
    'The source does not fit the profile, or cannot be read. Nothing of it was taken over; mend the profile, or ask for a new export.',
  'job-given-up':
    'A piece of work was begun again and again without coming to its end. Tell your provider: the server’s log says why it stops.',
  'source-lost': 'The database that is being imported from is gone. What was taken over stays; begin again when it answers.',
  'document-store':
    'The place of the documents does not answer. Nothing is lost; try again, and tell your provider if it goes on.',
  'database-unreachable': 'The database does not answer. Nothing was saved; try again in a moment.',
  'passkey-unused': 'No passkey answered.',
  'passkey-known': 'This passkey is registered already.',
}

export const fieldProblems: typeof FrenchFields = {
  other: 'This answer does not fit.',
  too_small: 'This is too short.',
  too_big: 'This is too long.',
  invalid_format: 'This is not in the expected form.',
  invalid_type: 'This answer is missing.',
  'recovery-words': 'A word was misread, or two were swapped.',
  'too-common': 'This password is among the commonest: it would be guessed.',
  'too-like-a-name': 'This password is too much like a name from here.',
  'one-character-repeated': 'This password repeats a single character.',
  'wrong-code': 'This code does not fit. Wait for the next one.',
  same: 'This is the same password as before.',
  address: 'This address does not fit.',
  unknown: 'This choice is gone.',
  dates: 'These days overlap with others, or are in the wrong order.',
  rpps: 'There is no such RPPS number: check the 11 digits.',
  'too-many': 'There are too many. Take one back first.',
  reason: 'Say why in a sentence.',
}
