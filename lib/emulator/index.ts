/** A fake Entra tenant in a process, for demos and offline tests; published as `latchkey/emulator`. */
/// <reference types="node" preserve="true" />
export type { AccountKind, EmulatedUser, UserOptions } from './accounts.js'
export type { AppOptions } from './apps.js'
export type { B2cPolicyKind } from './b2c-policies.js'
export type { Clock } from './clock.js'
export type { RouteName } from './exchange.js'
export type { FederationSwitches, TrustEndpoint } from './federation-switches.js'
export type {
  NegotiateAcceptor,
  NegotiateConnection,
  NegotiateLeg,
  NegotiateVerdict,
} from './negotiate/acceptor.js'
export type { RecordedRequest, RequestNotes } from './request-log.js'
export type { AnswerEdit, AnswerName, Fault, Patch, Scenario, ScenarioPatch, UserSwitches } from './scenario.js'
export { startTenant } from './start-tenant.js'
export type { Tenant, TenantOptions } from './tenant-options.js'
export type { FaultName } from './wstrust/fault.js'
