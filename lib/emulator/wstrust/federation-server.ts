/** Where the federation server is for a client, and its metadata as the scenario spoils it. */
import type { Exchange, Reply } from '../exchange.js'
import type { TenantState } from '../tenant-state.js'

/**
 * Its origin. On the tenant's own origin its AD FS is there too; behind the proxy it has the host name that it would
 * really have.
 */
export function federationServer(exchange: Exchange, state: TenantState): string {
  return exchange.local ? exchange.origin : `https://${state.hosts.adfs}`
}

/** A metadata document, whole or not. */
export function editedMetadata(document: string, state: TenantState): Reply {
  const { metadata } = state.scenario.federation
  const body = { malformed: document.slice(0, document.length >> 1), doctype: LAUGHS + document }
  const spoiled = metadata === 'malformed' || metadata === 'doctype' ? body[metadata] : document
  return { status: 200, headers: { 'Content-Type': 'text/xml; charset=UTF-8' }, body: spoiled }
}

/** Ten entities, each ten of the one before. Nobody has to expand them to see that this is no metadata. */
const LAUGHS = [
  '<!DOCTYPE definitions [<!ENTITY e0 "ha">',
  ...Array.from({ length: 9 }, (_, index) => `<!ENTITY e${index + 1} "${`&e${index};`.repeat(10)}">`),
  ']>',
].join('')
