/** `GET /error?code=…`: what an AADSTS number means; `error_uri` in error bodies points here. */
import { AADSTS } from '../aadsts.js'
import { page } from '../answers.js'
import type { Exchange, Reply } from '../exchange.js'
import { errorPage } from '../pages/index.js'

export function error(exchange: Exchange): Reply {
  const code = exchange.query.get('code') ?? ''
  const entry = Object.hasOwn(AADSTS, code) ? AADSTS[Number(code)] : undefined
  if (!entry) return page(404, errorPage({ title: 'Unknown error', message: 'There is no such number.', details: {} }))
  const details = { error: entry.error, ...(entry.suberror === undefined ? {} : { suberror: entry.suberror }) }
  return page(200, errorPage({ title: `AADSTS${code}`, message: entry.text.replaceAll('{0}', '…'), details }))
}
