/** A CONNECT proxy that wants to know who asks, and refuses in whatever form a test likes: Node's server hands a connection over after the first CONNECT. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServer as createTlsServer } from 'node:tls'
import { type Scope, until } from './machine.js'
import type { Verdict } from './negotiate.js'
import type { TestCertificate } from './tls.js'

/** One CONNECT as the proxy saw it. */
export interface SeenConnect {
  /** From 1. */
  readonly n: number
  readonly target: string
  /** All fields, as they were sent. */
  readonly fields: string
  readonly authorization: string | undefined
  /** Number of the connection, from 1. */
  readonly connection: number
}

/** An answer: the bytes of it, and what becomes of the connection. */
export interface ProxyAnswer {
  readonly bytes: string
  readonly after: 'tunnel' | 'next' | 'close' | 'endless'
}

/** How the proxy behaves. */
export interface AskingProxyOptions {
  /** What it makes of a token of Negotiate's. */
  accept(token: Buffer, socket: Socket): Verdict | Promise<Verdict>
  /** Its answer, where it differs from the usual one. */
  answer?(seen: SeenConnect, verdict: Verdict | undefined, usual: ProxyAnswer): ProxyAnswer | Promise<ProxyAnswer>
  /** Each of its bytes comes for itself. */
  inPieces?: boolean
  /** Makes it an https proxy. */
  certificate?: TestCertificate
}

/** Starts it; every host is reached on 127.0.0.1, so that names need no DNS. */
export async function startAskingProxy(scope: Scope, options: AskingProxyOptions) {
  const { accept, answer, certificate, inPieces } = options
  const seen: SeenConnect[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const serve = (client: Socket) => {
    const connection = ++connections
    sockets.add(client)
    client.on('error', () => {}).once('close', () => sockets.delete(client))
    const next = async () => {
      const fields = await headOf(client)
      if (fields === undefined) return
      const target = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(fields)?.[1] ?? ''
      const authorization = /^proxy-authorization: (.*)\r$/im.exec(fields)?.[1]
      const token = /^Negotiate (.+)$/.exec(authorization ?? '')?.[1]
      seen.push({ n: seen.length + 1, target, fields, authorization, connection })
      const asked = seen.at(-1) as SeenConnect
      const verdict = token === undefined ? undefined : await accept(Buffer.from(token, 'base64'), client)
      const usual = usualAnswer(verdict)
      const { bytes, after } = (await answer?.(asked, verdict, usual)) ?? usual
      if (inPieces === true) await writeSlowly(client, bytes)
      else client.write(bytes, 'latin1')
      if (after === 'close') client.resume().end()
      else if (after === 'endless') drip(client)
      else if (after === 'tunnel') tunnel(client, target)
      else await next()
    }
    void next()
  }
  const { key, cert } = certificate ?? {}
  const server = certificate === undefined ? createServer(serve) : createTlsServer({ key, cert }, serve)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  scope.after(close)
  const { port } = server.address() as AddressInfo
  return {
    seen,
    port,
    origin: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    connections: () => connections,
    /** Resolves once no connection is open. */
    idle: () => until(() => sockets.size === 0),
  }
}

/** What a proxy answers to a token, in the usual words. */
function usualAnswer(verdict: Verdict | undefined): ProxyAnswer {
  const { accepted = false, token } = verdict ?? {}
  const word = token === undefined ? 'Negotiate' : `Negotiate ${token.toString('base64')}`
  if (accepted) {
    const proof = token === undefined ? '' : `Proxy-Authenticate: ${word}\r\n`
    return { bytes: `HTTP/1.1 200 Connection established\r\n${proof}\r\n`, after: 'tunnel' }
  }
  return { bytes: refusal({ word }), after: 'next' }
}

/** A 407 with parts of its own. */
export function refusal({
  word = 'Negotiate',
  version = '1.1',
  fields = ['Content-Length: 18'],
  body = '<h1>who is it</h1>',
} = {}): string {
  const offers = [word, 'NTLM'].map(challenge => `Proxy-Authenticate: ${challenge}`)
  return [`HTTP/${version} 407 Proxy Authentication Required`, ...offers, ...fields, '', body].join('\r\n')
}

async function headOf(client: Socket): Promise<string | undefined> {
  let text = ''
  while (!text.endsWith('\r\n\r\n')) {
    if (client.destroyed || client.readableEnded) return undefined
    const bytes: Buffer | null = client.read()
    if (bytes === null) await Promise.race([once(client, 'readable'), once(client, 'close')]).catch(() => {})
    else text += bytes.toString('latin1')
  }
  return text
}

async function writeSlowly(client: Socket, bytes: string): Promise<void> {
  client.setNoDelay(true)
  for (const byte of bytes) {
    client.write(byte, 'latin1')
    await sleep(1)
  }
}

function drip(client: Socket): void {
  const timer = setInterval(() => client.write('.'.repeat(1_000)), 1)
  client.resume().once('close', () => clearInterval(timer))
}

function tunnel(client: Socket, target: string): void {
  const upstream = connect(Number(target.split(':').pop()), '127.0.0.1')
  upstream.on('error', () => client.destroy())
  client.once('close', () => upstream.destroy())
  client.pipe(upstream).pipe(client)
}
