/** The one table of options: name, kind, environment variable, default and help; parsing and --help are made from it. */

/** How an option's value is read: a switch, a text, a text that may be given again, a whole number, or one of a few words. */
export type OptionKind = 'flag' | 'text' | 'list' | 'number' | 'choice'

/** One row of the table. */
export interface OptionSpec {
  readonly kind: OptionKind
  /** What stands for the value in the help. */
  readonly value?: string
  readonly choices?: readonly string[]
  /** Smallest and largest number. */
  readonly range?: readonly [number, number]
  /** Where the value comes from when the option is not given. */
  readonly env?: string
  /** For the help only; whoever uses the option knows its default. */
  readonly default?: string
  readonly help: string
}

/** Ways to sign in; `auto` takes the first that can work here. */
export const FLOWS = ['auto', 'integrated', 'interactive', 'device-code', 'password'] as const
/** Values of `prompt`, as OpenID Connect and MSAL have them; `none` would be `latchkey token`, which needs no browser. */
export const PROMPTS = ['select_account', 'consent', 'login', 'no_prompt', 'create'] as const

/** The default of --scope: what every account may ask of Microsoft Graph about itself. */
export const DEFAULT_SCOPE = 'User.Read'
/** The default of --cache-name. */
export const DEFAULT_CACHE_NAME = 'latchkey'

export const OPTIONS = {
  flow: {
    kind: 'choice',
    choices: FLOWS,
    default: 'auto',
    help: 'how to sign in; auto is integrated where somebody is known, else interactive where a browser can be opened, else device-code',
  },
  username: { kind: 'text', value: 'USER', help: 'user name; filled in on the sign-in page, or whom the system knows' },
  qr: { kind: 'flag', help: '[device-code] draw the address as a QR code; needs the package uqr' },
  'password-stdin': { kind: 'flag', help: '[password] read the password from a pipe or a file, not from the terminal' },
  'service-principal-name': {
    kind: 'text',
    value: 'NAME',
    default: 'HTTP/<host>',
    help: '[integrated] service that the ticket is for, where the federation server has another name',
  },
  'client-keytab': { kind: 'text', value: 'FILE', help: '[integrated] keytab to get tickets with, for a service' },
  'credential-cache': {
    kind: 'text',
    value: 'CACHE',
    default: 'KRB5CCNAME, or that of krb5.conf',
    help: '[integrated] where the tickets are, as FILE:/path or KCM:',
  },
  principal: {
    kind: 'text',
    value: 'NAME',
    help: '[integrated] whose of the tickets or keys there, as joe@CONTOSO.COM',
  },
  'no-ntlm': { kind: 'flag', help: '[integrated] Kerberos or nothing; auto never takes NTLM' },
  'desktop-sso': {
    kind: 'flag',
    help: '[integrated] also for users without a federation server, by seamless single sign-on of the tenant',
  },
  'federation-metadata': {
    kind: 'text',
    value: 'FILE',
    help: '[integrated, password] MEX document of the federation server, where it cannot be fetched',
  },
  'prompt-hint': { kind: 'text', value: 'TEXT', help: 'note that is shown with the prompt: what the sign-in is for' },
  prompt: {
    kind: 'choice',
    choices: PROMPTS,
    default: 'select_account',
    help: '[interactive] what the sign-in page shall ask for',
  },
  scope: {
    kind: 'list',
    value: 'SCOPE',
    default: `${DEFAULT_SCOPE}; for call, the API at the URL`,
    help: 'permission that the token shall carry; repeatable',
  },
  account: { kind: 'text', value: 'USER|ID', help: 'whose: user name or home account id, as accounts shows them' },
  domain: {
    kind: 'text',
    value: 'DOMAIN',
    help: 'only users of this domain, the part after the @; login goes straight to its page',
  },
  'force-refresh': { kind: 'flag', help: 'renew the token even if the kept one is still good' },
  all: { kind: 'flag', help: 'every account of this client ID' },
  json: { kind: 'flag', help: 'one line of JSON on stdout; a failure is one on stderr' },
  'if-needed': { kind: 'flag', help: 'ask nobody while an earlier sign-in is good for these scopes' },
  header: { kind: 'flag', help: 'print it as a header, Authorization: Bearer …, for curl --header @-' },
  names: { kind: 'flag', help: 'only the names, one a line' },
  port: { kind: 'number', value: 'N', range: [0, 65_535], default: 'a free one', help: 'port to listen on' },
  host: { kind: 'text', value: 'ADDRESS', default: 'loopback only', help: 'address to listen on' },
  scenario: { kind: 'text', value: 'FILE', help: 'JSON file with what shall go wrong, see docs/cli.md' },
  browser: { kind: 'flag', help: 'open the real browser and let a person sign in' },
  profile: {
    kind: 'text',
    value: 'NAME',
    env: 'LATCHKEY_PROFILE',
    help: 'settings to take from the profile of this name, see profiles',
  },
  'client-id': {
    kind: 'text',
    value: 'ID',
    env: 'LATCHKEY_CLIENT_ID',
    help: 'application (client) ID of the app registration',
  },
  authority: {
    kind: 'text',
    value: 'URL',
    env: 'LATCHKEY_AUTHORITY',
    default: 'https://login.microsoftonline.com/common',
    help: 'the tenant to sign in to',
  },
  'known-authority': {
    kind: 'list',
    value: 'HOST',
    help: 'host[:port] to trust without asking Microsoft about it; repeatable',
  },
  ca: { kind: 'text', value: 'FILE', help: 'PEM file with further roots to trust; NODE_EXTRA_CA_CERTS works too' },
  'proxy-integrated-authentication': {
    kind: 'flag',
    help: 'let the proxy of HTTPS_PROXY know who you are, by your ticket or Windows sign-in, when it asks with Negotiate',
  },
  'cache-name': { kind: 'text', value: 'NAME', default: DEFAULT_CACHE_NAME, help: 'name of the token cache' },
  'cache-dir': { kind: 'text', value: 'DIR', default: "latchkey in the user's data folder", help: 'where it is kept' },
  'allow-unencrypted-storage': {
    kind: 'flag',
    help: 'where no keyring or keychain can keep a key, keep tokens in a plain file that only you can read (0600)',
  },
  timeout: {
    kind: 'number',
    value: 'SECONDS',
    range: [1, 3_600],
    default: '300 for a person, 30 for a server',
    help: 'how long to wait',
  },
  verbose: { kind: 'flag', help: 'say what happens, and the causes of an error; never a token' },
  help: { kind: 'flag', help: 'show this help' },
} as const satisfies Record<string, OptionSpec>

export type OptionName = keyof typeof OPTIONS

type ValueOf<Spec extends OptionSpec> = Spec extends { kind: 'flag' }
  ? boolean
  : Spec extends { kind: 'list' }
    ? readonly string[]
    : Spec extends { kind: 'number' }
      ? number
      : Spec extends { choices: readonly (infer Choice)[] }
        ? Choice
        : string

/** The values of the options that were given or came from the environment. */
export type OptionValues = { readonly [Name in OptionName]?: ValueOf<(typeof OPTIONS)[Name]> }

/** The row of an option. */
export function optionSpec(name: OptionName): OptionSpec {
  return OPTIONS[name]
}

/** Which application, which tenant and which cache: the options that each command about tokens takes. */
export const CONNECTION_OPTIONS = [
  'profile',
  'client-id',
  'authority',
  'known-authority',
  'ca',
  'proxy-integrated-authentication',
  'cache-name',
  'cache-dir',
  'allow-unencrypted-storage',
  'timeout',
] as const satisfies readonly OptionName[]

/** Whose credentials the flow integrated uses. */
export const KERBEROS_OPTIONS = [
  'client-keytab',
  'credential-cache',
  'principal',
] as const satisfies readonly OptionName[]

/** What only the flow integrated takes. */
export const INTEGRATED_OPTIONS = [
  ...KERBEROS_OPTIONS,
  'service-principal-name',
  'no-ntlm',
  'desktop-sso',
] as const satisfies readonly OptionName[]

/** What every command takes. */
export const GENERAL_OPTIONS = ['verbose', 'help'] as const satisfies readonly OptionName[]
