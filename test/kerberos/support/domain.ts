/** A domain with real tickets for the command line to sign in to, and what a login there costs. */
import { latchkey, type Outcome, type SignInPlace, signInPlace } from '../../cli/support/latchkey.js'
import { WHOLE_FILE } from '../../support/machine.js'
import { startEmulatedAdfs } from './emulated-adfs.js'
import { Kdc } from './kdc.js'

/** A domain in which joe has a ticket in the default cache, `kdc.env`, and alice has none and sits at the browser. */
export async function startDomain() {
  const kdc = await Kdc.start(WHOLE_FILE)
  await kdc.kinit('joe', 'Passw0rd!')
  const tenant = await startEmulatedAdfs(WHOLE_FILE, kdc, await kdc.keytab('http', 'HTTP/localhost'))
  const noTicket = { ...kdc.env, KRB5CCNAME: `FILE:${kdc.folder}/absent.ccache` }
  const alice = tenant.users.find(({ username }) => username.startsWith('alice@'))
  const newPlace = (authority = tenant.authority) => signInPlace({ ...tenant, authority }, alice)

  const windowsPosts = () => tenant.requests.filter(({ path }) => path.endsWith('windowstransport'))
  const pages = () => tenant.requests.filter(({ path }) => /\/(authorize|devicecode)$/.test(path))
  const lastAuthorize = () => tenant.requests.findLast(({ path }) => path.endsWith('/authorize'))?.query

  /** Runs a login and tells what it cost. */
  async function login(args: readonly string[], env: NodeJS.ProcessEnv = kdc.env, place: SignInPlace = newPlace()) {
    const [posts, before] = [windowsPosts().length, pages().length]
    const outcome: Outcome = await latchkey(['login', ...args, ...place.options], { ...place.env, ...env })
    return { ...outcome, place, posts: windowsPosts().slice(posts), pages: pages().length - before }
  }

  return { kdc, tenant, noTicket, newPlace, lastAuthorize, login }
}
