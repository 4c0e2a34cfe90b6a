/**
 * Plays every other program of the machine that may knock on a loopback port: `node stray-requests.js <port> <path>`.
 * Holds 500 connections open, makes 500 requests, says `ready`, and goes on with one request after the other until it is ended.
 */
import http from 'node:http'
import { connect } from 'node:net'

const [port = '', path = '/'] = process.argv.slice(2)
const host = `localhost:${port}`
const FORM = 'application/x-www-form-urlencoded'

const REQUESTS: Array<{ method?: string; path?: string; headers?: Record<string, string>; body?: string }> = [
  { path: '/favicon.ico' },
  { path: `${path}?code=guess&state=guess` },
  { path: `${path}?error=access_denied&error_subcode=cancel&state=` },
  { method: 'POST', headers: { 'Content-Type': FORM, Origin: 'null' }, body: 'code=guess&state=guess' },
  { method: 'POST', headers: { 'Content-Type': FORM }, body: `code=${'x'.repeat(60_000)}` },
  { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"code":"guess"}' },
  { path: `${path}?code=guess&state=guess`, headers: { Host: 'evil.example' } },
  { path: '/signed-in', headers: { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' } },
]

function stray(index: number): Promise<void> {
  const { body, headers, ...options } = REQUESTS[index % REQUESTS.length] ?? {}
  return new Promise(resolve => {
    const request = http.request({
      host: '127.0.0.1',
      port,
      agent: false,
      ...options,
      headers: { Host: host, ...headers },
    })
    request.on('response', response => response.resume().on('close', resolve))
    request.on('error', () => resolve())
    request.end(body)
  })
}

for (let i = 0; i < 500; i++) {
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => {}).resume()
  socket.write(
    i % 2 === 0 ? `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9\r\n` : '\x16\x03\x01 not HTTP',
  )
}
for (let i = 0; i < 500; i += 10) await Promise.all(Array.from({ length: 10 }, (_, j) => stray(i + j)))
process.stdout.write('ready\n')
for (let i = 0; ; i++) await stray(i)
