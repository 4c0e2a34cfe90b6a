/** Random secrets, and GUIDs that stay the same from one start to the next. */
import { createHash, randomBytes } from 'node:crypto'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Is this a GUID in its usual 8-4-4-4-12 form? */
export function isGuid(text: string): boolean {
  return GUID.test(text)
}

/**
 * The same GUID for the same name, each time.
 * Tenants, users and apps keep their ids over a restart, so that a token cache on disk still fits them.
 */
export function stableGuid(name: string): string {
  const hash = createHash('sha256').update(name.toLowerCase()).digest('hex')
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

/** An unguessable opaque text of 43 characters and up, safe in URLs. */
export function randomSecret(prefix = ''): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** A password that Entra's rules would take, new at each start. */
export function randomPassword(): string {
  return `Pw1!${randomBytes(12).toString('base64url')}`
}

/** Another subject for each app, so that apps cannot put their users together. (OIDC Core § 8.1) */
export function pairwiseSubject(userId: string, clientId: string): string {
  return createHash('sha256').update(`${userId} ${clientId.toLowerCase()}`).digest('base64url')
}
