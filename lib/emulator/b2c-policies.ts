/** The policies (user flows) of the tenant's B2C. */

/**
 * `pages`: signs in in the browser · `editProfile`: the same, and then lets the user edit the profile · `password`: takes
 * user name and password at the token endpoint.
 */
export type B2cPolicyKind = 'pages' | 'editProfile' | 'password'

export interface B2cPolicy {
  /** As it was written, for the `tfp` claim. */
  readonly name: string
  readonly kind: B2cPolicyKind
}

/** The policy that signs users in. */
export const SIGN_IN_POLICY = 'b2c_1_susi'

const KINDS: readonly B2cPolicyKind[] = ['pages', 'editProfile', 'password']
const DEFAULTS: Readonly<Record<string, B2cPolicyKind>> = {
  [SIGN_IN_POLICY]: 'pages',
  b2c_1_edit_profile: 'editProfile',
  b2c_1_ropc: 'password',
}
const POLICY_NAME = /^b2c_1a?_[\w-]{1,100}$/i

/** The default policies and the given ones, by lower-case name. @throws {TypeError} for what cannot be a policy. */
export function namePolicies(given: Readonly<Record<string, B2cPolicyKind>>): Map<string, B2cPolicy> {
  const all = Object.entries({ ...DEFAULTS, ...given })
  for (const [name, kind] of all) {
    if (!POLICY_NAME.test(name)) throw new TypeError(`a B2C policy is called b2c_1_…, not '${name}'`)
    if (!KINDS.includes(kind)) throw new TypeError(`the B2C policy '${name}' must be one of ${KINDS.join(', ')}`)
  }
  return new Map(all.map(([name, kind]) => [name.toLowerCase(), { name, kind }]))
}
