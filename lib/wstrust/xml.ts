/** Reads XML from a server into a small tree that knows where in the source each element stands; refuses what could cost us. */
import { SaxesParser } from 'saxes'

/** One attribute; declarations of namespaces are not among them. */
export interface XmlAttribute {
  readonly namespace: string
  readonly prefix: string
  readonly name: string
  readonly value: string
}

/** One element, its name resolved. `source.slice(start, end)` is exactly what the server sent. */
export interface XmlElement {
  readonly namespace: string
  readonly prefix: string
  readonly name: string
  readonly attributes: readonly XmlAttribute[]
  /** Namespaces by prefix, as far as this very element declares them; the default one under ''. */
  readonly declarations: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** The text right in it, that of its children left out. */
  readonly text: string
  readonly parent: XmlElement | undefined
  /** Positions in {@link XmlDocument.source}, in UTF-16 units. */
  readonly start: number
  readonly end: number
}

/** A document that was read to its end. */
export interface XmlDocument {
  readonly source: string
  readonly root: XmlElement
}

/** Why a text is not XML that we take. Names elements at most, never what is in them. */
export class XmlError extends Error {
  override get name(): string {
    return 'XmlError'
  }
}

/** Real metadata has 54 KB at most, a real answer 9 KB. */
const MAX_CHARACTERS = 1_048_576
const MAX_DEPTH = 100
const MAX_ATTRIBUTES = 100
const MAX_ELEMENTS = 20_000
const MAX_MESSAGE = 500

type Building = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & {
  attributes: XmlAttribute[]
  children: XmlElement[]
}

/**
 * Reads a document: XML 1.0 with namespaces, in UTF-8. A document type is refused whatever is in it: entities of its own can
 * grow without bound, and could be read from elsewhere. (SOAP 1.2 forbids them too.)
 *
 * @throws {XmlError} not well-formed, or more than any real document has.
 * @see [SOAP 1.2 § 5](https://www.w3.org/TR/soap12-part1/#soapenv)
 */
export function parseXml(text: string): XmlDocument {
  // A text that a caller read from a file may still have its byte order mark.
  const source = text.startsWith('\ufeff') ? text.slice(1) : text
  if (source.length > MAX_CHARACTERS) throw new XmlError(`longer than ${MAX_CHARACTERS} characters`)
  // What stands for bytes that are not UTF-8; the rest could not be sent on as it came.
  if (source.includes('\ufffd')) throw new XmlError('not UTF-8')
  return { source, root: readTree(source) }
}

function readTree(source: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true, position: true })
  let root: XmlElement | undefined
  let current: Building | undefined
  let depth = 0
  let elements = 0
  let attributes = 0
  let start = 0

  parser.on('error', error => {
    // It names elements, and what calls itself one may be as long as the document.
    throw new XmlError(error.message.slice(0, MAX_MESSAGE))
  })
  // Comes at the end of the document type; the parser has read over it, and expands nothing that it declares.
  parser.on('doctype', () => {
    throw new XmlError('has a document type')
  })
  parser.on('xmldecl', ({ version, encoding }) => {
    if (version !== '1.0') throw new XmlError('not XML 1.0')
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
      throw new XmlError('declares another encoding than UTF-8')
  })
  parser.on('opentagstart', () => {
    // The parser stands behind the name, and a name has no such sign in it.
    start = source.lastIndexOf('<', parser.position - 1)
    attributes = 0
    if (++depth > MAX_DEPTH) throw new XmlError(`nested deeper than ${MAX_DEPTH} elements`)
    if (++elements > MAX_ELEMENTS) throw new XmlError(`has more than ${MAX_ELEMENTS} elements`)
  })
  parser.on('attribute', () => {
    if (++attributes > MAX_ATTRIBUTES) throw new XmlError(`has an element with more than ${MAX_ATTRIBUTES} attributes`)
  })
  parser.on('opentag', tag => {
    const element: Building = {
      namespace: tag.uri,
      prefix: tag.prefix,
      name: tag.local,
      attributes: [],
      declarations: new Map(Object.entries(tag.ns)),
      children: [],
      text: '',
      parent: current,
      start,
      end: start,
    }
    for (const { uri, prefix, local, value, name } of Object.values(tag.attributes)) {
      if (prefix === 'xmlns' || name === 'xmlns') continue
      element.attributes.push({ namespace: uri, prefix, name: local, value })
    }
    current?.children.push(element)
    root ??= element
    current = element
  })
  parser.on('closetag', () => {
    if (current === undefined) return
    depth--
    current.end = parser.position
    current = current.parent as Building | undefined
  })
  const onText = (text: string) => {
    if (current !== undefined) current.text += text
  }
  parser.on('text', onText)
  parser.on('cdata', onText)

  parser.write(source).close()
  if (root === undefined) throw new XmlError('has no element')
  return root
}

/** The children with this name. */
export function childrenOf(element: XmlElement, namespace: string, name: string): XmlElement[] {
  return element.children.filter(child => child.name === name && child.namespace === namespace)
}

/** The first child with this name. */
export function childOf(element: XmlElement | undefined, namespace: string, name: string): XmlElement | undefined {
  return element?.children.find(child => child.name === name && child.namespace === namespace)
}

/** The elements with this name at any depth, the element itself included, in the order of the document. */
export function* allWithin(element: XmlElement, namespace: string, name: string): Generator<XmlElement> {
  // Not by recursion: each element would be handed up through as many generators as it is deep.
  const ahead = [element]
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
    if (at.name === name && at.namespace === namespace) yield at
    for (let n = at.children.length - 1; n >= 0; n--) ahead.push(at.children[n] as XmlElement)
  }
}

/** The first of them. */
export function firstWithin(element: XmlElement, namespace: string, name: string): XmlElement | undefined {
  for (const found of allWithin(element, namespace, name)) return found
  return undefined
}

/** The value of an attribute; most attributes have no namespace. */
export function attributeOf({ attributes }: XmlElement, name: string, namespace = ''): string | undefined {
  return attributes.find(attribute => attribute.name === name && attribute.namespace === namespace)?.value
}
