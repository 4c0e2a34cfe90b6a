/** WWW-Authenticate: which schemes a server offers, and what it says to one of them. */

/** One challenge. Parameters such as `realm` are read over: no scheme that is answered here has any. */
export interface Challenge {
  /** As the server wrote it. */
  readonly scheme: string
  /** The token68 after the scheme, `''` when there is none. */
  readonly token: string
}

// More than any server offers.
const MAX_CHALLENGES = 32

const SEPARATORS = /[ \t,]*/y
const WORD = /[!#$%&'*+\-.^_`|~\w]+/y
const EQUALS = /[ \t]*=[ \t]*/y
const QUOTED = /"(?:[^"\\]|\\.)*"/sy
const TOKEN68 = /[ \t]+([\w\-.~+/]+=*)(?=[ \t]*(?:,|$))/y
const UP_TO_COMMA = /[^,]*/y
const UP_TO_COMMA_OR_BLANK = /[^, \t]*/y

/**
 * Reads one field, or several joined by commas, which mean the same. What follows no grammar is passed over up to the next
 * comma.
 *
 * @see [RFC 9110 § 11.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1)
 */
export function parseChallenges(field: string): Challenge[] {
  const challenges: Challenge[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(field)
    if (match !== null) at = pattern.lastIndex
    return match ?? undefined
  }
  while (challenges.length < MAX_CHALLENGES) {
    take(SEPARATORS)
    if (at >= field.length) break
    const word = take(WORD)?.[0]
    if (word === undefined) {
      // A quoted text may hold commas; one that never ends takes everything.
      if (field[at] === '"' && take(QUOTED) === undefined) break
      take(UP_TO_COMMA)
    } else if (take(EQUALS) !== undefined) {
      // A parameter of the challenge before.
      if (field[at] === '"' && take(QUOTED) === undefined) break
      take(UP_TO_COMMA_OR_BLANK)
    } else {
      challenges.push({ scheme: word, token: take(TOKEN68)?.[1] ?? '' })
    }
  }
  return challenges
}
