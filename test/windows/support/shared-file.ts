/** The three that share a cache file in Windows: latchkey, MSAL.NET with its extensions, msal-node with its own. */
import assert from 'node:assert/strict'
import { unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { type ICachePlugin, PublicClientApplication as MsalNode } from '@azure/msal-node'
import {
  type AuthenticationResult,
  type CachePersistence,
  createPersistentCache,
  PublicClientApplication,
} from 'latchkey'
import { ProxyAgent, setGlobalDispatcher } from 'undici'
import { emulate } from '../../emulator/support.js'
import { type Scope, temporaryFolder, WHOLE_FILE } from '../../support/machine.js'
import { MsalNet, type Place } from './msal-net.js'

const SCOPES = ['User.Read']
// A name that each of them has to write and read rightly.
const ZOE = { username: 'zoe@contoso.onmicrosoft.com', name: 'Zoë "Zed" Ångström 日本 😀' }

interface User {
  username: string
  password: string
}

/** What latchkey and msal-node are asked in these tests. */
export interface Client {
  signIn(user: User): Promise<string>
  silent(username: string, refresh?: boolean): Promise<{ accessToken: string; fromCache: boolean }>
  accounts(): Promise<string[]>
  remove(username: string): Promise<void>
}

/** A tenant, and the clients at a file. */
export interface SharedFile {
  place: Place
  user(name: string): User
  /** The grants that were asked for since the last call. */
  grants(): string[]
  ours(t: Scope, file: string): Promise<Client & { cache: CachePersistence; app: PublicClientApplication }>
  msalNode(file: string): Promise<Client>
  msalNet(t: Scope, file: string): Promise<MsalNet>
  /** How often somebody else had the marker while this process had the lock. */
  contend(cache: CachePersistence, marker: string, times: number): Promise<number>
}

/** Starts the tenant. Call it once, at the top of a file. */
export async function shareFiles(): Promise<SharedFile> {
  const { tenant, user } = await emulate({ users: [ZOE] })
  const caFile = join(await temporaryFolder(WHOLE_FILE), 'ca.pem')
  await writeFile(caFile, tenant.caPem)
  // What msal-node's fetch goes by.
  const proxied = new ProxyAgent({ uri: tenant.proxyUrl, requestTls: { ca: tenant.caPem } })
  setGlobalDispatcher(proxied)
  WHOLE_FILE.after(() => proxied.destroy())
  const authority = `https://login.microsoftonline.com/${tenant.tenantId}`
  const place: Place = { tenant, caFile, authority, scopes: SCOPES }
  return {
    place,
    user,
    grants: () => tenant.requests.splice(0).flatMap(({ form }) => form.grant_type ?? []),
    ours: (t, file) => ours(t, file, place),
    msalNode: file => msalNode(file, place),
    msalNet: (t, file) => MsalNet.start(t, file, place),
    contend,
  }
}

async function contend(cache: CachePersistence, marker: string, times: number): Promise<number> {
  let met = 0
  for (let i = 0; i < times; i++) {
    await cache.withLock(async () => {
      try {
        await writeFile(marker, '', { flag: 'wx' })
        await wait(1)
        await unlink(marker)
      } catch {
        met++
      }
    })
  }
  return met
}

async function ours(t: Scope, file: string, { tenant, authority }: Place) {
  const cache = await createPersistentCache({ file })
  const app = new PublicClientApplication({
    clientId: tenant.clientId,
    authority,
    cache,
    http: { proxy: tenant.proxyUrl, ca: tenant.caPem },
  })
  t.after(() => app.close())
  const accountOf = async (username: string) => {
    const [account] = await app.getAccounts({ username })
    assert(account, `latchkey has no ${username}`)
    return account
  }
  const brief = ({ accessToken, fromCache }: AuthenticationResult) => ({ accessToken, fromCache })
  return {
    cache,
    app,
    signIn: async ({ username, password }: User) =>
      (await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })).accessToken,
    silent: async (username: string, forceRefresh = false) =>
      brief(await app.acquireTokenSilent({ scopes: SCOPES, account: await accountOf(username), forceRefresh })),
    accounts: async () => (await app.getAccounts()).map(({ username }) => username).sort(),
    remove: async (username: string) => app.removeAccount(await accountOf(username)),
  }
}

/** Its extensions by their files: the package itself loads keytar, which nobody needs for DPAPI and Windows has no binary of. */
async function persistencePlugin(file: string): Promise<ICachePlugin> {
  const { LATCHKEY_MSAL_NODE_EXTENSIONS: folder } = process.env
  assert(folder, 'LATCHKEY_MSAL_NODE_EXTENSIONS does not say where they are')
  const part = (name: string) => import(pathToFileURL(join(folder, 'dist', 'persistence', `${name}.mjs`)).href)
  const { FilePersistenceWithDataProtection } = await part('FilePersistenceWithDataProtection')
  const { PersistenceCachePlugin } = await part('PersistenceCachePlugin')
  return new PersistenceCachePlugin(await FilePersistenceWithDataProtection.create(file, 'CurrentUser'))
}

async function msalNode(file: string, { tenant, authority }: Place): Promise<Client> {
  const app = new MsalNode({
    auth: { clientId: tenant.clientId, authority },
    cache: { cachePlugin: await persistencePlugin(file) },
  })
  const accounts = () => app.getTokenCache().getAllAccounts()
  const accountOf = async (username: string) => {
    const account = (await accounts()).find(known => known.username === username)
    assert(account, `msal-node has no ${username}`)
    return account
  }
  return {
    async signIn({ username, password }) {
      const result = await app.acquireTokenByUsernamePassword({ scopes: SCOPES, username, password })
      assert(result)
      return result.accessToken
    },
    async silent(username, forceRefresh = false) {
      const account = await accountOf(username)
      const { accessToken, fromCache } = await app.acquireTokenSilent({ scopes: SCOPES, account, forceRefresh })
      return { accessToken, fromCache }
    },
    accounts: async () => (await accounts()).map(({ username }) => username).sort(),
    remove: async username => app.getTokenCache().removeAccount(await accountOf(username)),
  }
}
