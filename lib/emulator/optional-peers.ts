/** Loads the packages that only the emulator needs, or says how to add them. */

const PEERS = ['pkijs', 'asn1js', 'jose'] as const

type Peers = {
  pkijs: typeof import('pkijs')
  asn1js: typeof import('asn1js')
  jose: typeof import('jose')
}

/**
 * Imports one optional peer when it is first needed.
 *
 * @throws {Error} when it is not installed; the message is the one npm command that adds all of them.
 */
export async function importPeer<Name extends keyof Peers>(name: Name): Promise<Peers[Name]> {
  try {
    return (await import(name)) as Peers[Name]
  } catch (cause) {
    throw new Error(`The emulator needs ${name}, which is not installed. Run: npm i -D ${PEERS.join(' ')}`, { cause })
  }
}
