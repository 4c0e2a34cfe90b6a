/** TLS sessions that are kept: how long, and how many. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TlsSessions } from '#lib/http/tls-sessions.js'

const HOUR_MS = 3_600_000
const session = (handshakeMs: number) => ({ session: Buffer.alloc(1), certificate: Buffer.alloc(1), handshakeMs })

test('a session is good for an hour from its whole handshake, however often it was resumed', () => {
  const sessions = new TlsSessions()
  const first = session(5)
  sessions.set('fs.example:443', first)
  assert.equal(sessions.get('fs.example:443', 5), first)
  const resumed = session(5)
  sessions.set('fs.example:443', resumed)
  assert.equal(sessions.get('fs.example:443', 4 + HOUR_MS), resumed)
  assert.equal(sessions.get('fs.example:443', 5 + HOUR_MS), undefined)
  assert.equal(sessions.get('fs.example:8443', 5), undefined)
})

test('a ticket that comes late takes the place of no session from a later handshake', () => {
  const sessions = new TlsSessions()
  const later = session(7)
  sessions.set('fs.example:443', later)
  sessions.set('fs.example:443', session(5))
  assert.equal(sessions.get('fs.example:443', 7), later)
})

test('there is room for a hundred servers; the one that was met longest ago goes', () => {
  const sessions = new TlsSessions()
  for (let n = 0; n < 100; n++) sessions.set(`${n}`, session(0))
  sessions.set('0', session(0))
  sessions.set('100', session(0))
  assert.deepEqual(
    ['0', '1', '2', '100'].map(server => sessions.get(server, 0) !== undefined),
    [true, false, true, true],
  )
})
