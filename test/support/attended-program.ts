/** Runs a program to its end, with somebody beside it who does what it asks for on its output, as its user would. */
import { spawn } from 'node:child_process'
import type { Browser } from '../emulator/support.js'
import { approveDeviceCode } from './device-person.js'

/** Who sits there, and a new browser at the emulator. */
export interface Attendant {
  user: { username: string; password: string }
  browser(): Browser
}

/** Runs it, at most a minute: a device code is approved, and a URL that is to be opened is, with its end pasted. */
export function runAttended(
  command: readonly string[],
  { env, cwd }: { env: NodeJS.ProcessEnv; cwd?: string },
  attendant: Attendant,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command
    const child = spawn(program, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'], timeout: 60_000 })
    // It may end without having read.
    child.stdin.on('error', () => {})
    let output = ''
    let deed: Promise<unknown> | undefined
    const onOutput = (chunk: Buffer) => {
      output += chunk
      deed ??=
        approveDeviceCode(output, attendant.user, attendant.browser()) ??
        addressAfterSignIn(output, attendant)?.then(address => child.stdin.write(`${address}\n`))
      deed?.catch(reject)
    }
    for (const stream of [child.stdout, child.stderr]) stream.on('data', onOutput)
    child.on('error', reject).on('close', code => resolve({ code, output }))
  })
}

/** Where a browser ends that opens the URL that a program says to open. */
function addressAfterSignIn(output: string, { user, browser }: Attendant): Promise<string> | undefined {
  const [, url] = /^open (https:\S+\/authorize\?\S+)\n.*paste/m.exec(output) ?? []
  if (url === undefined) return undefined
  const { pathname, search } = new URL(url)
  const signedIn = browser()
    .open(pathname + search)
    .then(page => page.signIn(user))
  return signedIn.then(({ answer }) => String(answer.headers.location))
}
