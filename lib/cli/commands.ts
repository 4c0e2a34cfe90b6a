/** The table of commands: summary, options and examples for the help, and where the code is, which is loaded at first use. */
import type { Command } from './context.js'
import {
  CONNECTION_OPTIONS,
  GENERAL_OPTIONS,
  INTEGRATED_OPTIONS,
  KERBEROS_OPTIONS,
  type OptionName,
} from './options.js'

/** One row of the table. */
export interface CommandSpec {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** A paragraph for the help of the command. */
  readonly description: string
  /** What has to follow its name before the options, if anything. */
  readonly argument?: { readonly name: string; readonly help: string; readonly choices?: readonly string[] }
  /** Its own options, in the order of the help. */
  readonly options: readonly OptionName[]
  /** It also takes the options that say which application, tenant and cache. */
  readonly connects: boolean
  /** What follows the name of the program. */
  readonly examples: readonly string[]
  readonly load: () => Promise<Command>
}

const LOGIN = [
  'Signs in whom Windows or a Kerberos ticket knows, without a prompt; else opens the browser on the sign-in page, or shows a code for another device, and waits for you.',
  'The tokens are kept for the other commands, encrypted with the help of the system, and it says where; --json prints who signed in, never a token.',
  'Logins for the same at the same time prompt once; with LATCHKEY_NO_USER=1 nobody is asked, and exit code 3 says that somebody has to be.',
  '--flow password is not recommended: it gives up the second factor and single sign-on, a password can be phished and used again, and somebody has to have consented before.',
  'It is fine for test accounts in DevOps; prefer device-code, or integrated.',
].join(' ')

export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'demo',
    summary: 'see the whole story on a tenant that runs inside this program',
    description:
      'Starts a tenant on this machine, signs a user in with the authorization-code flow and PKCE, keeps the token, finds it again, renews it and calls an API with it. Nothing leaves this machine; it ends by itself.',
    options: ['browser'],
    connects: false,
    examples: ['demo', 'demo --browser'],
    load: async () => (await import('./demo/demo.js')).demo,
  },
  {
    name: 'emulator',
    summary: 'run a tenant on this machine, for tests and trials',
    description:
      'Starts a tenant over TLS with users, passwords and a CA of its own, and says how to reach it. It runs until Ctrl-C or SIGTERM, which end it with exit code 0.',
    options: ['port', 'host', 'scenario', 'json'],
    connects: false,
    examples: ['emulator', 'emulator --port 8443 --json'],
    load: async () => (await import('./emulator.js')).emulator,
  },
  {
    name: 'login',
    summary: 'sign in and keep the tokens for the other commands',
    description: LOGIN,
    options: [
      'flow',
      'username',
      'account',
      'domain',
      'scope',
      'if-needed',
      'prompt',
      'qr',
      'password-stdin',
      ...INTEGRATED_OPTIONS,
      'federation-metadata',
      'prompt-hint',
      'json',
    ],
    connects: true,
    examples: [
      'login --client-id ID',
      'login --scope User.Read --scope Mail.Read',
      'login --flow device-code --qr',
      'login --client-keytab FILE --username USER',
      'login --if-needed',
      'login --username USER --password-stdin < FILE',
    ],
    load: async () => (await import('./login.js')).login,
  },
  {
    name: 'token',
    summary: 'print an access token, without asking anybody',
    description:
      'Prints an access token of a user who has signed in before, renewed if it is old. It never prompts: exit code 3 means that the user is needed, and says which login to run.',
    options: ['scope', 'account', 'domain', 'force-refresh', 'header', 'json'],
    connects: true,
    examples: [
      'token --scope User.Read',
      'token --account alice@contoso.com --json',
      'token --header | curl --header @- URL',
    ],
    load: async () => (await import('./token.js')).token,
  },
  {
    name: 'call',
    summary: 'get a URL of an API with an access token',
    description:
      'Sends one GET with an access token of a user who has signed in before, and prints the answer as it came. Without --scope the token is for the API at the origin of the URL. It never prompts, never sends the token to another origin, and ends with exit code 1 when the API answers 400 or more.',
    argument: { name: 'URL', help: 'what to get: https, or http on this machine' },
    options: ['scope', 'account', 'domain', 'json'],
    connects: true,
    examples: ['call https://graph.microsoft.com/v1.0/me', 'call https://api.contoso.com --scope api://ID/Read'],
    load: async () => (await import('./call.js')).call,
  },
  {
    name: 'accounts',
    summary: 'list who is signed in',
    description:
      'Lists the accounts that tokens are kept for, and says on stderr where and how they are kept. Asks nothing of the network.',
    options: ['domain', 'json'],
    connects: true,
    examples: ['accounts', 'accounts --domain contoso.com --json'],
    load: async () => (await import('./accounts.js')).accounts,
  },
  {
    name: 'logout',
    summary: 'forget an account and its tokens',
    description:
      'Removes an account and its tokens from the cache and says what was removed, from where, and how it was kept there. The session of the browser stays.',
    options: ['account', 'domain', 'all', 'json'],
    connects: true,
    examples: ['logout', 'logout --account alice@contoso.com', 'logout --all'],
    load: async () => (await import('./logout.js')).logout,
  },
  {
    name: 'diagnose',
    summary: 'check what a sign-in depends on',
    description:
      'Looks at Node, the native addon, the token cache and its encryption, proxy, certificates, the authority, the clock, the Kerberos ticket, the federation server, browser and display, and says what is wrong and what to do. It sends no credential and no ticket, but to a proxy what the options say; where the authority is of an organization and a user is known, it asks where that user signs in. Exit code 1 means that a check failed; with --flow, one of what that flow needs.',
    options: ['flow', 'username', ...KERBEROS_OPTIONS, 'desktop-sso', 'json'],
    connects: true,
    examples: ['diagnose --json', 'diagnose --flow interactive', 'diagnose --flow integrated --username USER'],
    load: async () => (await import('./diagnose.js')).diagnose,
  },
  {
    name: 'profiles',
    summary: 'list the profiles, and where they are kept',
    description:
      'Lists the sets of options that --profile NAME or LATCHKEY_PROFILE choose from, marks the one in force and says which file has them. What is typed wins, then the environment, then the profile.',
    options: ['profile', 'names', 'json'],
    connects: false,
    examples: ['profiles', 'token --profile work'],
    load: async () => (await import('./profiles/profiles.js')).profiles,
  },
  {
    name: 'completion',
    summary: 'print a script that completes commands in a shell',
    description:
      'Prints a script for bash, zsh or fish, to be read when the shell starts. It completes commands, options, their values and the names of profiles.',
    argument: { name: 'SHELL', help: 'bash, zsh or fish', choices: ['bash', 'zsh', 'fish'] },
    options: [],
    connects: false,
    examples: ['completion bash', 'completion fish'],
    load: async () => (await import('./completion/completion.js')).completion,
  },
]

/** Every option of a command. */
export function optionsOf(command: CommandSpec): readonly OptionName[] {
  return [...command.options, ...(command.connects ? CONNECTION_OPTIONS : []), ...GENERAL_OPTIONS]
}
