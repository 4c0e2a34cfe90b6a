/** Which programs open a URL on this system, in the order to try them. Pure: nothing is started here. */

/** A program and its arguments, the URL among them. No shell ever sees them. */
export interface BrowserCommand {
  readonly command: string
  readonly args: readonly string[]
}

/** What the choice depends on. */
export interface Desktop {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  /** Default: no. */
  isContainer?: boolean
  /** Default: as the environment says, which services and sudo have lost. */
  isWsl?: boolean
}

/** Edge in preference to whatever the user's default browser is, or no preference. */
export type BrowserPreference = 'default' | 'edge' | 'edgeProtocol'

/** Every command worth trying, best first. */
export function browserCommands(
  url: URL,
  desktop: Desktop,
  preference: BrowserPreference = 'default',
): BrowserCommand[] {
  const { href } = url
  const { platform, env } = desktop
  const edge = preference === 'default' ? [] : edgeCommands(href, { platform, env }, preference)
  if (platform === 'win32') return [...edge, windowsHandler(href, env)]
  if (platform === 'darwin') return [...edge, { command: '/usr/bin/open', args: [href] }]
  return [...edge, ...browserVariable(href, env), ...linuxCommands(href, isWsl(desktop))]
}

function linuxCommands(href: string, isInWsl: boolean): BrowserCommand[] {
  const openers = ['xdg-open', 'gnome-open'].map(command => ({ command, args: [href] }))
  const browsers = ['microsoft-edge', 'wslview', 'x-www-browser', 'chromium', 'google-chrome', 'firefox']
  return [
    ...openers,
    // Without the verb it opens a file manager.
    { command: 'kfmclient', args: ['exec', href] },
    ...browsers.map(command => ({ command, args: [href] })),
    ...(isInWsl ? [{ command: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', href] }] : []),
  ]
}

// A list separated by colons; each entry is a command line in which %s stands for the URL, which goes last without it.
function browserVariable(href: string, env: NodeJS.ProcessEnv): BrowserCommand[] {
  return (env.BROWSER ?? '').split(':').flatMap(entry => {
    const [command, ...words] = entry.split(/\s+/).filter(word => word !== '')
    if (command === undefined) return []
    const args = words.map(word => word.replaceAll('%s', () => href))
    return [{ command, args: entry.includes('%s') ? args : [...args, href] }]
  })
}

function edgeCommands(href: string, { platform, env }: Desktop, preference: BrowserPreference): BrowserCommand[] {
  if (platform === 'darwin') return [{ command: '/usr/bin/open', args: ['-a', 'Microsoft Edge', href] }]
  if (platform !== 'win32')
    return ['microsoft-edge', 'microsoft-edge-stable'].map(command => ({ command, args: [href] }))
  const protocol = windowsHandler(`microsoft-edge:${href}`, env)
  if (preference === 'edgeProtocol') return [protocol]
  const programs = programFolders(env).map(folder => ({
    command: `${folder}\\Microsoft\\Edge\\Application\\msedge.exe`,
    args: [href],
  }))
  return [...programs, protocol]
}

/** Where Windows has programs, for all users and for this one. */
export function programFolders(env: NodeJS.ProcessEnv): string[] {
  const folders = [env['ProgramFiles(x86)'], env.ProgramFiles, env.LOCALAPPDATA]
  return folders.filter(folder => folder !== undefined && folder !== '') as string[]
}

function windowsHandler(href: string, env: NodeJS.ProcessEnv): BrowserCommand {
  // By its whole path: the current folder, which Windows searches first, may be anybody's.
  const system = env.SystemRoot ?? 'C:\\Windows'
  return { command: `${system}\\System32\\rundll32.exe`, args: ['url.dll,FileProtocolHandler', href] }
}

/** Why no browser can be expected here, or `undefined` when one can. `$BROWSER` overrides the guess. */
export function whyNoBrowser(desktop: Desktop): string | undefined {
  const { platform, env } = desktop
  if (platform === 'win32') return undefined
  // MSAL's rule: root's browser is not the user's, and browsers refuse to run as root.
  if (platform !== 'darwin' && env.SUDO_USER?.trim())
    return 'a browser cannot be opened under sudo; run the program as the user'
  if (platform !== 'darwin' && env.BROWSER?.trim()) return undefined
  if (env.SSH_CONNECTION || env.SSH_TTY) return 'this is an SSH session'
  if (platform === 'darwin' || env.DISPLAY || env.WAYLAND_DISPLAY) return undefined
  // Before WSL: Docker there has its kernel, and not its way to the browsers of Windows.
  if (desktop.isContainer) return 'this is a container without a desktop (neither DISPLAY nor WAYLAND_DISPLAY is set)'
  return isWsl(desktop) ? undefined : 'there is no desktop (neither DISPLAY nor WAYLAND_DISPLAY is set)'
}

function isWsl({ env, isWsl = Boolean(env.WSL_DISTRO_NAME || env.WSL_INTEROP) }: Desktop): boolean {
  return isWsl
}
