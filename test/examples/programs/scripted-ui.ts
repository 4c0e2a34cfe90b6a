/**
 * A web UI in a process of its own, for the example service: signs in as `<user name> <password>` at the address that it is
 * sent, or without them ends as if its window had been closed. Tells on stderr what reached it.
 */
import { once } from 'node:events'
import type { Tenant } from 'latchkey/emulator'
import { Agent } from 'undici'
import { Browser } from '../../emulator/support.js'

const [username, password] = process.argv.slice(2)
const [message] = (await once(process, 'message')) as [{ url: string }]
console.error(`asked ${Object.keys(message)} ${new URL(message.url).searchParams.get('redirect_uri')}`)
if (username !== undefined && password !== undefined) {
  const agent = new Agent()
  const { origin } = new URL(message.url)
  const page = await new Browser(agent, agent, { origin } as Tenant).open(message.url)
  const { answer } = await page.signIn({ username, password })
  await agent.close()
  process.send?.({ url: String(answer.headers.location) })
  await once(process, 'disconnect')
}
process.exit()
