/** The rows of the one table: what was measured, in which unit, and each library's figure. */
import { AT_ONCE } from './measures/integrated.mjs'

/** In this order; a library without any figure has no column. */
export const COLUMNS = ['latchkey', 'msal-node', 'MSAL.NET', 'MSAL Python', 'kerberos']

const number = value => value.toLocaleString('en').replaceAll(',', ' ')
const accounts = size => `${number(Number(size))} account${Number(size) === 1 ? '' : 's'}`

/** @returns a list of {what, unit, figures: {name: number}}; nothing for what was not measured. */
export function rows(results) {
  const { silent, persistent, listing, together, token, integrated, lag, install } = results
  return [
    ...(silent === undefined ? [] : hits('silent hit', silent)),
    ...(silent === undefined ? [] : [sameAccount(silent)]),
    ...(persistent === undefined ? [] : onDisk(persistent)),
    ...(listing === undefined ? [] : bySize('listing', 'ms', listing, figure => figure)),
    row('50 calls for one expired token', 'requests', together),
    row('token with a ticket, p50', 'µs', token, ({ p50Us }) => p50Us),
    ...(integrated === undefined ? [] : signIns(integrated)),
    ...(lag === undefined ? [] : lags(lag)),
    ...imports(results.import),
    row('packages besides itself', '', install, ({ packages }) => packages),
    row('installed', 'MB', install, ({ bytes }) => bytes / 1e6),
  ].filter(({ figures }) => Object.values(figures).some(figure => figure !== undefined))
}

function row(what, unit, byName = {}, figureOf = figure => figure) {
  return {
    what,
    unit,
    figures: Object.fromEntries(Object.entries(byName).map(([name, measured]) => [name, figureOf(measured)])),
  }
}

/** A row for each size that anybody was measured at. */
function bySize(what, unit, byName, figureOf) {
  const sizes = [...new Set(Object.values(byName).flatMap(Object.keys))].sort((a, b) => a - b)
  const at = size => measured => measured[size] && figureOf(measured[size])
  return sizes.map(size => row(`${what}, ${accounts(size)}`, unit, byName, at(size)))
}

function hits(what, byName) {
  const cpu = bySize(what, 'µs', byName, ({ cpuUs }) => cpuUs)
  const p50 = bySize(what, 'µs', byName, ({ p50Us }) => p50Us)
  return cpu.flatMap((one, index) => [named(one, 'CPU'), named(p50[index], 'p50')])
}

const named = ({ what, ...rest }, part) => ({ what: `${what}, ${part}`, ...rest })

const sameAccount = ({ latchkey }) =>
  row(`one and the same of ${accounts(10_000)}, p50`, 'µs', { latchkey: latchkey[10_000].p50SameUs })

/** The encrypted cache is ours alone, so that it has rows of its own. */
function onDisk({ 'latchkey, encrypted': encrypted, ...plain }) {
  return [
    ...diskRows('on disk', plain),
    ...(encrypted === undefined ? [] : diskRows('on disk, encrypted', { latchkey: encrypted })),
  ]
}

function diskRows(where, byName) {
  const part = pick => Object.fromEntries(Object.entries(byName).map(([name, measured]) => [name, pick(measured)]))
  const costs = [
    ['save', ({ save }) => save],
    ['hit after a save', ({ afterSave }) => afterSave],
    ['hit after a foreign write', ({ afterForeign }) => afterForeign],
  ]
  return [
    ...hits(
      `${where}: hit`,
      part(({ hit }) => hit),
    ),
    ...costs.flatMap(([what, pick]) => [
      row(`${where}: ${what}, ${accounts(1_000)}`, 'ms', byName, measured => pick(measured).ms),
      row(`${where}: ${what}, ${accounts(1_000)}, CPU`, 'ms', byName, measured => pick(measured).cpuMs),
    ]),
    ...bySize(
      `${where}: start`,
      'ms',
      part(({ cold }) => cold),
      ms => ms,
    ),
  ]
}

function signIns({ 'latchkey, NTLM': ntlm, ...byName }) {
  return ['first', 'again'].flatMap(which => {
    const what = `integrated sign-in, the ${which === 'first' ? 'first' : 'next'}`
    return [
      row(what, 'requests', byName, measured => measured[which].requests),
      row(`${what}, p50`, 'ms', byName, measured => measured[which].p50Ms),
      row(`${what}, with NTLM`, 'requests', ntlm && { latchkey: ntlm[which].requests }),
    ]
  })
}

function lags({ addon, fake }) {
  const parts = [
    ['p50', ({ p50Ms }) => p50Ms],
    ['p99', ({ p99Ms }) => p99Ms],
    ['longest', ({ maxMs }) => maxMs],
  ]
  return parts.flatMap(([part, pick]) => [
    row(`event-loop lag of ${AT_ONCE} at once, ${part}`, 'ms', { latchkey: pick(addon) }),
    row(`the same with a fake addon, ${part}`, 'ms', { latchkey: pick(fake) }),
  ])
}

function imports({ bare: _, ...byName } = {}) {
  return [
    row('import, over bare node', 'ms', byName, ({ wallMs }) => wallMs),
    row('import, over bare node, CPU', 'ms', byName, ({ cpuMs }) => cpuMs),
  ]
}
