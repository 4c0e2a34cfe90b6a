/** What a row of the table of error codes holds. */

/** One row: the class that carries the code, what happened, and the next step in one sentence. */
export interface ErrorCodeEntry {
  readonly class: 'ClientError' | 'ServiceError' | 'InteractionRequiredError'
  readonly meaning: string
  readonly hint: string
}

/** A row of ClientError. */
export const client = (meaning: string, hint: string): ErrorCodeEntry => ({ class: 'ClientError', meaning, hint })

/** A row of ServiceError. */
export const service = (meaning: string, hint: string): ErrorCodeEntry => ({ class: 'ServiceError', meaning, hint })

/** A row of InteractionRequiredError. */
export const interaction = (meaning: string, hint: string): ErrorCodeEntry => ({
  class: 'InteractionRequiredError',
  meaning,
  hint,
})
