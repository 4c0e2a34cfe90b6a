/** Whether this machine has the stores to test against; scripts/ring-needs.mjs asks the same before the ring runs. */
import { existsSync } from 'node:fs'
import { needs } from '../../support/machine.js'

const PROGRAMS = ['gnome-keyring-daemon', 'secret-tool', 'dbus-daemon', 'gdbus', 'keepassxc', 'keepassxc-cli', 'Xvfb']

/** Options of the tests that need them: Debian's gnome-keyring, libsecret-tools, dbus, keepassxc, xvfb and python3-gi. */
export const withKeyrings = needs(
  PROGRAMS.every(name => existsSync(`/usr/bin/${name}`)),
  'gnome-keyring, libsecret-tools, dbus, keepassxc and xvfb',
)
