/** Reads XML into a tree that knows its namespaces; refuses what a message has no use for. */

/** An element. */
export interface XmlElement {
  readonly prefix: string
  /** The name without its prefix. */
  readonly local: string
  /** The namespace's URI, empty for none. */
  readonly namespace: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: readonly (XmlElement | string)[]
}

/** An attribute that is no namespace declaration. */
export interface XmlAttribute {
  readonly prefix: string
  readonly local: string
  readonly namespace: string
  readonly value: string
}

/** The text is not XML, or has in it what none of our messages has. */
export class XmlError extends Error {
  override readonly name = 'XmlError'
}

const MAX_DEPTH = 64
const MAX_ELEMENTS = 10_000

interface Building extends XmlElement {
  readonly children: (XmlElement | string)[]
}

/**
 * The root element. Comments and processing instructions are left out.
 *
 * @throws {XmlError} – not well-formed, with a DOCTYPE, or too deep.
 * @see [Namespaces in XML 1.0](https://www.w3.org/TR/xml-names/)
 */
export async function parseXml(text: string): Promise<XmlElement> {
  const { SaxesParser } = await import('saxes')
  const parser = new SaxesParser({ xmlns: true, position: false })
  const open: Building[] = []
  let root: XmlElement | undefined
  let count = 0
  const addText = (more: string) => {
    open.at(-1)?.children.push(more)
  }
  parser.on('error', error => {
    throw new XmlError(error.message)
  })
  parser.on('doctype', () => {
    throw new XmlError('a DOCTYPE is not allowed')
  })
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('opentag', ({ prefix, local, uri, attributes }) => {
    count += 1
    if (count > MAX_ELEMENTS || open.length >= MAX_DEPTH) throw new XmlError('too many elements, or too deep')
    const element: Building = {
      prefix,
      local,
      namespace: uri,
      attributes: Object.values(attributes)
        .filter(attribute => attribute.name !== 'xmlns' && attribute.prefix !== 'xmlns')
        .map(({ prefix, local, uri: namespace, value }) => ({ prefix, local, namespace, value })),
      children: [],
    }
    open.at(-1)?.children.push(element)
    root ??= element
    open.push(element)
  })
  parser.on('closetag', () => {
    open.pop()
  })
  parser.write(text).close()
  if (!root) throw new XmlError('there is no element')
  return root
}

/** The element's children that are elements. */
export function elementsIn({ children }: XmlElement): XmlElement[] {
  return children.filter(child => typeof child !== 'string')
}

/** The first child of that name, in letters of any case: some clients write `messageID`. */
export function childOf(parent: XmlElement | undefined, namespace: string, local: string): XmlElement | undefined {
  return parent && elementsIn(parent).find(child => isNamed(child, namespace, local))
}

/** The element at the end of a path of children, all of one namespace. */
export function isNamed(element: XmlElement, namespace: string, local: string): boolean {
  return element.namespace === namespace && element.local.toLowerCase() === local.toLowerCase()
}

/** The element's own text, without the white space around it; empty for no element. */
export function textOf(element: XmlElement | undefined): string {
  return rawTextOf(element).trim()
}

/** The element's own text as it stands. */
export function rawTextOf(element: XmlElement | undefined): string {
  return element?.children.filter(child => typeof child === 'string').join('') ?? ''
}

/** The value of an attribute; of any namespace when none is named. */
export function attributeOf({ attributes }: XmlElement, local: string, namespace?: string): string | undefined {
  return attributes.find(
    attribute => attribute.local === local && (namespace === undefined || attribute.namespace === namespace),
  )?.value
}
