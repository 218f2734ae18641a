/** A command that was not written as it should be: said in the reader's language, with what would be right. */
import { UsageError } from '@couronne/vault'
import type { Text } from './language.ts'

export class WrongUse extends UsageError {
  readonly text: Text

  constructor(text: Text) {
    super(text.en)
    this.text = text
  }
}
