/** What a header says of how pixels are stored. */
export interface Shape {
  readonly rows: number
  readonly columns: number
  readonly samples: number
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  readonly isSigned: boolean
  readonly isPlanar: boolean
  readonly photometric: string
}
