/** A keyring for the benchmark, from the tests: gnome-keyring in a session of its own, unlocked. */
import { existsSync } from 'node:fs'

/** @returns {missing}: why there is none, or {stop()}; processes that are started meanwhile are in its session. */
export async function startKeyring() {
  if (!['gnome-keyring-daemon', 'dbus-daemon', 'gdbus'].every(name => existsSync(`/usr/bin/${name}`))) {
    return { missing: 'there is no gnome-keyring (npm run setup:debian)' }
  }
  // The tests may have been built only now.
  const { GnomeKeyring } = await import('../dist-test/keyring/support/gnome-keyring.js')
  const ends = []
  const stop = async () => {
    for (const end of ends.reverse()) await end()
  }
  try {
    await GnomeKeyring.start({ after: end => ends.push(end) })
    return { stop }
  } catch (error) {
    await stop()
    throw error
  }
}
