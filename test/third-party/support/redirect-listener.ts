/** The redirect URI of an application that runs the browser itself: a listener that takes one answer by query. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RedirectListener extends AsyncDisposable {
  redirectUri: string
  /** The redirect URI with the parameters that came; rejects after 30 s. */
  answered: Promise<URL>
}

/** Listens on a free loopback port. */
export async function listenForRedirect(): Promise<RedirectListener> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
  const redirectUri = `http://localhost:${(server.address() as AddressInfo).port}/signed-in`
  const answered = new Promise<URL>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('No answer came to the redirect URI within 30 s')), 30_000)
    server.once('close', () => clearTimeout(timer))
    server.once('request', (request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Done</title>')
      resolve(new URL(request.url ?? '/', redirectUri))
    })
  })
  return {
    redirectUri,
    answered,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
