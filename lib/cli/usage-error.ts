/** UsageError: what was typed cannot be run. Ends the command line with exit code 2 before anything has happened. */
export class UsageError extends Error {
  readonly code = 'usage'
  /** What to type instead, in one sentence. */
  readonly hint: string | undefined

  constructor(message: string, hint?: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }

  override get name(): string {
    return 'UsageError'
  }
}
