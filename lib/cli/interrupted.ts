/** Interrupted: the reason of the signal that fires when the process is asked to end. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
  }

  override get name(): string {
    return 'Interrupted'
  }
}
