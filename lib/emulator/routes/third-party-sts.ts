/** `/pf/sts_mex.ping` and `/idp/{version}/sts.wst`: a federation server of another make, while the scenario has it in AD FS's place. */
import { type Exchange, param, type Reply } from '../exchange.js'
import type { TenantState } from '../tenant-state.js'
import { editedMetadata, federationServer } from '../wstrust/federation-server.js'
import { httpPage } from '../wstrust/http-page.js'
import { ENTRA_AUDIENCE } from '../wstrust/namespaces.js'
import { writeThirdPartyMex } from '../wstrust/third-party.js'
import { answerByPassword } from './username-mixed.js'
import { answerByWindows } from './windows-transport.js'

/** The metadata is another for each relying party, so that it has to be named. */
export function thirdPartyMex(exchange: Exchange, state: TenantState): Reply {
  if (!isThere(state) || exchange.query.get('PartnerSpId') !== ENTRA_AUDIENCE) return httpPage(404)
  return editedMetadata(writeThirdPartyMex(federationServer(exchange, state)), state)
}

/** One path for the endpoints of a version: the query tells them apart. */
export async function thirdPartySts(exchange: Exchange, state: TenantState): Promise<Reply> {
  const [proof, version] = [exchange.query.get('TokenProcessorId'), param(exchange, 'version')]
  if (!isThere(state) || (version !== '13' && version !== '2005')) return httpPage(404)
  if (proof === 'password') return answerByPassword(exchange, state, version)
  return proof === 'windows' ? answerByWindows(exchange, state, version) : httpPage(404)
}

function isThere(state: TenantState): boolean {
  return state.scenario.federation.server === 'thirdParty'
}
