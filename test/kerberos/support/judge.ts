/** The emulator's federation server with a real acceptor in it: each token is checked with the service's own keytab. */
import { fileURLToPath } from 'node:url'
import type { NegotiateAcceptor, NegotiateVerdict } from 'latchkey/emulator'
import type { Scope } from '../../support/machine.js'
import { Program } from '../../support/program.js'
import type { Realm } from './client.js'

const JUDGE = fileURLToPath(new URL('../../../test/kerberos/programs/token_judge.py', import.meta.url))

interface Judgement {
  user?: string
  bound: boolean
  reply: string
}

/** Starts the acceptor; one token at a time, as its program takes them. */
export async function startJudge(scope: Scope, realm: Realm, keytab: string): Promise<NegotiateAcceptor> {
  const program = Program.start(scope, '/usr/bin/python3', [JUDGE, keytab], { ...process.env, ...realm.env })
  await program.line()
  let last: Promise<unknown> = Promise.resolve()
  const judge = async (token: Buffer, channelBindings: Buffer): Promise<NegotiateVerdict> => {
    const asked = { token: token.toString('base64'), bindings: channelBindings.toString('base64') }
    program.process.stdin?.write(`${JSON.stringify(asked)}\n`)
    const { user, bound, reply } = JSON.parse(await program.line()) as Judgement
    if (user === undefined) return { verdict: 'refuse' }
    return { verdict: 'accept', user, output: Buffer.from(reply, 'base64'), ...(bound && { bound }) }
  }
  return {
    accept(token, { channelBindings }) {
      const next = last.then(() => judge(token, channelBindings))
      last = next.catch(() => {})
      return next
    },
  }
}
