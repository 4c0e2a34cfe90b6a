/** The profile of a user, as a form of B2C edits it. */
import type { EmulatedUser } from './accounts.js'
import { EntraError } from './entra-error.js'
import type { Parameters } from './parameters.js'

const MAX_LENGTH = 256

/**
 * Takes over what the form of the page says: `displayName`, and `givenName` and `surname`, which may be empty.
 *
 * @throws {EntraError} to be shown on the page – 90100 a field.
 */
export function editProfile(user: EmulatedUser, form: Parameters): void {
  const name = readText(form, 'displayName')
  const givenName = readText(form, 'givenName', '')
  const surname = readText(form, 'surname', '')
  Object.assign(user, { name, givenName, surname })
}

/** A field of a form, without the blanks around it; empty only if there is something `otherwise`. @throws {EntraError} 90100. */
export function readText(form: Parameters, field: string, otherwise?: string): string {
  const text = (form.get(field)?.trim() || otherwise) ?? ''
  if ((text === '' && otherwise === undefined) || text.length > MAX_LENGTH)
    throw new EntraError(90100, { detail: field })
  return text
}
