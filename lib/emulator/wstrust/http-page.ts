/** The pages that Windows' own HTTP server answers with before AD FS is asked. */
import type { Reply } from '../exchange.js'
import { element, escapeText, textElement } from '../xml/write.js'

const REASONS: Readonly<Record<number, readonly [title: string, why: string]>> = {
  400: ['Bad Request', 'The request is badly formed.'],
  401: ['Not Authorized', 'You are not authorized to see this. Credentials are needed.'],
  404: ['Not Found', 'There is nothing at this address.'],
  405: ['Method Not Allowed', 'The method is not one that this address takes.'],
  413: ['Payload Too Large', 'The request is larger than this server takes.'],
  415: ['Unsupported Media Type', 'The content type is not one that this endpoint takes.'],
  500: ['Internal Server Error', 'The server could not answer the request.'],
  503: ['Service Unavailable', 'The service is unavailable.'],
}

/** The page of a status. */
export function httpPage(status: number, headers: Reply['headers'] = {}): Reply {
  const [title, why] = REASONS[status] ?? [`Status ${status}`, 'The request failed.']
  const head = element('head', {}, textElement('title', title))
  const text = element('p', {}, escapeText(`HTTP Error ${status}. ${why}`))
  const body = `<!DOCTYPE html>${element('html', {}, head, element('body', {}, textElement('h2', title), text))}`
  return { status, headers: { 'Content-Type': 'text/html; charset=us-ascii', ...headers }, body }
}
