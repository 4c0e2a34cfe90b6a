/** Entra External ID: speaks like Entra, on hosts of its own, and issues in the name of the tenant's id. */
import { assertTenantName } from '../tenant-path.js'
import type { Dialect } from './dialect.js'
import { speakEntra } from './entra.js'

/** No federated users, and no `common`: the host belongs to one tenant. */
export const ciam: Dialect = speakEntra({
  pagesFor: ['managed'],
  resolve: (state, place) => {
    assertTenantName(state, place.tenant)
    return 'tenant'
  },
  devicePage: place => `${place.base}/oauth2/deviceauth`,
  issuer: (_exchange, tenantId) => `https://${tenantId}.ciamlogin.com/${tenantId}/v2.0`,
})
