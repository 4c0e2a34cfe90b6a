/** The checks of what a person sees: a browser, a display, and whether that person sits elsewhere. */
import { access, constants, readFile } from 'node:fs/promises'
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
  const commands = browserCommands(ANY_PAGE, desktop)
  // Those of $BROWSER come first; where none of them is there, they are passed over without a word.
  const fromVariable = commands.length - browserCommands(ANY_PAGE, { ...desktop, env: {} }).length
  for (const [index, { command }] of commands.entries()) {
    const file = await findProgram(command, machine)
    if (file === undefined) continue
    if (index < fromVariable || fromVariable === 0) return { ok: true, detail: file }
    return {
      ok: true,
      detail: file,
      hint: `BROWSER names ${commands[0]?.command}, which is not there: mend or unset it.`,
    }
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
    if (await isThere(file, mode)) return file
  }
  return undefined
}

const isThere = (file: string, mode: number): Promise<boolean> =>
  access(file, mode).then(
    () => true,
    () => false,
  )

/** Is there a display that windows can appear on? */
export async function display(machine: Machine): Promise<Finding> {
  const { platform, env } = machine
  if (platform === 'win32' || platform === 'darwin') return { ok: true, detail: 'that of the system' }
  const found = [
    ...(env.WAYLAND_DISPLAY ? [`Wayland (${env.WAYLAND_DISPLAY})`] : []),
    ...(env.DISPLAY ? [`X11 (${env.DISPLAY})`] : []),
  ]
  const detail = found.join(', ') || 'none: neither WAYLAND_DISPLAY nor DISPLAY is set'
  if (found.length !== 1 || !env.DISPLAY || (await hasXServer(env.DISPLAY, machine))) return { ok: true, detail }
  return { ok: true, detail, hint: `No X server of this machine is ${env.DISPLAY}: set DISPLAY to one that runs.` }
}

/** Does an X server listen? One of another machine is not asked; it listens at a socket with or without a file. */
async function hasXServer(name: string, { root }: Machine): Promise<boolean> {
  const number = /^(?:unix)?:(\d+)(?:\.\d+)?$/.exec(name)?.[1]
  if (number === undefined) return true
  const socket = `/tmp/.X11-unix/X${number}`
  const listening = await readFile(path.join(root, 'proc/net/unix'), 'utf8').catch(() => undefined)
  // Where the system does not tell, as in some containers, nothing is known of it.
  if (listening === undefined) return true
  return listening.split('\n').some(line => line.endsWith(socket)) || isThere(path.join(root, socket), constants.F_OK)
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
