/** Which browser can show a window without bars: Edge or another Chromium that is installed, best first. */
import { constants } from 'node:fs'
import { access, open, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { programFolders } from '../browser-commands.js'

/** The system that is looked at. */
export interface BrowserSearch {
  readonly platform: NodeJS.Platform
  readonly env: NodeJS.ProcessEnv
}

const WINDOWS_BROWSERS = ['Microsoft\\Edge\\Application\\msedge.exe', 'Google\\Chrome\\Application\\chrome.exe']
const MAC_BROWSERS = ['Microsoft Edge', 'Google Chrome', 'Chromium']
const LONGEST_SCRIPT = 8_192
const LINUX_BROWSERS = [
  'microsoft-edge',
  'microsoft-edge-stable',
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
]

/** Where such browsers are on this system, whether or not they are there. Pure. */
export function browserPlaces({ platform, env }: BrowserSearch): string[] {
  if (platform === 'win32') {
    return WINDOWS_BROWSERS.flatMap(program => programFolders(env).map(folder => path.win32.join(folder, program)))
  }
  if (platform === 'darwin') {
    const folders = ['/Applications', ...(env.HOME ? [`${env.HOME}/Applications`] : [])]
    return MAC_BROWSERS.flatMap(name => folders.map(folder => `${folder}/${name}.app/Contents/MacOS/${name}`))
  }
  // A relative folder on the path is whatever folder this program happens to be in.
  const folders = (env.PATH ?? '').split(':').filter(path.isAbsolute)
  return LINUX_BROWSERS.flatMap(name => folders.map(folder => path.join(folder, name)))
}

/** The first that can be started; `undefined` where there is none. */
export async function findBrowser(search: BrowserSearch): Promise<string | undefined> {
  for (const place of browserPlaces(search)) if (await canStart(place)) return place
  return undefined
}

async function canStart(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    const real = await realpath(file)
    return (await stat(real)).isFile() && path.basename(real) !== 'snap' && !(await startsSnap(real))
  } catch {
    return false
  }
}

/**
 * Whether it is a script that starts a snap, as Ubuntu's `chromium-browser` is. A snap sees neither the temporary folder nor the
 * hidden ones of the user, so that it could not use the profile.
 */
async function startsSnap(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(LONGEST_SCRIPT), 0, LONGEST_SCRIPT, 0)
    const text = buffer.toString('latin1', 0, bytesRead)
    return text.startsWith('#!') && text.includes('/snap/')
  } finally {
    await handle.close()
  }
}
