/** The key that signs tokens: one RSA key a process, since making one takes up to a second. */
import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { JWTPayload } from 'jose'
import { importPeer } from './optional-peers.js'

interface SigningKey {
  privateKey: KeyObject
  publicKey: KeyObject
  keyId: string
  /** The key as the key set shows it. */
  publicJwk: Record<string, unknown>
}

let signingKey: Promise<SigningKey> | undefined

/** Starts making the key if nobody has; does not wait for it. */
export function prepareSigningKey(): void {
  // Whoever needs the key awaits the same promise and gets the error; here nobody would.
  loadSigningKey().catch(() => undefined)
}

/** The public key as a JSON Web Key, for the key set. (RFC 7517 § 4) */
export async function publicJwk(): Promise<Record<string, unknown>> {
  return (await loadSigningKey()).publicJwk
}

/** Signs claims as a compact RS256 JWT. */
export async function signJwt(claims: Record<string, unknown>): Promise<string> {
  const [{ SignJWT }, { privateKey, keyId }] = await Promise.all([importPeer('jose'), loadSigningKey()])
  return new SignJWT(claims as JWTPayload).setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: keyId }).sign(privateKey)
}

/**
 * Checks signature and times of a JWT that the process signed, at the given time, and returns its claims.
 *
 * @throws {Error} jose's, when the token is not good.
 */
export async function verifyJwt(token: string, audience: string[], now: Date): Promise<Record<string, unknown>> {
  const [{ jwtVerify }, { publicKey }] = await Promise.all([importPeer('jose'), loadSigningKey()])
  const { payload } = await jwtVerify(token, publicKey, { algorithms: ['RS256'], audience, currentDate: now })
  return payload
}

/** The key pair itself, for what is no JWT. */
export function loadSigningKey(): Promise<SigningKey> {
  signingKey ??= generateSigningKey()
  return signingKey
}

async function generateSigningKey(): Promise<SigningKey> {
  // The callback form runs on another thread; the synchronous one would hold up every socket.
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const { exportJWK, calculateJwkThumbprint } = await importPeer('jose')
  const jwk = await exportJWK(publicKey)
  const keyId = await calculateJwkThumbprint(jwk)
  return { privateKey, publicKey, keyId, publicJwk: { ...jwk, use: 'sig', alg: 'RS256', kid: keyId } }
}
