/** Whether this machine has a KDC and an acceptor to test against; scripts/rings.mjs asks the same before the ring runs. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** True with Debian's packages krb5-kdc, krb5-admin-server, krb5-user, python3-gssapi and faketime. */
export function hasKerberos(): boolean {
  const programs = ['/usr/sbin/krb5kdc', '/usr/sbin/kadmin.local', '/usr/bin/kinit', '/usr/bin/faketime']
  return programs.every(existsSync) && spawnSync('/usr/bin/python3', ['-c', 'import gssapi']).status === 0
}
