/** Whether this machine has a KDC and an acceptor to test against; scripts/ring-needs.mjs asks the same before the ring runs. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** True with Debian's packages krb5-kdc, krb5-admin-server, krb5-user, python3-gssapi and faketime. */
export function hasKerberos(): boolean {
  const programs = ['/usr/sbin/krb5kdc', '/usr/sbin/kadmin.local', '/usr/bin/kinit', '/usr/bin/faketime']
  return programs.every(existsSync) && spawnSync('/usr/bin/python3', ['-c', 'import gssapi']).status === 0
}

/** True with Debian's packages samba-ad-dc and samba-ad-provision, and as root, who alone can make a domain there. */
export function hasSamba(): boolean {
  const files = ['/usr/sbin/samba', '/usr/bin/samba-tool', '/usr/share/samba/setup/provision.ldif']
  return files.every(existsSync) && process.getuid?.() === 0
}
