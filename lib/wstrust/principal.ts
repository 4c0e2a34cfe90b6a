/** The user name in what the system calls its user. */

/** The user name in a principal. One in the enterprise form has it in front: `joe\@contoso.com@CONTOSO.LOCAL`. */
export function userNameOf(principal: string): string {
  const name = principal.trim()
  const enterprise = /^((?:[^\\@]|\\[^@])*\\@(?:[^\\@]|\\.)*)@[^@]*$/.exec(name)?.[1]
  return (enterprise ?? name).replace(/\\(.)/g, '$1')
}
