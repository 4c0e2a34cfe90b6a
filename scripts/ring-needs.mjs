/** What rings of tests need of a machine. A need answers `undefined` when it is met, else what is missing and the command that mends it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { ELECTRON } from './setup-electron.mjs'
import { hasDotnetForWindows } from './windows-dotnet.mjs'
import { WINDOWS_NODES } from './windows-node.mjs'

export const nativeAddon = root => {
  const built = path.join(root, 'build/Release')
  if (existsSync(built) && readdirSync(built).some(name => name.endsWith('.node'))) return undefined
  return { missing: 'the native addon is not built', mend: 'sudo apt-get install g++ cmake && npm run build' }
}

const runs = (program, args) => spawnSync(program, args, { stdio: 'ignore', timeout: 60_000 }).status === 0

export const chromium = () =>
  ['chromium', 'Xvfb'].every(name => existsSync(`/usr/bin/${name}`))
    ? undefined
    : { missing: 'there is no /usr/bin/chromium, or no /usr/bin/Xvfb', mend: 'sudo apt-get install chromium xvfb' }

// Debian's own Python: msal is installed there and not in another one that may come first on the PATH.
export const pythonMsal = () =>
  runs('/usr/bin/python3', ['-c', 'import msal, msal_extensions'])
    ? undefined
    : {
        missing: '/usr/bin/python3 has no msal',
        mend: 'sudo apt-get install python3-msal python3-msal-extensions',
      }

// What MSAL Python's extensions reach a keyring with.
export const pythonSecret = () =>
  runs('/usr/bin/python3', ['-c', "import gi; gi.require_version('Secret', '1'); from gi.repository import Secret"])
    ? undefined
    : {
        missing: '/usr/bin/python3 cannot use libsecret',
        mend: 'sudo apt-get install python3-gi gir1.2-secret-1',
      }

export const pythonPty = () =>
  runs('/usr/bin/python3', ['-c', 'import pty, termios'])
    ? undefined
    : { missing: 'there is no /usr/bin/python3 to make a terminal with', mend: 'sudo apt-get install python3' }

export const kerberos = () => {
  const programs = ['/usr/sbin/krb5kdc', '/usr/sbin/kadmin.local', '/usr/bin/kinit', '/usr/bin/faketime']
  return programs.every(existsSync) && runs('/usr/bin/python3', ['-c', 'import gssapi'])
    ? undefined
    : {
        missing: 'there is no MIT KDC, or no Python that can check its tickets',
        mend: 'sudo apt-get install krb5-kdc krb5-admin-server krb5-user python3-gssapi faketime',
      }
}

export const apache = () =>
  existsSync('/usr/lib/apache2/modules/mod_auth_gssapi.so')
    ? undefined
    : {
        missing: 'there is no Apache with mod_auth_gssapi',
        mend: 'sudo apt-get install apache2 libapache2-mod-auth-gssapi',
      }

export const squid = () =>
  existsSync('/usr/lib/squid/negotiate_kerberos_auth')
    ? undefined
    : { missing: 'there is no Squid', mend: 'sudo apt-get install squid' }

export const samba = () => {
  const files = ['/usr/sbin/samba', '/usr/bin/samba-tool', '/usr/share/samba/setup/provision.ldif']
  if (!files.every(existsSync)) {
    return {
      missing: 'there is no Samba that can be a domain controller',
      mend: 'sudo apt-get install samba-ad-dc samba-ad-provision',
    }
  }
  return process.getuid() === 0
    ? undefined
    : { missing: 'Samba makes a domain for root only', mend: 'sudo npm run test:kerberos' }
}

// The programs of Debian's gnome-keyring, libsecret-tools, dbus, libglib2.0-bin, keepassxc and xvfb.
const KEYRING_PROGRAMS = [
  'gnome-keyring-daemon',
  'secret-tool',
  'dbus-daemon',
  'gdbus',
  'keepassxc',
  'keepassxc-cli',
  'Xvfb',
]

export const keyrings = () =>
  KEYRING_PROGRAMS.every(name => existsSync(`/usr/bin/${name}`)) && runs('/usr/bin/python3', ['-c', 'import gi'])
    ? undefined
    : {
        missing: 'there is no gnome-keyring, or no KeePassXC, to keep secrets in',
        mend: 'sudo apt-get install gnome-keyring libsecret-tools dbus libglib2.0-bin keepassxc xvfb python3-gi',
      }

// The programs of Debian's xvfb, x11-utils and imagemagick, and a library of each package that Electron needs.
const ELECTRON_NEEDS = {
  xvfb: '/usr/bin/Xvfb',
  'x11-utils': '/usr/bin/xwininfo',
  imagemagick: '/usr/bin/import',
  'libgtk-3-0': '/usr/lib/x86_64-linux-gnu/libgtk-3.so.0',
  libnss3: '/usr/lib/x86_64-linux-gnu/libnss3.so',
  libasound2: '/usr/lib/x86_64-linux-gnu/libasound.so.2',
  libgbm1: '/usr/lib/x86_64-linux-gnu/libgbm.so.1',
  libxss1: '/usr/lib/x86_64-linux-gnu/libXss.so.1',
}

export const electron = () => {
  const lacking = Object.keys(ELECTRON_NEEDS).filter(name => !existsSync(ELECTRON_NEEDS[name]))
  if (lacking.length > 0) {
    return { missing: `${lacking.join(', ')} not installed`, mend: `sudo apt-get install ${lacking.join(' ')}` }
  }
  return existsSync(ELECTRON)
    ? undefined
    : { missing: 'there is no Electron to run the example in', mend: 'npm run setup:electron' }
}

// The programs of Debian's xvfb, openbox, xterm, x11-utils, wmctrl, xdotool and imagemagick.
const DESKTOP_PROGRAMS = ['Xvfb', 'openbox', 'xterm', 'xprop', 'wmctrl', 'xdotool', 'import']

export const desktop = () =>
  DESKTOP_PROGRAMS.every(name => existsSync(`/usr/bin/${name}`))
    ? undefined
    : {
        missing: 'there is no X server with a window manager to show windows on',
        mend: 'sudo apt-get install xvfb openbox xterm x11-utils wmctrl xdotool imagemagick',
      }

export const dotnet = () =>
  runs('dotnet', ['--version'])
    ? undefined
    : { missing: 'there is no dotnet on the PATH', mend: 'install the .NET SDK from https://dot.net (Debian has none)' }

export const dotnetForWindows = () =>
  dotnet() ??
  (hasDotnetForWindows()
    ? undefined
    : { missing: '.NET for Windows is not in the cache of NuGet', mend: 'npm run setup:wine' })

export const msalNodeExtensions = root =>
  existsSync(path.join(root, 'test/peers/node_modules/@azure/msal-node-extensions'))
    ? undefined
    : { missing: '@azure/msal-node-extensions is not in test/peers', mend: 'npm run setup:peers' }

export const keytar = root =>
  existsSync(path.join(root, 'test/peers/node_modules/keytar/build/Release/keytar.node'))
    ? undefined
    : { missing: 'keytar is not built in test/peers', mend: 'npm run setup:debian && npm run setup:peers' }

export const redisServer = () =>
  runs('/usr/bin/redis-server', ['--version'])
    ? undefined
    : { missing: 'there is no /usr/bin/redis-server', mend: 'sudo apt-get install redis-server' }

export const strace = () =>
  runs('strace', ['--version']) ? undefined : { missing: 'there is no strace', mend: 'npm run setup:debian' }

export const xmlsec1 = () =>
  runs('xmlsec1', ['--version']) ? undefined : { missing: 'there is no xmlsec1', mend: 'npm run setup:debian' }

// A program that each of Debian's packages brings, since most of Wine's libraries come with what only recommends them.
const WINE_PROGRAMS = {
  wine64: '/usr/lib/wine/wine64',
  'g++-mingw-w64-x86-64-posix': '/usr/bin/x86_64-w64-mingw32-g++-posix',
  winbind: '/usr/bin/ntlm_auth',
  'libgssapi-krb5-2': '/usr/lib/x86_64-linux-gnu/libgssapi_krb5.so.2',
}

export const wine = () => {
  const lacking = Object.keys(WINE_PROGRAMS).filter(name => !existsSync(WINE_PROGRAMS[name]))
  if (lacking.length > 0) {
    return { missing: `${lacking.join(', ')} not installed`, mend: `sudo apt-get install ${lacking.join(' ')}` }
  }
  return WINDOWS_NODES.every(file => existsSync(file))
    ? undefined
    : { missing: 'there is no node.exe to run in Wine', mend: 'npm run setup:wine' }
}
