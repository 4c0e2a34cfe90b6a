/** A gnome-keyring for the tests of one file, and how another program gets into its session. */
import { GnomeKeyring } from '../../keyring/support/gnome-keyring.js'
import { WHOLE_FILE } from '../../support/machine.js'

/** Starts the keyring, puts this process into its session, and resolves with what puts others there. */
export async function startKeyring(): Promise<Record<string, string>> {
  const { bus } = await GnomeKeyring.start(WHOLE_FILE)
  const { DBUS_SESSION_BUS_ADDRESS = '', XDG_RUNTIME_DIR = '' } = bus.env
  return { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR }
}
