/** Loads the packages that only the emulator needs, or says how to add them. */

const PEERS = {
  pkijs: () => import('pkijs'),
  asn1js: () => import('asn1js'),
  jose: () => import('jose'),
}

type Peers = { [Name in keyof typeof PEERS]: Awaited<ReturnType<(typeof PEERS)[Name]>> }

/**
 * Imports one optional peer when it is first needed.
 *
 * @throws {Error} when it is not installed; the message is the one npm command that adds all of them.
 */
export async function importPeer<Name extends keyof Peers>(name: Name): Promise<Peers[Name]> {
  try {
    return (await PEERS[name]()) as Peers[Name]
  } catch (cause) {
    const all = Object.keys(PEERS).join(' ')
    throw new Error(`The emulator needs ${name}, which is not installed. Run: npm i -D ${all}`, { cause })
  }
}
