/** A store of secrets in memory that finds items as libsecret does, counts what it is asked, and fails when told to. */
import type { NativeFailureCode, NativeSecretStore, SecretItem } from '#lib/native/contract.js'

interface FakeItem extends SecretItem {
  secret: Uint8Array
  label: string
}

export class FakeSecretService implements NativeSecretStore {
  items: FakeItem[] = []
  /** Names of the calls, in their order. */
  readonly asked: Array<'get' | 'set' | 'delete'> = []
  failure: NativeFailureCode | undefined
  /** What happens while it is being asked, before it looks. */
  meanwhile: () => Promise<void> = async () => {}
  /** What happens when it has looked, before its answer is there. */
  afterwards: () => Promise<void> = async () => {}

  async get(item: SecretItem): Promise<Uint8Array | undefined> {
    await this.#called('get')
    const answer = this.items.find(stored => isMatch(stored, item))?.secret
    await this.afterwards()
    return answer && Uint8Array.from(answer)
  }

  async set(item: SecretItem, secret: Uint8Array, label: string): Promise<void> {
    await this.#called('set')
    const present = this.items.find(stored => isMatch(stored, { ...item, matchSchema: true }))
    if (present === undefined) this.items.push({ ...item, secret: Uint8Array.from(secret), label })
    else present.secret = Uint8Array.from(secret)
  }

  async delete(item: SecretItem): Promise<boolean> {
    await this.#called('delete')
    const before = this.items.length
    this.items = this.items.filter(stored => !isMatch(stored, item))
    return this.items.length < before
  }

  async #called(name: 'get' | 'set' | 'delete'): Promise<void> {
    this.asked.push(name)
    await this.meanwhile()
    if (this.failure === undefined) return
    throw Object.assign(new Error('the fake fails'), { code: this.failure, call: name, status: 1, minorStatus: 0 })
  }
}

function isMatch(stored: SecretItem, item: SecretItem): boolean {
  const hasAttributes = Object.entries(item.attributes).every(([name, value]) => stored.attributes[name] === value)
  return hasAttributes && (!item.matchSchema || stored.schema === item.schema)
}
