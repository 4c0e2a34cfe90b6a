/** Who is signed in, and signing out of the cache. */
import type { CacheEdit } from '../cache/cache-edit.js'
import type { CacheView } from '../cache/cache-view.js'
import { ClientError } from '../errors.js'
import type { AccountFilter } from '../request/requests.js'
import type { AccountInfo } from '../request/result.js'
import { optionalText, requiredText } from '../request/validate.js'
import type { FlowContext } from './flow-context.js'
import { validAccount } from './silent-request.js'

const MAX_ID = 1_024

/** The environments of the application's own cloud. */
function environmentsOf(context: FlowContext): ReadonlySet<string> {
  return context.clouds.cloudForLookUp(context.authority).aliases
}

/**
 * Lists accounts, each once.
 *
 * @throws {ClientError} invalid_request – the filter is not an object, or a field of it is not a string.
 */
export async function getAccounts(context: FlowContext, filter: AccountFilter): Promise<AccountInfo[]> {
  // A user name in its place would filter nothing, and the caller would take everybody for that user.
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter)) {
    throw new ClientError('invalid_request', 'the filter must be an object', {
      hint: 'Pass { username } or leave it out.',
    })
  }
  for (const field of ['username', 'tenantId', 'environment', 'userFlow'] as const) {
    optionalText(filter[field], field, MAX_ID)
  }
  return context.cache.read(view => view.accounts({ environments: environmentsOf(context), filter }))
}

/**
 * Finds one account.
 *
 * @throws {ClientError} invalid_request – the id is not a string.
 */
export async function getAccount(context: FlowContext, homeAccountId: string): Promise<AccountInfo | undefined> {
  const id = requiredText(homeAccountId, 'homeAccountId', MAX_ID)
  const find = (view: CacheView) => view.account({ homeAccountId: id, environments: environmentsOf(context) })
  return context.cache.read(find, { homeAccountId: id })
}

/**
 * Removes an account and its tokens.
 *
 * @throws {ClientError} invalid_request – it is not an account.
 * @throws {ClientError} cache_read_failed, cache_write_failed, cache_lock_timeout – nothing was removed from the store.
 */
export async function removeAccount(context: FlowContext, account: AccountInfo): Promise<void> {
  const homeAccountId = requiredText(validAccount(account)?.homeAccountId, 'account', MAX_ID)
  const remove = (edit: CacheEdit) =>
    edit.removeAccount({ homeAccountId, username: account.username, environments: environmentsOf(context) })
  await context.cache.update(remove, { account, homeAccountId, isSignOut: true })
}
