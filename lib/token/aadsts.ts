/** What to do next for each AADSTS number that a desktop application meets. For hints only: nothing branches on a number. */

/** One row: Microsoft's name or meaning, and the next step in one sentence. */
export interface AadstsEntry {
  readonly name: string
  readonly hint: string
}

export const AADSTS_HINTS: ReadonlyMap<number, AadstsEntry> = new Map([
  [50126, { name: 'wrong user name or password', hint: 'Ask for the user name and password again.' }],
])
