/** The codes of sign-ins that ask where the user is at home: passwords, and integrated Windows authentication. */
import { client, type ErrorCodeEntry, service } from './entry.js'

/** The rows, as far as possible under MSAL's names. */
export const FEDERATION_CODES = {
  // User name and password, and integrated Windows authentication
  unknown_user: client(
    'The user name is empty, or the system knows nobody who is signed in.',
    'Pass username: a user principal name such as joe@contoso.com.',
  ),
  get_user_name_failed: client(
    'The system could not be asked who is signed in, or knows no user principal name of that user.',
    'Pass username: the user principal name, such as joe@contoso.com, of the user who is signed in.',
  ),
  unknown_user_type: client(
    'The user is neither managed by Entra nor federated: no tenant has the domain of the user name.',
    'Ask for the user name again; it has to be a user principal name of a work or school account.',
  ),
  user_realm_discovery_failed: client(
    'It could not be found out where the user signs in.',
    'Ask for the user name as a user principal name such as joe@contoso.com; a telephone number does not do.',
  ),
  ropc_not_supported_for_msa: client(
    'The user has a personal Microsoft account, which takes neither a password nor a Windows sign-in from a program.',
    'Use acquireTokenInteractive, or a device code.',
  ),
  integrated_windows_authentication_failed: client(
    'Integrated Windows authentication did not succeed on this machine, or this kind of authority does not have it.',
    'Use an authority of Entra that names a tenant or organizations, look at steps for where it ended, or use acquireTokenInteractive.',
  ),
  integrated_windows_auth_not_supported_managed_user: client(
    'The user is managed by Entra alone, without a federation server that takes Windows sign-ins.',
    'Use acquireTokenInteractive or a device code, or pass desktopSso: true where the tenant has seamless single sign-on.',
  ),
  negotiate_no_credentials: client(
    'There is no Kerberos ticket and no Windows sign-in to prove who the user is.',
    'Get a ticket with kinit, name a keytab in kerberos.clientKeytab, or sign in to the Windows domain.',
  ),
  negotiate_credentials_expired: client(
    'The Kerberos ticket has expired, or the clock of this machine is wrong.',
    'Get a new ticket with kinit (klist shows the old one), and check the time of this machine.',
  ),
  negotiate_unknown_service: client(
    'The domain knows no service of the name that was asked for.',
    'Have the name registered (setspn -S HTTP/<host> <account of the service>), or pass the right one as servicePrincipalName.',
  ),
  negotiate_kdc_unreachable: client(
    'No domain controller (KDC) answers.',
    'Check the connection to the network of the domain, VPN included, and the realm in krb5.conf.',
  ),
  // Federation servers
  missing_federation_metadata_url: client(
    'The user is federated, but the service names no federation server.',
    'Pass the MEX document of the federation server as federationMetadata, or use acquireTokenInteractive.',
  ),
  accessing_ws_metadata_exchange_failed: service(
    'The federation server did not hand out its metadata (MEX document).',
    'Check that the address in the message answers from this machine over https, or pass the document as federationMetadata.',
  ),
  parsing_ws_metadata_exchange_failed: client(
    'The metadata of the federation server is not a MEX document.',
    'Check whether a proxy or another page answers at its address, or pass the document as federationMetadata.',
  ),
  wstrust_endpoint_not_found: client(
    'The federation server offers no https address for this kind of sign-in.',
    'Ask the administrator of AD FS to enable the endpoint windowstransport (Windows sign-in) or usernamemixed (password) of WS-Trust.',
  ),
  federated_service_returned_error: service(
    'The federation server refused; it is the cause of parsing_wstrust_response_failed.',
    'Read its text in the message, and ask the administrator of the federation server.',
  ),
  parsing_wstrust_response_failed: client(
    'The federation server refused the user, or its answer has no token that can be used.',
    'Read its text in the message, and ask for the user name and the password again if it is about those.',
  ),
} as const satisfies Record<string, ErrorCodeEntry>
