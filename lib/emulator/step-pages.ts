/** Shows the page of a sign-in's step, with what it needs to know. */
import { page } from './answers.js'
import { dialectOf } from './dialects/index.js'
import type { Reply } from './exchange.js'
import type { Flow } from './flows.js'
import {
  accountPickerPage,
  confirmPage,
  consentPage,
  type Form,
  mfaPage,
  profilePage,
  signInPage,
  signUpPage,
} from './pages/index.js'
import { GRAPH_RESOURCE, type ScopeRequest } from './scopes.js'
import type { Session } from './sessions.js'
import type { TenantState } from './tenant-state.js'

/** The name of the field that Cancel submits, on every page but the consent. */
export const CANCEL = 'cancel'

/** The name of the field that says that the user forgot the password. */
export const FORGOT = 'forgot'

/** The name of the field that says that the user has an account, and need not sign up. */
export const HAS_ACCOUNT = 'has_account'

/** The page of the flow's step; `error` is the refusal of the last attempt. */
export function showStep(state: TenantState, flow: Flow, session: Session | undefined, error?: string): Reply {
  return page(200, render(state, flow, session, error === undefined ? {} : { error }))
}

function render(state: TenantState, flow: Flow, session: Session | undefined, refusal: { error?: string }): string {
  const form: Form = { action: `${flow.place.base}/login`, hidden: { flowToken: flow.token, canary: flow.canary } }
  const appName = flow.end.app.name
  const user = flow.authentication?.user
  const username = user?.username ?? flow.username ?? ''
  switch (flow.step) {
    case 'pickAccount': {
      const accounts = [...(session?.accounts.values() ?? [])].map(known => ({
        username: known.user.username,
        name: known.user.name,
        signedIn: true,
      }))
      return accountPickerPage({ form, appName, tenantName: state.name, accounts })
    }
    case 'signIn':
      return signInPage({
        ...{ form, appName, tenantName: state.name, username, cancelName: CANCEL },
        ...(dialectOf(flow.place).forgotPassword ? { forgotName: FORGOT } : {}),
        ...refusal,
      })
    case 'signUp':
      return signUpPage({
        ...{ form, appName, tenantName: state.name, username, displayName: flow.displayName ?? '' },
        ...{ cancelName: CANCEL, hasAccountName: HAS_ACCOUNT },
        ...refusal,
      })
    case 'editProfile':
      return profilePage({
        ...{ form, appName, username, cancelName: CANCEL },
        displayName: flow.displayName ?? user?.name ?? '',
        givenName: user?.givenName ?? '',
        surname: user?.surname ?? '',
        ...refusal,
      })
    case 'mfa': {
      // There is no telephone to send it to.
      const codeHint = `This is an emulator, so the code is here: ${user?.otc ?? ''}`
      return mfaPage({ form, appName, username, codeHint, ...refusal })
    }
    case 'consent':
      return consentPage({
        form,
        appName,
        username,
        ...(flow.end.forEveryone && { everyoneOf: state.name }),
        resources: describeResources(flow.request.scopes),
      })
    case 'confirm':
      return confirmPage({ form, appName, username, userCode: flow.end.userCode ?? '' })
  }
}

/** Everything that is asked for, of all resources; the OpenID scopes come first. */
function describeResources(request: ScopeRequest): Parameters<typeof consentPage>[0]['resources'] {
  const openid = { resource: 'Your account', scopes: request.oidc }
  return [...(request.oidc.length > 0 ? [openid] : []), ...request.resources].map(({ resource, scopes }) => ({
    name: resource === GRAPH_RESOURCE ? 'Microsoft Graph' : resource,
    scopes: scopes.map(name => ({ name, description: DESCRIPTIONS[name.toLowerCase()] ?? `Use ${name} as you` })),
  }))
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  openid: 'Sign you in',
  profile: 'See your name and user name',
  email: 'See your e-mail address',
  offline_access: 'Keep access to what you allow, also while you are away',
  'user.read': 'Sign you in and read your profile',
  'user.readwrite': 'Read and change your profile',
  'mail.read': 'Read your mail',
  'mail.send': 'Send mail as you',
  'calendars.read': 'Read your calendars',
  'files.read': 'Read your files',
  '.default': 'Everything that the app was registered for',
  user_impersonation: 'Use the service as you',
}
