/** Makes tokens for HTTP/localhost with the library in argv, this one's addon or the package kerberos: a line of JSON in, one out. */
import { createInterface } from 'node:readline'
import { loadNativeAddon, requireCapability } from '../../dist/native/addon.js'
import { loadPeer } from '../../scripts/setup-peers.mjs'

const NO_BYTES = new Uint8Array()
// GSS_MECH_OID_SPNEGO of the package; it has no channel bindings.
const SPNEGO = 6

/** Each resolves with a function that frees what was used: theirs leaves that to garbage collection. */
const makers = {
  latchkey() {
    const negotiate = requireCapability(loadNativeAddon(), 'negotiate')
    const channelBindings = Buffer.concat([Buffer.from('tls-server-end-point:'), Buffer.alloc(32, 7)])
    const names = { clientKeytab: '', credentialCache: '', principal: '', username: '', domain: '' }
    const credentials = { ...names, password: NO_BYTES }
    const target = { servicePrincipalName: 'HTTP/localhost', channelBindings, allowNtlm: true, credentials }
    return async () => {
      const context = await negotiate.open(target)
      const { output } = await context.step(NO_BYTES)
      if (output.length < 500) throw new Error('that is no ticket')
      return () => context.close()
    }
  },
  kerberos() {
    const { initializeClient } = loadPeer('kerberos')
    return async () => {
      const client = await initializeClient('HTTP@localhost', { mechOID: SPNEGO })
      const token = await client.step('')
      if (token.length < 500) throw new Error('that is no ticket')
      return () => undefined
    }
  },
}

const make = makers[process.argv[2]]()

/** The median of so many tokens, in microseconds. */
async function median(count) {
  const taken = []
  const used = []
  for (let token = 0; token < count; token++) {
    const started = performance.now()
    used.push(await make())
    taken.push((performance.now() - started) * 1000)
    // In a program other things happen in between, too.
    await new Promise(resolve => setImmediate(resolve))
  }
  // A conversation that comes to its end is freed by its last step, and theirs by the garbage collector: at another time.
  for (const free of used) free()
  return taken.sort((a, b) => a - b)[count >> 1]
}

for await (const line of createInterface({ input: process.stdin })) {
  const { count = 1 } = JSON.parse(line)
  const answer = await median(count).then(
    p50Us => ({ p50Us }),
    error => ({ error: error.stack }),
  )
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
