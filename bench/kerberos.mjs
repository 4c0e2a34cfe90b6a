/** A realm for the benchmark, from the tests: a KDC on the loopback address, a user with a ticket, and the keytab of the service. */

export const USERNAME = 'joe@contoso.test'

/** @returns {missing}: why there is none, or {env, keytab, stop()}; `env` is what a process needs to find the realm and the ticket. */
export async function startRealm() {
  // The tests may have been built only now.
  const { hasKerberos } = await import('../dist-test/kerberos/support/needs.js')
  if (!hasKerberos()) return { missing: 'there is no MIT KDC and acceptor (npm run setup:debian)' }
  const { Kdc } = await import('../dist-test/kerberos/support/kdc.js')
  const ends = []
  const stop = async () => {
    for (const end of ends.reverse()) await end()
  }
  try {
    const kdc = await Kdc.start({ after: end => ends.push(end) })
    await kdc.kinit('joe', 'Passw0rd!')
    return { env: kdc.env, keytab: await kdc.keytab('http', 'HTTP/localhost'), stop }
  } catch (error) {
    await stop()
    throw error
  }
}
