/** Claims challenges under way or just answered, so that fifty calls that were challenged together get one new token. */
import type { TokenRequest } from './types.js'

/**
 * A challenge says nothing of the token that it was for. Calls that were under way with the old one are challenged within
 * seconds; whoever is challenged later was challenged with the new one.
 */
const TOGETHER_MS = 10_000

interface Answer<T> {
  readonly result: Promise<T>
  answeredAt: number
}

/** Answers by request; the claims count but for the moment in them, which differs from one call to the next. */
export class Challenges<T> {
  readonly #answers = new Map<string, Answer<T>>()
  readonly #now: () => number

  /** @param now milliseconds from any moment on, of a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** What `acquire` answers, or answered to somebody who was challenged together with this caller. */
  answer(request: TokenRequest, acquire: () => Promise<T>): Promise<T> {
    const now = this.#now()
    for (const [key, { answeredAt }] of this.#answers) {
      if (now - answeredAt >= TOGETHER_MS) this.#answers.delete(key)
    }
    const key = JSON.stringify({ ...request, claims: withoutMoment(request.claims) })
    const known = this.#answers.get(key)
    if (known !== undefined) return known.result
    const answer: Answer<T> = { result: acquire(), answeredAt: Number.POSITIVE_INFINITY }
    this.#answers.set(key, answer)
    answer.result.then(
      () => {
        answer.answeredAt = this.#now()
      },
      () => this.#answers.delete(key),
    )
    return answer.result
  }
}

/** `{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}` is the same challenge a second later. */
function withoutMoment(claims: string | undefined): unknown {
  try {
    return JSON.parse(claims ?? 'null', (name, value: unknown) => (name === 'nbf' ? 'now' : value))
  } catch {
    return claims
  }
}
