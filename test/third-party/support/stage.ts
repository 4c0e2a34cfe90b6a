/** A tenant for the tests of one file, where other processes find it, and what was asked of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after } from 'node:test'
import {
  type EmulatedUser,
  type RecordedRequest,
  startTenant,
  type Tenant,
  type TenantOptions,
} from 'latchkey/emulator'

/** Where an emulator is. */
export interface Place {
  /** `https://localhost:PORT`. */
  origin: string
  proxyUrl: string
  caFile: string
  /** A client id that it knows. */
  clientId: string
}

export interface Stage extends Place {
  tenant: Tenant
  user(name: string): EmulatedUser
  /** Remembers the time; the function returned lists what was asked since then. */
  watch(): () => Asked[]
}

/** One request, as short as an assertion wants it: `GET /…` and, at the token endpoint, the grant. */
export type Asked = string

/** Starts a tenant and ends it after the file's tests. */
export async function setStage(options?: TenantOptions): Promise<Stage> {
  const tenant = await startTenant(options)
  const directory = mkdtempSync(path.join(os.tmpdir(), 'latchkey-third-party-'))
  const caFile = path.join(directory, 'ca.pem')
  writeFileSync(caFile, tenant.caPem)
  after(async () => {
    await tenant.close()
    rmSync(directory, { recursive: true })
  })
  return {
    tenant,
    origin: tenant.origin,
    proxyUrl: tenant.proxyUrl,
    caFile,
    clientId: tenant.clientId,
    user: name => {
      const found = tenant.users.find(({ username }) => username.split('@')[0] === name)
      if (!found) throw new Error(`The tenant has no user ${name}`)
      return found
    },
    watch: () => {
      const before = tenant.requests.length
      return () => tenant.requests.slice(before).map(asked)
    },
  }
}

function asked({ method, path: where, form }: RecordedRequest): Asked {
  return form.grant_type === undefined ? `${method} ${where}` : `token ${form.grant_type}`
}
