/** Token caches as text: with members that no client knows, and what became of them. */

type Entity = Record<string, unknown>
type Contents = Record<string, Record<string, Entity>>

/** Members that a later or another library might write: fields of every record, and a section. */
const FOREIGN_FIELDS = { x_text: 'of another library', x_list: [{ tenantId: 'a' }, 'b'], x_object: { 'n-1': 'c' } }
const FOREIGN_SECTION = { 'some-key': { x: 'y', list: [1, true, null, { z: 0.5 }] } }

/** The cache with foreign members in each record, and a foreign section beside them. */
export function withForeignMembers(cache: string): string {
  const sections = Object.entries(JSON.parse(cache) as Contents).map(([name, records]) => [
    name,
    Object.fromEntries(Object.entries(records).map(([key, entity]) => [key, { ...entity, ...FOREIGN_FIELDS }])),
  ])
  return JSON.stringify({ ...Object.fromEntries(sections), ForeignSection: FOREIGN_SECTION })
}

/** Records are known by these, whatever key and alias of the environment a library stores them under. */
const IDENTITY = ['home_account_id', 'client_id', 'realm', 'family_id'] as const
const SECTIONS = ['AccessToken', 'RefreshToken', 'IdToken', 'Account', 'AppMetadata']

/** `Section.field` of each field of `before` that `after` does not have with the same value in the same record. */
export function fieldsLost(before: string, after: string): string[] {
  const [old, now] = [JSON.parse(before) as Contents, JSON.parse(after) as Contents]
  return Object.entries(old).flatMap(([section, records]) => {
    if (!SECTIONS.includes(section)) return isSame(records, now[section]) ? [] : [section]
    const left = Object.values(now[section] ?? {})
    return Object.values(records).flatMap(entity => {
      const successor = left.find(candidate => isSameRecord(section, entity, candidate))
      if (successor === undefined) return [`${section}: a whole record`]
      const lost = Object.keys(entity).filter(field => !isSame(entity[field], successor[field]))
      return lost.map(field => `${section}.${field}`)
    })
  })
}

function isSameRecord(section: string, a: Entity, b: Entity): boolean {
  return (
    IDENTITY.every(field => a[field] === b[field]) &&
    // Access tokens for other scopes are other records.
    (section !== 'AccessToken' || a.target === b.target)
  )
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
