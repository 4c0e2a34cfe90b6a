/** The system's Negotiate as a test scripts it: who is signed in, what the tokens are, and what fails with which number. */
import type {
  NativeAddon,
  NativeDevice,
  NativeFailure,
  NativeFailureCode,
  NativeNegotiate,
  NativeSecurityContext,
  NegotiateCredentialStatus,
  NegotiateCredentials,
  NegotiateStep,
  NegotiateTarget,
} from '#lib/native/contract.js'
import { addonWith } from './fake-addon.js'

/** A failure as native code rejects with. */
export function nativeFailure(
  code: NativeFailureCode,
  message = 'the system’s own words',
  details: Partial<Pick<NativeFailure, 'call' | 'status' | 'minorStatus'>> = {},
): NativeFailure {
  const { call = 'gss_init_sec_context', status = 851_968, minorStatus = -1_765_328_377 } = details
  return Object.assign(new Error(message), { code, call, status, minorStatus })
}

const SPNEGO = [0x60, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02]
const NTLM = [...Buffer.from('NTLMSSP\0')]

/** Implements {@link NativeNegotiate}. */
export class FakeNegotiate implements NativeNegotiate {
  /** Who is signed in, or the failure of asking. */
  user: string | undefined | NativeFailure | Promise<string> = 'joe@contoso.com'
  /** What is known of the credentials, or the failure of asking. */
  status: NegotiateCredentialStatus | undefined | NativeFailure
  mechanism: 'kerberos' | 'ntlm' = 'kerberos'
  /** What opening a conversation, or its first step, fails with. */
  openFailure: NativeFailure | undefined
  stepFailure: NativeFailure | undefined
  /** A step that never ends. */
  hangs = false
  /** Whose credentials were asked about. */
  readonly asked: NegotiateCredentials[] = []
  /** The conversations that were started. */
  readonly targets: NegotiateTarget[] = []
  steps = 0
  /** Conversations that were started and not closed. */
  unclosed = 0

  /** What Windows' device is joined to; elsewhere there is none. */
  device: NativeDevice | undefined

  /** The addon with this ability and no other but that of the device. */
  get addon(): NativeAddon {
    return addonWith({ negotiate: this, device: this.device })
  }

  async currentUser(credentials: NegotiateCredentials): Promise<string | undefined> {
    this.asked.push(credentials)
    if (this.user instanceof Error) throw this.user
    return this.user
  }

  async inspect(credentials: NegotiateCredentials): Promise<NegotiateCredentialStatus | undefined> {
    this.asked.push(credentials)
    if (this.status instanceof Error) throw this.status
    return this.status
  }

  async open(target: NegotiateTarget): Promise<NativeSecurityContext> {
    this.targets.push(target)
    if (this.openFailure !== undefined) throw this.openFailure
    let isClosed = false
    let calls = 0
    this.unclosed++
    return {
      step: async () => {
        this.steps++
        if (this.stepFailure !== undefined) throw this.stepFailure
        if (this.hangs) return new Promise<NegotiateStep>(() => {})
        return this.#step(++calls, target)
      },
      close: () => {
        if (!isClosed) this.unclosed--
        isClosed = true
      },
    }
  }

  /** Kerberos waits for the server's proof, NTLM answers its challenge. */
  #step(call: number, { channelBindings }: NegotiateTarget): NegotiateStep {
    const { mechanism } = this
    // As the emulator's acceptor reads them.
    const bindings = Buffer.from(channelBindings).toString('base64')
    const binding = channelBindings.length === 0 ? [] : [...Buffer.from(`\nchannel-bindings: ${bindings}\n`)]
    const token = (...octets: number[]) => Uint8Array.from([...octets, ...binding])
    if (mechanism === 'ntlm') {
      return { output: token(...NTLM, call === 1 ? 1 : 3, 0, 0, 0), complete: call > 1, mechanism, mutual: false }
    }
    if (call === 1) return { output: token(...SPNEGO), complete: false, mechanism, mutual: false }
    return { output: new Uint8Array(), complete: true, mechanism, mutual: true }
  }
}
