/** Exclusive XML canonicalization of a tree, for checking signatures. */
import type { XmlElement } from './parse.js'
import { escapeAttribute, escapeText } from './write.js'

/**
 * The element in canonical form, as if it stood alone. Comments and processing instructions are not in the tree; of the
 * former the algorithm leaves out all, of the latter our assertions have none.
 *
 * @see [Exclusive XML Canonicalization 1.0 § 3](https://www.w3.org/TR/xml-exc-c14n/#sec-Specification)
 */
export function canonicalize(element: XmlElement, leaveOut?: XmlElement): string {
  return write(element, new Map(), leaveOut)
}

function write(element: XmlElement, rendered: ReadonlyMap<string, string>, leaveOut: XmlElement | undefined): string {
  const { prefix, local, attributes, children } = element
  const name = qualified(prefix, local)
  const declared = visiblyUtilized(element).filter(([used, uri]) => (rendered.get(used) ?? '') !== uri)
  const declarations = declared
    .sort(([left], [right]) => compare(left, right))
    .map(([used, uri]) => ` ${used === '' ? 'xmlns' : `xmlns:${used}`}="${escapeAttribute(uri)}"`)
  const written = attributes
    .toSorted((left, right) => compare(left.namespace, right.namespace) || compare(left.local, right.local))
    .map(attribute => ` ${qualified(attribute.prefix, attribute.local)}="${escapeAttribute(attribute.value)}"`)
  const within = new Map([...rendered, ...declared])
  const content = children
    .filter(child => child !== leaveOut)
    .map(child => (typeof child === 'string' ? escapeText(child) : write(child, within, leaveOut)))
  return `<${name}${declarations.join('')}${written.join('')}>${content.join('')}</${name}>`
}

/** The prefixes that the element itself and its attributes use, with what they stand for. */
function visiblyUtilized({ prefix, namespace, attributes }: XmlElement): [string, string][] {
  const used = new Map([[prefix, namespace]])
  for (const attribute of attributes) {
    if (attribute.prefix !== '' && attribute.prefix !== 'xml') used.set(attribute.prefix, attribute.namespace)
  }
  return [...used]
}

function qualified(prefix: string, local: string): string {
  return prefix === '' ? local : `${prefix}:${local}`
}

/** By code unit, which for the names and URIs of our assertions is the order by code point that the algorithm wants. */
function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right)
}
