/** What the demo demands of each step, so that "proven" is a word with a meaning. */

/** A step did not do what it must; the demo ends with exit code 1. */
export class DemoFailure extends Error {
  readonly hint = 'This is a fault of latchkey or of its emulator; please report it with the output of --verbose.'

  override get name(): string {
    return 'DemoFailure'
  }
}

/** @throws {DemoFailure} – the claim does not hold. */
export function expect(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new DemoFailure(`the demo expected that ${claim}, and it is not so`)
}
