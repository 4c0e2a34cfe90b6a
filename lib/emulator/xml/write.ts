/** Writes XML as text: elements in the order and with the prefixes that they are given. */

/** Attributes in the order in which they are written; an absent value leaves its attribute out. */
export type Attributes = Readonly<Record<string, string | undefined>>

/**
 * An element with its children, which are XML already. Without children it is self-closing; with `''` as its only child it
 * has an end tag, as canonical XML writes it.
 */
export function element(name: string, attributes: Attributes = {}, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .map(([key, value]) => ` ${key}="${escapeAttribute(value)}"`)
  const start = `<${name}${written.join('')}`
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`
}

/** An element that holds a text and no attributes. */
export function textElement(name: string, text: string): string {
  return element(name, {}, escapeText(text))
}

/** A text between tags, as canonical XML escapes it. */
export function escapeText(text: string): string {
  return text.replace(/[&<>\r]/g, character => TEXT_ESCAPES[character] ?? character)
}

/** A text in double quotes, as canonical XML escapes it. */
export function escapeAttribute(text: string): string {
  return text.replace(/[&<"\t\n\r]/g, character => ATTRIBUTE_ESCAPES[character] ?? character)
}

/** @see [Canonical XML 1.0 § 2.3](https://www.w3.org/TR/xml-c14n#ProcessingModel) processing model */
const TEXT_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#xD;' }
const ATTRIBUTE_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}
