/**
 * Which tenant a domain is of, as answers of the service have told. Tokens are filed under the tenant's ID; a program whose
 * authority names a domain finds them by this without a request, also after a restart.
 */
import { isEntity } from './schema.js'

/**
 * A section of its own, since every MSAL keeps sections that it does not know, while each replaces records together with
 * what others added to them. Texts only: MSAL.NET refuses numbers.
 */
const SECTION = 'latchkey.TenantDomains'
// A program that is told its authority by others must not make the cache grow without end.
const MOST_DOMAINS = 100

type Sections = ReadonlyMap<string, unknown>

/** The ID of the tenant, if it has been told. `environment` is the cloud's `preferredCache`, `domain` in lower case. */
export function findTenantId(sections: Sections, environment: string, domain: string): string | undefined {
  const section = sections.get(SECTION)
  const name = nameOf(environment, domain)
  const tenantId = isEntity(section) && Object.hasOwn(section, name) ? section[name] : undefined
  return typeof tenantId === 'string' && tenantId !== '' ? tenantId : undefined
}

/** The sections with this told; the very same ones when it has been already. */
export function withTenantId(sections: Sections, environment: string, domain: string, tenantId: string): Sections {
  if (findTenantId(sections, environment, domain) === tenantId) return sections
  const section = sections.get(SECTION)
  const name = nameOf(environment, domain)
  const others = Object.entries(isEntity(section) ? section : {}).filter(([other]) => other !== name)
  const kept = [...others.slice(1 - MOST_DOMAINS), [name, tenantId] as const]
  return new Map([...sections, [SECTION, Object.fromEntries(kept)]])
}

/** The sections with what `others` tell of the tenants that are wanted; the very same ones when that is nothing new. */
export function withTenantsOf(sections: Sections, others: Sections, isWanted: (tenantId: string) => boolean): Sections {
  const section = others.get(SECTION)
  let result = sections
  for (const [name, tenantId] of Object.entries(isEntity(section) ? section : {})) {
    if (typeof tenantId !== 'string' || !isWanted(tenantId)) continue
    const slash = name.lastIndexOf('/')
    result = withTenantId(result, name.slice(0, slash), name.slice(slash + 1), tenantId)
  }
  return result
}

function nameOf(environment: string, domain: string): string {
  return `${environment}/${domain}`
}
