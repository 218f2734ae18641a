/** What is not written as it should be: exit code 2, and plain words in the reader's language with what would be right. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Desk, PASSWORD } from './desk.ts'

const VERBS =
  'init backup snapshots check ls find diff restore dump stats mirror heal copy retention serve key forget prune tag rewrite unlock repair recover migrate cat list version'.split(
    ' ',
  )

/** Arguments after `couronne`, and what is said in both languages. */
const WRONG: readonly (readonly [args: readonly string[], fr: RegExp, en: RegExp])[] = [
  [['sauver'], /il n’y a pas de commande « sauver »/, /there is no command “sauver”/],
  [['snapshots'], /Essayez : couronne vault snapshots/, /Try: couronne vault snapshots/],
  [
    ['vault', 'snapshot'],
    /pas de verbe « snapshot » \(serait-ce snapshots \?\)/,
    /no verb “snapshot” \(did you mean snapshots\?\)/,
  ],
  [['vault', 'mount', '/mnt'], /couronne n’a pas « mount »/, /couronne has no “mount”/],
  [['vault', 'rebuild-index'], /s’appelle « repair index »/, /is called “repair index”/],
  [['vault', 'backup', '-r', 'PLACE'], /que sauvegarder \?/, /back up what\?/],
  [
    ['vault', 'backup', '-r', 'PLACE', '--stdin', 'x'],
    /ou bien des fichiers, ou bien l’entrée standard/,
    /either files or standard input/,
  ],
  [
    ['vault', 'backup', '-r', 'PLACE', '.', '--exclude-larger-than', 'big'],
    /attendu une taille, comme 500K/,
    /expected a size, such as 500K/,
  ],
  [
    ['vault', 'backup', '-r', 'PLACE', '.', '--compression', 'zip'],
    /auto, off, fastest, better ou max/,
    /expected auto, off, fastest, better or max/,
  ],
  [['vault', 'backup', '-r', 'PLACE', '.', '--pack-size', '1000'], /de 4 à 128 \(Mio\)/, /expected 4 to 128 \(MiB\)/],
  [['vault', 'backup', '-r', 'PLACE', '.', '--time', 'hier'], /--time hier/, /--time hier/],
  [
    ['vault', 'backup', '-r', 'PLACE', '.', '--exclud', 'x'],
    /option inconnue : --exclud \(serait-ce --exclude \?\)/,
    /unknown option: --exclud \(did you mean --exclude\?\)/,
  ],
  [
    ['vault', 'backup', '-r', 'PLACE', '--exclude-file', 'nowhere', '.'],
    /nowhere : ce fichier n’existe pas/,
    /nowhere: there is no such file/,
  ],
  [['vault', 'snapshots'], /quel dépôt \? Donnez -r ADRESSE/, /which repository\? Give -r ADDRESS/],
  [['vault', 'snapshots', '-r'], /il manque la valeur de -r/, /-r, --repo <address> needs a value/],
  [['vault', 'snapshots', '-r', 'PLACE', '--repository-file', 'x'], /-r et --repository-file s’excluent/, /exclude each other/],
  [['vault', 'snapshots', '-r', 'gs:bucket:/'], /Adresse de dépôt incomprise/, /address is not understood/],
  [['vault', 'snapshots', '-r', 'PLACE', '-q', '-v'], /-q et -v s’excluent/, /-q and -v exclude each other/],
  [
    ['vault', 'snapshots', '-r', 'PLACE', '-o', 'rest.colour=blue'],
    /-o rest\.colour : réglage inconnu/,
    /there is no such setting/,
  ],
  [['vault', 'snapshots', '-r', 'PLACE', '--limit-download', 'fast'], /attendu un nombre entier/, /expected a whole number/],
  [['vault', 'restore', '-r', 'PLACE', 'latest'], /restaurer où \? Donnez --target/, /restore where\? Give --target/],
  [['vault', 'restore', '-r', 'PLACE'], /il manque <snapshot> \(un identifiant/, /<snapshot> is missing \(an ID/],
  [
    ['vault', 'restore', '-r', 'PLACE', 'latest', '-t', 'x', '-i', 'a', '-e', 'b'],
    /--include et --exclude s’excluent/,
    /exclude each other/,
  ],
  [
    ['vault', 'restore', '-r', 'PLACE', 'latest', '-t', 'x', '--overwrite', 'maybe'],
    /« maybe » n’est pas une valeur possible/,
    /“maybe” is not one of/,
  ],
  [['vault', 'check', '-r', 'PLACE', '--read-data', '--read-data-subset', '1/2'], /s’excluent/, /exclude each other/],
  [
    ['vault', 'check', '-r', 'PLACE', '--read-data-subset', '3/2'],
    /--read-data-subset 3\/2 : attendu/,
    /--read-data-subset 3\/2: expected/,
  ],
  [
    ['vault', 'forget', '-r', 'PLACE', '--keep-last', 'many'],
    /--keep-last many : attendu un nombre/,
    /--keep-last many: expected a number/,
  ],
  [
    ['vault', 'forget', '-r', 'PLACE', '--keep-within', '2 weeks'],
    /--keep-within 2 weeks : attendu une durée/,
    /--keep-within 2 weeks: expected a length of time/,
  ],
  [['vault', 'forget', '-r', 'PLACE', '-g', 'colour'], /--group-by colour : attendu host/, /--group-by colour: expected host/],
  [
    ['vault', 'prune', '-r', 'PLACE', '--max-unused', 'little'],
    /--max-unused little : attendu 5%/,
    /--max-unused little: expected 5%/,
  ],
  [['vault', 'copy', '-r', 'PLACE'], /depuis quel dépôt \?/, /from which repository\?/],
  [['vault', 'key', 'forge', '-r', 'PLACE'], /key : list, add, remove ou passwd/, /key: expected list, add, remove or passwd/],
  [
    ['vault', 'mirror', 'twin', '-r', 'PLACE'],
    /mirror : list, add, remove ou sync/,
    /mirror: expected list, add, remove or sync/,
  ],
  [['vault', 'mirror', 'add', '-r', 'PLACE'], /mirror add : nommez la copie/, /mirror add: name the mirror/],
  [['vault', 'retention', '-r', 'PLACE'], /ou bien --days, ou bien --until/, /either --days or --until/],
  [['vault', 'serve', '--listen', 'here'], /attendu une adresse et un port/, /expected an address and a port/],
  [['vault', 'serve', '--tls-cert', 'x'], /--tls-cert et --tls-key vont ensemble/, /go together/],
  [['vault', 'serve', 'account', 'add'], /account add NOM/, /account add NAME/],
]

describe('wrong use', { concurrency: 2 }, () => {
  let desk: Desk
  before(async () => {
    desk = new Desk()
    await desk.newRepository('PLACE')
  })
  after(() => desk[Symbol.asyncDispose]())

  for (const [args, fr, en] of WRONG) {
    test(`couronne ${args.join(' ')}`, async () => {
      const [french, english] = await Promise.all(
        ['fr', 'en'].map((COURONNE_LANG) => desk.couronne(args, { allow: [2], env: { COURONNE_LANG } })),
      )
      assert.deepEqual([french?.status, english?.status], [2, 2])
      assert.deepEqual([french?.stdout, english?.stdout], ['', ''])
      assert.match(french!.stderr, /^couronne : /)
      assert.match(english!.stderr, /^couronne: /)
      assert.match(french!.stderr, fr)
      assert.match(english!.stderr, en)
    })
  }

  test('exit codes that scripts know from restic: 10 no repository, 12 wrong password', async () => {
    const nowhere = await desk.vault(['snapshots', '-r', 'nowhere'], { allow: [10] })
    assert.match(nowhere.stderr, /no repository at this address.*disk is plugged in/)
    const env = { RESTIC_PASSWORD: 'a wrong one', COURONNE_LANG: 'fr' }
    const wrong = await desk.vault(['snapshots', '-r', 'PLACE'], { env, allow: [12] })
    assert.match(wrong.stderr, /^couronne : Ce mot de passe n’ouvre pas le dépôt\. Vérifiez-le sur le papier où il est noté/)
    assert.ok(!wrong.stderr.includes('a wrong one'))
  })

  test('what is remarked upon and done all the same: a folder that holds other things, a password that can be guessed', async () => {
    desk.write('photographs/one.jpg', 'an image')
    const env = { RESTIC_PASSWORD: 'azerty', COURONNE_LANG: 'fr' }
    const { stderr } = await desk.vault(['init', '-r', 'photographs'], { env })
    assert.match(stderr, /photographs contient déjà autre chose \(one\.jpg\) : le dépôt s’y ajoute/)
    assert.match(stderr, /Ce mot de passe n’a que 6 caractères/)
    assert.equal((await desk.vault(['init', '-r', 'new', '-q'])).stderr, '')
  })

  test('a refusal says all in the reader’s language; what the system says has its own code', async () => {
    const env = { COURONNE_LANG: 'fr' }
    desk.write('source/a', 'a')
    await desk.vault(['backup', '-r', 'PLACE', 'source', '-q'])
    const refused = await desk.vault(['forget', '-r', 'PLACE', 'latest'], { env, allow: [1] })
    assert.match(refused.stderr, /^couronne : refusé : ce sont tous les instantanés qui existent.* \[refused\]\n$/)
    const nowhere = await desk.vault(['restore', '-r', 'PLACE', 'latest', '--target', '/proc/x'], { env, allow: [1] })
    assert.match(nowhere.stderr, /Ce chemin n’existe pas, et ne se crée pas\.\n.* \[ENOENT\]\n$/)
  })

  test('no password on a command line: there is no flag for one', async () => {
    for (const flag of ['--password', '--new-password', '--from-password']) {
      const { stderr } = await desk.vault(['copy', '-r', 'PLACE', `${flag}=${PASSWORD}`], { allow: [2] })
      assert.match(stderr, new RegExp(`unknown option: ${flag}`))
      assert.ok(!stderr.includes(PASSWORD), 'nor is it repeated')
    }
    for (const verb of VERBS) {
      const { stdout } = await desk.vault([verb, '--help'])
      const secrets = [...stdout.matchAll(/--[a-z-]*(?:password|secret)[a-z-]*(?: <\w+>)/g)].map(([flag]) => flag)
      for (const flag of secrets) assert.match(flag, /(-file <file>|-command <command>)$/, `${verb}: ${flag}`)
      assert.ok(secrets.length > 0, verb)
    }
  })

  test('each verb has help in both languages, with an example that names it', async () => {
    const { stdout } = await desk.vault(['--help'])
    assert.deepEqual([...stdout.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, verb]) => verb).sort(), VERBS.toSorted())
    for (const verb of VERBS) {
      const [fr, en] = await Promise.all(
        ['fr', 'en'].map((COURONNE_LANG) => desk.vault([verb, '--help'], { env: { COURONNE_LANG } })),
      )
      for (const help of [fr, en]) assert.match(help!.stdout, new RegExp(`couronne vault ${verb} .*(-r|--folder|--json)`), verb)
      assert.notEqual(fr!.stdout, en!.stdout, verb)
    }
  })

  test('version: for people, and for programs', async () => {
    const text = await desk.vault(['version'])
    assert.match(text.stdout, /^couronne \d+\.\d+\.\d+ \(Node v26\.[\d.]+, \w+\/\w+\)\n$/)
    const { version, node_version } = JSON.parse((await desk.vault(['version', '--json'])).stdout) as Record<string, string>
    assert.ok(text.stdout.includes(`couronne ${version} (Node ${node_version}`))
  })
})
