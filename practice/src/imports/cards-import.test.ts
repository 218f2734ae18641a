import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readCards, readEvents } from '@couronne/formats'
import { draftProfile } from '#sources'
import { makeTestPractice, onBothEngines, type TestPractice } from '#testing'
import { damage, FUZZ_SEED, generator } from '../../../tests/fuzz.ts'
import { importFolder } from './index.ts'

const CARDS = join(import.meta.dirname, '../../../tests/vectors/cards')
const top = mkdtempSync(join(tmpdir(), 'couronne-cards-'))
after(() => rmSync(top, { recursive: true, force: true }))

async function importFrom(made: TestPractice, profile: string, place: string) {
  const said: string[] = []
  const { tables } = await importFolder(made.practice, made.owner, profile, place, {
    isDry: false,
    onRow: (_, { key, fate, findings }) => said.push(`${key ?? ''} ${fate} ${findings.map(({ code }) => code).join(' ')}`),
  })
  return { said, counts: tables.map(({ added, changed, same, refused }) => [added, changed, same, refused].join()) }
}

/** With the file number that the program writes. */
function cardProfile(): string {
  const file = join(top, 'cards.yaml')
  const yaml = 'couronne: import-profile\nname: cards\ntitle: { fr: Cartes }\nsource: { type: vcard, fileNumber: X-DOSSIER }\n'
  writeFileSync(file, yaml)
  return file
}

async function bodiesOf({ practice }: TestPractice, kind: string) {
  const rows = await practice.db.selectFrom('record_version').select('body').where('kind', '=', kind).execute()
  return rows
    .map(({ body }) => body ?? '')
    .toSorted()
    .map((body) => JSON.parse(body) as Record<string, unknown>)
}

onBothEngines('cards and diaries', (engine) => {
  test('cards become patients, a diary their appointments, and a second run finds all of it there', async () => {
    await using made = await makeTestPractice(engine)
    assert.deepEqual((await importFrom(made, cardProfile(), CARDS)).counts, ['2,0,0,0'])
    const identities = await bodiesOf(made, 'identity')
    assert.deepEqual(
      identities.find(({ fileNumber }) => fileNumber === 'P000123'),
      {
        fileNumber: 'P000123',
        birthName: 'LEROY',
        givenNames: ['Anne', 'Marie'],
        sex: 'female',
        bornOn: '1950-01-24',
        status: 'provisional',
        flags: [],
        telephones: [{ number: '+33699000000', use: 'mobile' }],
        emails: [{ address: 'anne@example.org' }],
        addresses: [{ lines: ['91 place de la Huchette'], town: 'Paris', postalCode: '75001' }],
      },
    )
    const { said, counts } = await importFrom(made, 'icalendar', CARDS)
    assert.deepEqual(counts, ['4,0,0,2'])
    assert.deepEqual(said, ['conges refused day-missing', 'rdv-3 refused patient-unknown'])
    const appointments = await bodiesOf(made, 'appointment')
    assert.deepEqual(
      appointments.map(({ startsAt, minutes, state }) => [startsAt, minutes, state]),
      [
        ['2026-04-01T10:15', 30, 'booked'],
        ['2026-04-07T09:00', 30, 'booked'],
        ['2026-04-14T11:00', 30, 'cancelled'],
        ['2026-04-21T09:00', 30, 'booked'],
      ],
    )
    assert.deepEqual((await importFrom(made, cardProfile(), CARDS)).counts, ['0,0,2,0'])
    assert.deepEqual((await importFrom(made, 'icalendar', CARDS)).counts, ['0,0,4,2'])
  })
})

test('a card of 2.1 with quoted-printable, one in windows-1252, one that is cut off', async () => {
  await using made = await makeTestPractice()
  const old =
    'BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:L=C3=A9vy;Ren=C3=\r\n=A9e\r\nTEL;HOME;VOICE:01 99 00 00 00\r\nEND:VCARD\r\n'
  const latin = Buffer.from(
    'BEGIN:VCARD\r\nVERSION:3.0\r\nN:Hélène;Zoé;;;\r\nFN:Zoé Hélène\r\nEND:VCARD\r\nBEGIN:VCARD\r\nN:Perdu',
    'latin1',
  )
  const folder = mkdtempSync(join(top, 'old-'))
  writeFileSync(join(folder, 'a.vcf'), old)
  writeFileSync(join(folder, 'b.vcf'), latin)
  const { said, counts } = await importFrom(made, 'vcard', folder)
  assert.deepEqual(counts, ['2,0,0,1'])
  assert.deepEqual(said, [' refused not-readable'])
  const names = (await bodiesOf(made, 'identity')).map(({ birthName, givenNames, telephones }) => [
    birthName,
    givenNames,
    telephones,
  ])
  assert.deepEqual(
    new Set(names.map((each) => JSON.stringify(each))),
    new Set([
      JSON.stringify(['Lévy', ['Renée'], [{ number: '01 99 00 00 00', use: 'home' }]]),
      JSON.stringify(['Hélène', ['Zoé'], []]),
    ]),
  )
})

test('a rule without end is bounded, and broken texts come to an end', () => {
  const event = (rule: string) => `BEGIN:VEVENT\nUID:x\nDTSTART:19000101T080000\nRRULE:${rule}\nEND:VEVENT\n`
  assert.ok([...readEvents(event('FREQ=SECONDLY'), '2026-01-01', '2026-12-31')].length <= 2_000)
  assert.equal([...readEvents(event('FREQ=YEARLY'), '2026-01-01', '2027-12-31')].length, 2)
  const sound = new TextEncoder().encode(
    `${event('FREQ=DAILY;COUNT=3')}BEGIN:VCARD\nVERSION:3.0\nN;CHARSET=UTF-8:A;B\nEND:VCARD\n`,
  )
  const runs = process.env.COURONNE_CAMPAIGN === '1' ? 20_000 : 300
  for (let run = 0; run < runs; run++) {
    const text = new TextDecoder().decode(damage(sound, generator(FUZZ_SEED + run)))
    assert.ok([...readCards(text), ...readEvents(text, '2026-01-01', '2026-12-31')].length < 10_000, `seed ${FUZZ_SEED + run}`)
  }
})

test('for formats that say by themselves what they hold, the profile that comes with the program is proposed', async () => {
  const vectors = join(import.meta.dirname, '../../../tests/vectors')
  const named = async (folder: string) => /^name: (\S+)$/m.exec(await draftProfile(join(vectors, folder)))?.[1]
  assert.deepEqual([await named('cards'), await named('portability'), await named('fhir')], ['vcard', 'xdm', 'fhir'])
})
