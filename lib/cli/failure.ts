/** Says how a command failed: error, hint, on demand the causes and ids, and the exit code that goes with it. */
import { AuthError, ClientError, InteractionRequiredError, ServiceError } from '../errors.js'
import { ExitCode } from './context.js'
import { hintOfCode } from './hints.js'
import { Interrupted } from './interrupted.js'
import type { Screen } from './screen.js'
import { jsonLine, printable } from './text.js'
import { UsageError } from './usage-error.js'

/** An error with a hint that only the command could know, such as the whole command to run next. */
export class Hinted extends Error {
  readonly hint: string
  readonly failure: unknown

  constructor(failure: unknown, hint: string) {
    super('hinted', { cause: failure })
    this.failure = failure
    this.hint = hint
  }
}

// Raised by the library before anything has happened, for a value that came from the command line.
const BAD_INPUT: ReadonlySet<string> = new Set([
  'no_client_id',
  'invalid_configuration',
  'invalid_request',
  'invalid_authority',
  'empty_scopes',
])

const MAX_CAUSES = 8

/** Prints a failure to stderr and returns the exit code. Nothing here prints an answer of the service or a token. */
export function describeFailure(
  error: unknown,
  screen: Screen,
  { verbose, json }: { readonly verbose: boolean; readonly json: boolean },
): ExitCode {
  const { failure, hint: hinted } = error instanceof Hinted ? error : { failure: error, hint: undefined }
  if (json) {
    screen.line(jsonLine({ error: failureJson(failure, hinted, verbose) }))
    return exitCodeOf(failure)
  }
  const { red, yellow, dim } = screen.style
  if (failure instanceof Interrupted) {
    screen.clearRow()
    screen.line('interrupted')
    return exitCodeOf(failure)
  }
  const code = codeOf(failure)
  screen.prose('error: ', `${messageOf(failure)}${code === undefined ? '' : ` [${printable(code)}]`}`, { lead: red })
  const hint = hinted ?? hintOf(failure)
  // A hint of the command's own may be a command, to be copied whole.
  if (hinted !== undefined) screen.line(`${yellow('hint:')} ${hinted}`)
  else if (hint !== undefined) screen.prose('hint: ', printable(hint), { lead: yellow })
  for (const line of consentPages(failure)) screen.line(line)
  tellSteps(failure, screen, verbose)
  if (verbose) for (const line of details(failure)) screen.line(dim(line))
  return exitCodeOf(failure)
}

/** The shape of `{"error":…}`, for programs; what is not known is left out. */
function failureJson(failure: unknown, hinted: string | undefined, verbose: boolean): Record<string, unknown> {
  const service = failure instanceof ServiceError ? failure : undefined
  const { status, errorCodes = [], suberror, traceId, retryAfter } = service ?? {}
  const { classification, consentUrl, adminConsentUrl } =
    failure instanceof InteractionRequiredError ? failure : ({} as Partial<InteractionRequiredError>)
  return {
    code: codeOf(failure) ?? 'unexpected',
    message: messageOf(failure),
    hint: hinted ?? hintOf(failure),
    exitCode: exitCodeOf(failure),
    correlationId: failure instanceof AuthError ? failure.correlationId : undefined,
    traceId,
    status,
    errorCodes: errorCodes.length === 0 ? undefined : errorCodes,
    suberror,
    classification,
    consentUrl: consentUrl?.href,
    adminConsentUrl: adminConsentUrl?.href,
    retryAfter: retryAfter?.toISOString(),
    steps: verbose && failure instanceof AuthError && failure.steps.length > 0 ? failure.steps : undefined,
    causes: verbose ? causesOf(failure).map(cause => ({ code: codeOf(cause), message: messageOf(cause) })) : undefined,
  }
}

function exitCodeOf(failure: unknown): ExitCode {
  if (failure instanceof Interrupted) return ExitCode.Interrupted
  if (failure instanceof UsageError) return ExitCode.Usage
  if (failure instanceof ClientError && BAD_INPUT.has(failure.code)) return ExitCode.Usage
  return failure instanceof InteractionRequiredError ? ExitCode.InteractionRequired : ExitCode.Failed
}

function messageOf(failure: unknown): string {
  const text = failure instanceof Error ? failure.message : String(failure)
  return printable(text) || 'something went wrong and did not say what'
}

function codeOf(failure: unknown): string | undefined {
  if (failure instanceof AuthError) return failure.code
  if (failure instanceof Interrupted) return 'interrupted'
  const code = failure instanceof Error ? (failure as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}

function hintOf(failure: unknown): string | undefined {
  if (failure instanceof UsageError) return failure.hint
  if (!(failure instanceof AuthError)) return undefined
  return hintOfCode(failure.code, failure.hint)
}

/** Where consent can be given, each on a line of its own, to be copied or clicked; named as the hint names them. */
function consentPages(failure: unknown): string[] {
  if (!(failure instanceof InteractionRequiredError)) return []
  const { consentUrl, adminConsentUrl } = failure
  return Object.entries({ consentUrl, adminConsentUrl }).flatMap(([name, url]) => (url ? [`${name}: ${url.href}`] : []))
}

/** What was tried before it failed, a line each; unless `all` are wanted, a line that says how to see them. */
export function tellSteps(failure: unknown, screen: Screen, all: boolean): void {
  const { dim } = screen.style
  const steps = failure instanceof AuthError ? failure.steps : []
  if (steps.length === 0) return
  if (!all) {
    const count = steps.length === 1 ? '1 step' : `${steps.length} steps`
    screen.line(dim(`${count} until then; --verbose shows each`))
    return
  }
  screen.line(dim('steps:'))
  for (const [index, step] of steps.entries()) {
    screen.prose(`  ${index + 1}. `, printable(step), { lead: dim, text: dim })
  }
}

function causesOf(failure: unknown): unknown[] {
  const causes: unknown[] = []
  let cause = failure instanceof Error ? failure.cause : undefined
  while (cause !== undefined && causes.length < MAX_CAUSES) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

function details(failure: unknown): string[] {
  const lines = causesOf(failure).map((cause, depth) => {
    const code = codeOf(cause)
    const name = cause instanceof Error ? `${cause.name}: ` : ''
    return `${'  '.repeat(depth)}cause: ${name}${messageOf(cause)}${code === undefined ? '' : ` [${printable(code)}]`}`
  })
  if (failure instanceof AuthError && failure.correlationId !== undefined) {
    lines.push(`correlation id: ${printable(failure.correlationId)}`)
  }
  if (failure instanceof ServiceError) {
    if (failure.traceId !== undefined) lines.push(`trace id: ${printable(failure.traceId)}`)
    if (failure.status !== undefined) lines.push(`http status: ${failure.status}`)
  }
  return lines
}
