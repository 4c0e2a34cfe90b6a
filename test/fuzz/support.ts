/** What the fuzz tests share: samples that were damaged at random, values that break careless code, and what holds whatever comes. */
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { AuthError, oneLine } from '#lib/errors.js'
import { soak } from '../support/machine.js'

/** Ten times as many with LATCHKEY_SOAK=full. fast-check prints the seed and the smallest input of what fails. */
export const RUNS = { numRuns: soak(5_000), includeErrorInReport: true }

/** In every sample, in place of each secret: no error may repeat it. */
export const SECRET = 'a-secret-that-nobody-may-read'

/** What a parser stumbles over: brackets, names that objects have of their own, numbers out of range, long runs. */
const SPLINTERS = [
  ...['"', '{', '}', '[', ']', ',', ':', '\\', '\\u0000', '\\ud800', '\u0000', '\ufeff', '\r\n', 'null', '1e999', '-1'],
  ...['"__proto__":{"a":1},', '"constructor":1,', '{"toString":0,"valueOf":0}', '[[]]', '{}', '0', 'true', '""'],
  ...['['.repeat(20_000), '{"a":'.repeat(5_000), 'x'.repeat(50_000)],
]

/** JSON that a server or another program may write, its objects with members that objects have of their own. */
export const hostileJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    ...[null, true, 0, -1, 1e308, '', 'x'.repeat(10_000), [], {}, [null], '\ud800', '<script>', '\u001b[2J'],
    ...[{ toString: 0, valueOf: 0 }, { length: 1e9 }, JSON.parse('{"__proto__":{"a":1}}'), { toJSON: 1 }, [[], {}]],
  ),
)

/** A text of the samples with up to four pieces cut out and others put in their place. */
export function damagedText(samples: readonly string[]): fc.Arbitrary<string> {
  const splinter = fc.oneof(fc.constantFrom(...SPLINTERS), fc.string({ unit: 'binary', maxLength: 8 }))
  const cut = fc.tuple(fc.nat(), fc.nat({ max: 40 }), splinter)
  return fc.tuple(fc.constantFrom(...samples), fc.array(cut, { maxLength: 4 })).map(([sample, cuts]) =>
    cuts.reduce((text, [at, length, put]) => {
      const from = at % (text.length + 1)
      return text.slice(0, from) + put + text.slice(from + length)
    }, sample),
  )
}

/** An object of the samples with some members replaced, and others added. */
export function damagedObject(samples: readonly object[]): fc.Arbitrary<Record<string, unknown>> {
  const names = [...new Set(samples.flatMap(sample => Object.keys(sample))), '__proto__', 'error']
  const change = fc.tuple(fc.constantFrom(...names), hostileJson)
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 3 }))
    .map(([sample, changes]) => Object.fromEntries([...Object.entries(sample), ...changes]))
}

/** Bytes of the samples, some changed, then cut off or not. */
export function damagedBytes(samples: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  const change = fc.tuple(fc.nat(), fc.nat(255))
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { maxLength: 6 }), fc.option(fc.nat()))
    .map(([sample, changes, end]) => {
      const bytes = Buffer.from(sample.subarray(0, end === null ? sample.length : end % (sample.length + 1)))
      // The first bytes say what the others are, so every other change is there.
      changes.forEach(([at, byte], index) => {
        if (bytes.length > 0) bytes[at % (index % 2 ? bytes.length : Math.min(48, bytes.length))] = byte
      })
      return bytes
    })
}

/** Everything of an error that a log may get to see. */
function printed(error: unknown): string {
  const { message, stack, cause } = error as Error
  return [String(error), message, stack, JSON.stringify(error), cause === undefined ? '' : printed(cause)].join('\n')
}

/**
 * Runs a parser. Its value, or `undefined` when it refused with an error of ours that gives nothing away; it has two seconds.
 */
export function parsed<T>(parse: () => T): T | undefined {
  const startedAt = performance.now()
  try {
    return parse()
  } catch (error) {
    assertOurs(error)
    return undefined
  } finally {
    assert.ok(performance.now() - startedAt < 2_000, 'within two seconds')
    assert.equal(({} as Record<string, unknown>).a, undefined, 'no prototype was changed')
  }
}

/** It is one of our errors, it is not long, and it repeats no secret. */
export function assertOurs(error: unknown): asserts error is AuthError {
  assert.ok(error instanceof AuthError, `not ours: ${(error as Error)?.stack ?? error}`)
  // The service's own word, or one of ours: a line that can be printed.
  assert.ok(error.code !== '' && error.code === oneLine(error.code), 'the code is one line')
  assert.ok(error.message.length <= 4_200, `${error.message.length} characters`)
  assert.ok(!printed(error).includes(SECRET), 'a secret is in an error')
}
