/** `login --flow device-code`: shows a code to type on another device, and waits until that is done. */
import type { AuthenticationResult, DeviceCode } from '../../index.js'
import type { CommandContext } from '../context.js'
import { printable } from '../text.js'
import { type Countdown, startCountdown } from './countdown.js'
import { loadQrCode, type QrCode } from './qr-code.js'
import { personOf, placeOf, type SignIn, tellNote } from './sign-in.js'

/**
 * Shows the code and waits for the person. Nothing is opened: the person reads the code first, wherever they are.
 *
 * Shape: `whyNoBrowser` is said in the first line.
 *
 * @throws {Hinted} – --qr was given and the package that draws is not installed; nothing has been asked of the service.
 * @throws {AuthError} as acquireTokenByDeviceCode.
 */
export async function signInWithDeviceCode(
  { context, application, claims }: SignIn,
  whyNoBrowser: string | undefined,
): Promise<AuthenticationResult> {
  const { options, stderr, signal } = context
  const qrCode = options.qr ? await loadQrCode() : undefined
  const reason = whyNoBrowser === undefined ? '' : ` No browser here: ${printable(whyNoBrowser)}.`
  stderr.line(`Signing in to ${placeOf(context)} with a code, on any device.${reason}`)
  tellNote(context)
  const givesUpAt = options.timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + options.timeout * 1000
  let countdown: Countdown | undefined
  try {
    return await application.app.acquireTokenByDeviceCode({
      scopes: application.scopes,
      ...(claims !== undefined && { claims }),
      ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
      deviceCodeCallback: code => {
        showCode(context, code, qrCode)
        countdown = startCountdown(stderr, Math.min(code.expiresOn.getTime(), givesUpAt))
      },
      signal,
    })
  } finally {
    countdown?.stop()
  }
}

function showCode(context: CommandContext, code: DeviceCode, qrCode: QrCode | undefined): void {
  const { stderr } = context
  const { bold, cyan } = stderr.style
  const { userCode, verificationUri, verificationUriComplete } = code
  const best = printable(verificationUriComplete ?? verificationUri)
  // Address and code each on a line of their own and never broken, so that they can be copied.
  const show = (text: string) => {
    stderr.line()
    stderr.line(`  ${text}`)
    stderr.line()
  }
  stderr.line(`Open this page on any device${qrCode === undefined ? '' : ', or scan it'}:`)
  show(cyan(best))
  if (qrCode !== undefined) for (const line of [...qrCode(best, stderr), '']) stderr.line(line)
  // The code is shown even where the address has it: the page asks whether it is the same. (RFC 8628 § 3.3.1)
  if (verificationUriComplete === undefined) stderr.line('and type this code there:')
  else stderr.line(`and compare the code, or type it at ${printable(verificationUri)}:`)
  show(bold(printable(userCode)))
  const person = personOf(context)
  if (person !== undefined) stderr.line(`Sign in there as ${bold(printable(person))}.`)
}
