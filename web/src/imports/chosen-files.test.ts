import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addFiles, filesOfField, withoutTop } from './chosen-files.ts'

const chosen = (...paths: string[]) => paths.map((path) => ({ path, file: new File([path], path) }))
const pathsOf = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path)

test('a folder that was chosen is not part of the paths below it', () => {
  assert.deepEqual(pathsOf(withoutTop(chosen('export/patients.csv', 'export/IMAGES/1.jpg'))), ['IMAGES/1.jpg', 'patients.csv'])
})

test('files of several folders keep them', () => {
  const paths = ['A/1.jpg', 'B/1.jpg']
  assert.deepEqual(pathsOf(withoutTop(chosen(...paths))), paths)
})

test('a file beside a folder means that there is no one folder', () => {
  assert.deepEqual(pathsOf(withoutTop(chosen('IMAGES/1.jpg', 'patients.csv'))), ['IMAGES/1.jpg', 'patients.csv'])
})

test('what systems leave behind is no file of the practice', () => {
  assert.deepEqual(pathsOf(withoutTop(chosen('export/.DS_Store', 'export/Thumbs.db', 'export/a.csv'))), ['a.csv'])
})

test('files without a folder have their names', () => {
  assert.deepEqual(pathsOf(filesOfField(chosen('b.csv', 'a.csv').map(({ file }) => file))), ['a.csv', 'b.csv'])
})

test('a path that is chosen again is the newer file', () => {
  const [again] = chosen('a.csv')
  const files = addFiles(chosen('a.csv', 'b.csv'), [again!])
  assert.deepEqual(pathsOf(files), ['a.csv', 'b.csv'])
  assert.equal(files[0]?.file, again?.file)
})
