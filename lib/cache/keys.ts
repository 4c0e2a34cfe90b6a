/** Record → the key it is stored under. Keys are for other libraries: look-ups here go by the fields alone. */
import { type Entity, type Section, text } from './schema.js'

/**
 * The key that MSAL.NET and MSAL Java give a record, in lower case.
 *
 * Shape: `home-environment-accesstoken-client-realm-target`, `home-environment-refreshtoken-client--` with the family in
 * place of the client where there is one, `home-environment-idtoken-client-realm-`, `home-environment-realm`,
 * `appmetadata-environment-client`.
 */
export function keyOf(section: Section, entity: Entity): string {
  return parts(section, entity).join('-').toLowerCase()
}

function parts(section: Section, entity: Entity): string[] {
  const environment = text(entity, 'environment')
  const client = text(entity, 'client_id')
  if (section === 'AppMetadata') return ['appmetadata', environment, client]
  const owner = [text(entity, 'home_account_id'), environment]
  const realm = text(entity, 'realm')
  switch (section) {
    case 'AccessToken':
      return [...owner, 'accesstoken', client, realm, text(entity, 'target')]
    case 'RefreshToken':
      return [...owner, 'refreshtoken', text(entity, 'family_id') || client, '', '']
    case 'IdToken':
      return [...owner, 'idtoken', client, realm, '']
    case 'Account':
      return [...owner, realm]
  }
}
