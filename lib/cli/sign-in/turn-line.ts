/** The line between the program whose turn it is and those who wait: who prompts, and then who signed in. */
import net from 'node:net'

/** What those who wait know. */
export interface Waiting {
  /** Process that prompts; 0 when it did not say. */
  readonly pid: number
  readonly note: string | undefined
  /** Resolves when the turn is over: with the home account id of who signed in, with `undefined` when nobody did. */
  readonly over: Promise<string | undefined>
}

// A program that is stopped in its terminal accepts nobody, but the system connects on its behalf.
const GREETING_MS = 1_000
const MAX_LINE_BYTES = 4_096

/**
 * Listens on `address`, greets whoever comes, and resolves with what ends the turn.
 *
 * @throws what listening throws.
 */
export async function announceTurn(
  address: string,
  note: string | undefined,
): Promise<(homeAccountId?: string) => Promise<void>> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket)
    // Whoever leaves early is no concern of the sign-in, and none of them keeps this program running.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket
      .unref()
      .resume()
      .write(`${JSON.stringify({ pid: process.pid, note })}\n`)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(address, resolve))
  server.unref()
  return async homeAccountId => {
    // First nobody else can join, then those who did are told.
    server.close()
    const last = homeAccountId === undefined ? '' : `${JSON.stringify({ homeAccountId })}\n`
    await Promise.all([...sockets].map(socket => new Promise<void>(resolve => socket.end(last, resolve))))
    for (const socket of sockets) socket.destroy()
  }
}

/** Joins the turn at `address`; resolves with `undefined` when nobody listens there. */
export async function joinTurn(address: string, signal: AbortSignal): Promise<Waiting | undefined> {
  const socket = await connected(address)
  if (socket === undefined) return undefined
  let greet = (_line: Record<string, unknown> | undefined): void => {}
  const greeting = new Promise<Record<string, unknown> | undefined>(resolve => {
    greet = resolve
  })
  const timer = setTimeout(() => greet({}), GREETING_MS)
  const over = listen(socket, signal, line => greet(line)).finally(() => greet(undefined))
  // It may be over before anybody asks.
  over.catch(() => {})
  const first = await greeting
  clearTimeout(timer)
  signal.throwIfAborted()
  // Closed without a word: that turn ended just now.
  if (first === undefined) return undefined
  const { pid, note } = first
  return {
    pid: Number.isSafeInteger(pid) ? Number(pid) : 0,
    note: typeof note === 'string' ? note : undefined,
    over,
  }
}

function connected(address: string): Promise<net.Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(address)
    socket.once('connect', () => resolve(socket.off('error', reject)))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const isNobody = error.code === 'ECONNREFUSED' || error.code === 'ENOENT'
      if (isNobody) resolve(undefined)
      else reject(error)
    })
  })
}

/** Hears all lines and resolves, when the line is closed, with the account that one of them named. */
async function listen(
  socket: net.Socket,
  signal: AbortSignal,
  onLine: (line: Record<string, unknown>) => void,
): Promise<string | undefined> {
  let homeAccountId: string | undefined
  let text = ''
  const onAbort = () => socket.destroy()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    for await (const chunk of socket.setEncoding('utf8')) {
      text += chunk
      if (text.length > MAX_LINE_BYTES) return undefined
      const lines = text.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines.map(parsed)) {
        if (typeof line.homeAccountId === 'string') homeAccountId = line.homeAccountId
        else onLine(line)
      }
    }
  } catch {
    // A line that breaks is one that ends.
  } finally {
    socket.destroy()
    signal.removeEventListener('abort', onAbort)
  }
  signal.throwIfAborted()
  return homeAccountId
}

function parsed(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
