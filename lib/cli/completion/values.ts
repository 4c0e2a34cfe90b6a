/** What can stand after an option, as far as a shell can know it. */
import { type OptionName, optionSpec } from '../options.js'

/** Nothing at all, nothing that is known, one of some words, or what the shell itself lists. */
export type Values =
  | { readonly kind: 'flag' | 'unknown' | 'files' | 'folders' | 'profiles' }
  | { readonly kind: 'words'; readonly words: readonly string[] }

/** The command that lists the names of profiles; quick, since it loads neither the library nor the network. */
export const PROFILES_COMMAND = 'latchkey profiles --names 2>/dev/null'

/** What follows this option. */
export function valuesOf(name: OptionName): Values {
  const { kind, choices, value } = optionSpec(name)
  if (kind === 'flag') return { kind: 'flag' }
  if (choices !== undefined) return { kind: 'words', words: choices }
  if (name === 'profile') return { kind: 'profiles' }
  if (value === 'FILE') return { kind: 'files' }
  return { kind: value === 'DIR' ? 'folders' : 'unknown' }
}

/** The text as one word for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
