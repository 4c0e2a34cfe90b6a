/** The dialects by name. */
import type { DialectName, Place } from '../place.js'
import { adfs } from './adfs.js'
import { b2c } from './b2c.js'
import { ciam } from './ciam.js'
import type { Dialect } from './dialect.js'
import { entra } from './entra.js'

const DIALECTS: Readonly<Record<DialectName, Dialect>> = { entra, b2c, adfs, ciam }

/** The dialect that is spoken at a place. */
export function dialectOf(place: Place): Dialect {
  return DIALECTS[place.dialect]
}
