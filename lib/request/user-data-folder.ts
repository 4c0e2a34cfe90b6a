/** Where this library keeps what belongs to one user on one machine. */
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** The folder; it may not be there yet. (XDG Base Directory Specification § 3) */
export function userDataFolder(): string {
  const { LOCALAPPDATA, XDG_DATA_HOME } = process.env
  const home = homedir()
  if (process.platform === 'win32') return join(LOCALAPPDATA || join(home, 'AppData', 'Local'), 'latchkey')
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'latchkey')
  // "All paths set in these environment variables must be absolute", and a relative one is to be ignored.
  const base = XDG_DATA_HOME && isAbsolute(XDG_DATA_HOME) ? XDG_DATA_HOME : join(home, '.local', 'share')
  return join(base, 'latchkey')
}
