/** A reporter for node --test that writes one JSON line for each test that passed, failed or was skipped. */

// A parent that failed only through its children is not a second failure; a suite is not a test, unless it was skipped whole
// or failed by itself (a hook).
export default async function* tally(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const failed = type === 'test:fail'
    if (failed && data.details?.error?.failureType === 'subtestsFailed') continue
    const skipped = data.skip !== undefined && data.skip !== false
    if (data.details?.type === 'suite' && !failed && !skipped) continue
    // Without a single test in it, node reports the file itself, and as passed.
    const empty = !failed && data.name === data.file
    const outcome = failed || empty ? 'failed' : skipped ? 'skipped' : 'passed'
    const reason = empty ? 'has no tests' : typeof data.skip === 'string' ? data.skip : undefined
    yield `${JSON.stringify({ outcome, name: data.name, file: data.file, reason })}\n`
  }
}
