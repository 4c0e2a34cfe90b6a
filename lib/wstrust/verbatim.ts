/** Cuts an element out of its document without changing a byte of it, since a signature covers them. */
import { EXCLUSIVE_C14N, SCHEMA_INSTANCE } from './namespaces.js'
import type { XmlDocument, XmlElement } from './xml.js'

/**
 * The element as a document of its own: the source as it stands, and behind the element's name the declarations of those
 * prefixes that it uses and only an ancestor declares. Signatures of assertions are over the exclusive canonical form,
 * which is the same before and after.
 *
 * @see [Exclusive XML Canonicalization](https://www.w3.org/TR/xml-exc-c14n/)
 */
export function sliceVerbatim({ source }: XmlDocument, element: XmlElement): string {
  const slice = source.slice(element.start, element.end)
  const missing = [...prefixesFromOutside(element)].sort().map(prefix => {
    const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
    return ` ${name}="${escapeAttribute(declarationOf(prefix, element.parent) ?? '')}"`
  })
  if (missing.length === 0) return slice
  const nameEnd = 1 + (element.prefix === '' ? 0 : element.prefix.length + 1) + element.name.length
  return slice.slice(0, nameEnd) + missing.join('') + slice.slice(nameEnd)
}

/** The prefixes that are used within the element and declared outside of it; '' for the default namespace. */
function prefixesFromOutside(element: XmlElement): Set<string> {
  const found = new Set<string>()
  // How many of the elements that one is within declare a prefix. One count for all, since a copy for each element would
  // take seconds for a document that is made to be slow.
  const declared = new Map<string, number>()
  const count = ({ declarations }: XmlElement, change: number) => {
    for (const prefix of declarations.keys()) declared.set(prefix, (declared.get(prefix) ?? 0) + change)
  }
  const visit = (current: XmlElement): void => {
    count(current, +1)
    for (const prefix of prefixesUsedBy(current)) {
      if (prefix === 'xml' || (declared.get(prefix) ?? 0) > 0 || found.has(prefix)) continue
      if (declarationOf(prefix, element.parent)) found.add(prefix)
    }
    for (const child of current.children) visit(child)
    count(current, -1)
  }
  visit(element)
  return found
}

/** By its name, those of its attributes, and the two values that name prefixes too: a type, and what a signature includes. */
function* prefixesUsedBy({ prefix, name, namespace, attributes }: XmlElement): Generator<string> {
  yield prefix
  for (const attribute of attributes) {
    if (attribute.prefix !== '') yield attribute.prefix
    if (attribute.namespace === SCHEMA_INSTANCE && attribute.name === 'type') {
      const colon = attribute.value.indexOf(':')
      yield colon === -1 ? '' : attribute.value.slice(0, colon).trim()
    }
    if (namespace === EXCLUSIVE_C14N && name === 'InclusiveNamespaces' && attribute.name === 'PrefixList') {
      for (const listed of attribute.value.split(/\s+/)) yield listed === '#default' ? '' : listed
    }
  }
}

function declarationOf(prefix: string, from: XmlElement | undefined): string | undefined {
  for (let at = from; at !== undefined; at = at.parent) {
    const namespace = at.declarations.get(prefix)
    if (namespace !== undefined) return namespace
  }
  return undefined
}

/** As canonical XML writes values of attributes. */
function escapeAttribute(value: string): string {
  return value.replace(/[&<"\t\n\r]/g, sign => `&#${sign.charCodeAt(0)};`)
}
