/** The checks of what a person sees: a browser, a display, and whether that person sits elsewhere. */
import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { browserCommands, whyNoBrowser } from '../browser/browser-commands.js'
import { isContainer, isWsl, lookAround } from '../browser/surroundings.js'
import type { Finding, Machine } from './diagnosis.js'

const DEVICE_CODE = 'Sign in with a device code: the page is then opened on another device.'
// Nothing is opened; the commands are only looked at.
const ANY_PAGE = new URL('https://localhost/')

/** Can a browser be opened here, and which one would be? */
export async function browser(machine: Machine): Promise<Finding> {
  const desktop = await lookAround(machine)
  const reason = whyNoBrowser(desktop)
  if (reason !== undefined) return none(reason)
  for (const { command } of browserCommands(ANY_PAGE, desktop)) {
    const file = await findProgram(command, machine)
    if (file !== undefined) return { ok: true, detail: file }
  }
  return none('no program that opens web pages was found')
}

function none(why: string): Finding {
  return { ok: true, detail: `none: ${why}`, hint: DEVICE_CODE, lacking: DEVICE_CODE }
}

async function findProgram(command: string, { platform, env }: Machine): Promise<string | undefined> {
  const folders = path.isAbsolute(command) ? [''] : (env.PATH ?? '').split(path.delimiter).filter(path.isAbsolute)
  for (const folder of folders) {
    const file = path.join(folder, command)
    const mode = platform === 'win32' ? constants.F_OK : constants.X_OK
    const isThere = await access(file, mode).then(
      () => true,
      () => false,
    )
    if (isThere) return file
  }
  return undefined
}

/** Is there a display that windows can appear on? */
export function display({ platform, env }: Machine): Finding {
  if (platform === 'win32' || platform === 'darwin') return { ok: true, detail: 'that of the system' }
  const found = [
    ...(env.WAYLAND_DISPLAY ? [`Wayland (${env.WAYLAND_DISPLAY})`] : []),
    ...(env.DISPLAY ? [`X11 (${env.DISPLAY})`] : []),
  ]
  return { ok: true, detail: found.join(', ') || 'none: neither WAYLAND_DISPLAY nor DISPLAY is set' }
}

/** Does the person sit at this machine? */
export async function session(machine: Machine): Promise<Finding> {
  const { env } = machine
  const isSsh = Boolean(env.SSH_CONNECTION || env.SSH_TTY)
  const places = [
    ...(isSsh ? ['an SSH session'] : []),
    ...((await isContainer(machine)) ? ['in a container'] : []),
    ...((await isWsl(machine)) ? ['in WSL'] : []),
  ]
  if (places.length === 0) return { ok: true, detail: 'local' }
  const detail = places.join(', ')
  return isSsh
    ? { ok: true, detail, hint: `${DEVICE_CODE} Or forward the port of the sign-in with ssh -L.` }
    : { ok: true, detail }
}
