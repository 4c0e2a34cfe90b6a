/** Makes token caches of any size: per account one access, refresh and ID token of real lengths, about 5.8 kB, all valid for years. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const CLIENT_ID = '11111111-2222-4333-8444-555555555555'
export const TENANT_ID = '7f3a1c52-90d4-4e6b-8a11-2b64d8f0c935'
export const AUTHORITY = `https://login.microsoftonline.com/${TENANT_ID}`
export const SCOPES = ['User.Read']

/** What MSAL.NET and the libraries for Node call the public cloud in a cache. */
const ENVIRONMENT = 'login.windows.net'
const TARGET = 'Calendars.Read Mail.Read User.Read profile openid email'
const NOW = Math.floor(Date.now() / 1000)
const EXPIRES = NOW + 3 * 365 * 24 * 60 * 60

/**
 * Writes `cache-<n>.json`, the cache, and `accounts-<n>.json`, the accounts as an application would have kept them: every
 * subject takes its accounts from there. Returns both paths. `environment` is what the subject would have called the cloud.
 */
export function writeCache(folder, n, environment = ENVIRONMENT) {
  const users = Array.from({ length: n }, (_, index) => userOf(index))
  const cacheFile = join(folder, `cache-${n}-${environment}.json`)
  const accountsFile = join(folder, `accounts-${n}-${environment}.json`)
  writeFileSync(cacheFile, JSON.stringify(cacheOf(users, environment)))
  writeFileSync(accountsFile, JSON.stringify(users.map(user => accountOf(user, environment))))
  return { cacheFile, accountsFile }
}

/**
 * What the token endpoint answers when it renews the tokens of the account of this number. `time` makes the tokens other
 * ones than those of the time before, of the same length.
 */
export function answerFor(index, time) {
  const user = userOf(index)
  return {
    token_type: 'Bearer',
    scope: TARGET,
    expires_in: EXPIRES - NOW,
    ext_expires_in: EXPIRES - NOW,
    access_token: tokenOf(user, { scp: TARGET, nonce: opaque(user, `access ${time}`, 10) }, 680),
    refresh_token: `1.${opaque(user, `refresh ${time}`, 900)}`,
    id_token: tokenOf(user, { aud: CLIENT_ID }, 342),
    client_info: base64url({ uid: user.objectId, utid: TENANT_ID }),
  }
}

/** The cache with another access token of one account, as another process would leave it behind. */
export function withForeignWrite(cache, index, time) {
  const homeAccountId = homeAccountIdOf(userOf(index))
  const changed = structuredClone(cache)
  const token = Object.values(changed.AccessToken).find(({ home_account_id }) => home_account_id === homeAccountId)
  token.secret = answerFor(index, time).access_token
  return changed
}

function userOf(index) {
  const hash = createHash('sha256').update(`user ${index}`).digest('hex')
  const objectId = [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ]
  const username = `user${index}@contoso.onmicrosoft.com`
  return { index, objectId: objectId.join('-'), username, name: `User ${index} of Contoso` }
}

const homeAccountIdOf = ({ objectId }) => `${objectId}.${TENANT_ID}`

const accountOf = (user, environment) => ({
  homeAccountId: homeAccountIdOf(user),
  localAccountId: user.objectId,
  environment,
  tenantId: TENANT_ID,
  username: user.username,
  name: user.name,
})

/** The unified schema that all MSALs share; every value is a string, since MSAL.NET refuses anything else. */
function cacheOf(users, environment) {
  const cache = { AccessToken: {}, RefreshToken: {}, IdToken: {}, Account: {}, AppMetadata: {} }
  for (const user of users) {
    const home_account_id = homeAccountIdOf(user)
    const client_info = base64url({ uid: user.objectId, utid: TENANT_ID })
    const owner = { home_account_id, environment, client_info }
    const credential = { ...owner, client_id: CLIENT_ID }
    const key = `${home_account_id}-${environment}`
    cache.AccessToken[`${key}-accesstoken-${CLIENT_ID}-${TENANT_ID}-${TARGET}`.toLowerCase()] = {
      ...credential,
      credential_type: 'AccessToken',
      secret: tokenOf(user, { scp: TARGET }, 680),
      realm: TENANT_ID,
      target: TARGET,
      token_type: 'Bearer',
      cached_at: `${NOW}`,
      expires_on: `${EXPIRES}`,
      extended_expires_on: `${EXPIRES}`,
      ext_expires_on: `${EXPIRES}`,
    }
    cache.RefreshToken[`${key}-refreshtoken-${CLIENT_ID}--`.toLowerCase()] = {
      ...credential,
      credential_type: 'RefreshToken',
      secret: `1.${opaque(user, 'refresh', 900)}`,
    }
    cache.IdToken[`${key}-idtoken-${CLIENT_ID}-${TENANT_ID}-`.toLowerCase()] = {
      ...credential,
      credential_type: 'IdToken',
      secret: tokenOf(user, { aud: CLIENT_ID }, 342),
      realm: TENANT_ID,
    }
    cache.Account[`${key}-${TENANT_ID}`.toLowerCase()] = {
      ...owner,
      realm: TENANT_ID,
      local_account_id: user.objectId,
      username: user.username,
      name: user.name,
      authority_type: 'MSSTS',
    }
  }
  cache.AppMetadata[`appmetadata-${environment}-${CLIENT_ID}`] = {
    environment,
    client_id: CLIENT_ID,
    family_id: '',
  }
  return cache
}

/** A JWT as far as anybody but its resource looks at it. */
function tokenOf(user, claims, signatureLength) {
  const common = { iss: `${AUTHORITY}/v2.0`, tid: TENANT_ID, oid: user.objectId, sub: opaque(user, 'sub', 43) }
  const named = { preferred_username: user.username, name: user.name, iat: NOW, nbf: NOW, exp: EXPIRES, ver: '2.0' }
  const payload = base64url({ ...common, ...named, ...claims, uti: opaque(user, 'uti', 22) })
  return `${base64url({ typ: 'JWT', alg: 'RS256', kid: 'benchmark' })}.${payload}.${opaque(user, 'signature', signatureLength)}`
}

/** Text without meaning, the same at each run and different for each user. */
function opaque(user, purpose, length) {
  const outputLength = Math.ceil((length * 3) / 4)
  const bytes = createHash('shake256', { outputLength }).update(`${purpose} ${user.index}`).digest('base64url')
  return bytes.slice(0, length)
}

const base64url = value => Buffer.from(JSON.stringify(value)).toString('base64url')
