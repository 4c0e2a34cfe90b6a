/** docs/moving/names.md: each name of Microsoft's page on desktop apps has a row, and what stands beside it is there. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { ERROR_CODES } from '#lib/error-codes.js'
import { AADSTS_HINTS } from '#lib/token/aadsts.js'

const project = new URL('../../../', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, project), 'utf8')

interface Row {
  section: string
  there: string
  here: string
}

/** The rows of the tables of a document, with the heading that they are under. */
function rowsOf(markdown: string): Row[] {
  let section = ''
  return markdown.split('\n').flatMap(line => {
    section = /^## (.*)/.exec(line)?.[1] ?? section
    const [, there, here] = /^\| `([^|`]+)` \| ([^|]*) \|/.exec(line) ?? []
    return there === undefined || here === undefined ? [] : [{ section, there, here }]
  })
}

/** The names of the fixture, as `section: name`. */
function namesOf(text: string): string[] {
  let section = ''
  return text.split('\n').flatMap(line => {
    section = /^# (.*)/.exec(line)?.[1] ?? section
    return section === '' || section.startsWith('Not in the table') || line.startsWith('# ') || line === ''
      ? []
      : [`${section}: ${line}`]
  })
}

/** What is wrong with a table: names without a row, rows without a name, and what is said to be here and is not. */
function faultsOf(rows: Row[], names: string[], isHere: (name: string) => boolean): string[] {
  const keys = rows.map(({ section, there }) => `${section}: ${there}`)
  return [
    ...names.filter(name => !keys.includes(name)).map(name => `${name} has no row`),
    ...keys.filter(key => !names.includes(key)).map(key => `${key} is not on the page`),
    ...keys.filter((key, index) => keys.indexOf(key) !== index).map(key => `${key} has two rows`),
    ...rows.flatMap(({ there, here }) => {
      if (/^none, because \S.* \S/.test(here)) return []
      if (!/^`[^`]+`(?:, `[^`]+`)*$/.test(here)) return [`${there}: “${here}” is neither names nor “none, because …”`]
      const gone = [...here.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name).filter(name => !isHere(name))
      return gone.map(name => `${there}: ${name} is not here`)
    }),
  ]
}

/** Says of `name`, `Type.member`, a quoted literal of a public type, an error code or an AADSTS number whether it exists. */
function publicNames(): (name: string) => boolean {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, { types?: string } | string> }
  const entries = Object.values(exports).flatMap(entry => (typeof entry === 'object' && entry.types) || [])
  const files = entries.map(entry => fileURLToPath(new URL(entry, project)))
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  const symbols = files.flatMap(file => {
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    assert.ok(module, `${path.relative(fileURLToPath(project), file)} is not built`)
    return checker.getExportsOfModule(module)
  })
  const found = symbols.map(symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
  const typesOf = (symbol: ts.Symbol): ts.Type[] => [
    ...(symbol.flags & ts.SymbolFlags.Type ? [checker.getDeclaredTypeOfSymbol(symbol)] : []),
    ...(symbol.flags & ts.SymbolFlags.Variable ? [checker.getTypeOfSymbol(symbol)] : []),
  ]
  const literals = found
    .flatMap(typesOf)
    .flatMap(type => (type.isUnion() ? type.types : []))
    .flatMap(type => (type.isStringLiteral() ? type.value : []))
  return name => {
    const aadsts = /^AADSTS(\d+)$/.exec(name)?.[1]
    if (aadsts !== undefined) return AADSTS_HINTS.has(Number(aadsts))
    const literal = /^'(.*)'$/.exec(name)?.[1]
    if (literal !== undefined) return literals.includes(literal)
    if (name in ERROR_CODES) return true
    const [head, member, ...rest] = name.split('.')
    const owners = found.filter(symbol => symbol.name === head)
    if (member === undefined) return owners.length > 0
    return rest.length === 0 && owners.flatMap(typesOf).some(type => checker.getPropertyOfType(type, member))
  }
}

/** Of the page's names those of calls, and of what a call is given or gives, by section; each has to stand in the guide. */
const IN_GUIDES: Record<string, [guide: string, calls: RegExp]> = {
  'MSAL.NET': ['msal-net', /^(?:AcquireToken|With|GetAccounts|Serialize|Deserialize|Set(?:Before|After)A)\w+$/],
  'MSAL Java': ['msal-java', /^(?:acquireToken\w*|getAccounts|\w+Parameters|setTokenCacheAccessAspect)$/],
  'MSAL Python': ['msal-python', /^(?:acquire_|get_|initiate_)\w+$/],
  'MSAL for macOS': ['msal-macos', /^(?:acquireToken\w*|account\w*|MSAL\w+|accessToken|localizedDescription)$/],
}

/** What the page misspells, or writes for any call, and how it is really called. */
const REALLY: Record<string, string> = {
  AcquireTokenXX: 'AcquireTokenInteractive',
  AcquireTokenInteractiveParameterBuilder: 'AcquireTokenInteractive',
  AcquireTokenByIntegratedWindowsAuthentication: 'AcquireTokenByIntegratedWindowsAuth',
  AcquireTokenByIntegratedWindowsAuthParameterBuilder: 'AcquireTokenByIntegratedWindowsAuth',
  AcquireTokenByUsernamePasswordParameterBuilder: 'AcquireTokenByUsernamePassword',
  AcquireTokenByDeviceCode: 'AcquireTokenWithDeviceCode',
  WithOptionalParameterXXX: 'WithPrompt',
  WithExtraScopeToConsent: 'WithExtraScopesToConsent',
  WithEmbeddedWebView: 'WithUseEmbeddedWebView',
  WithCustomWebUI: 'WithCustomWebUi',
  WithCustomUI: 'WithCustomWebUi',
  acquire_token_by_xxx: 'acquire_token_interactive',
  accountIdentifier: 'identifier',
}

const isHere = publicNames()

describe('the table of names', () => {
  test('has a row for each name of the page, and names nothing that is not here', () => {
    const names = namesOf(read('test/fixtures/desktop-page-names.txt'))
    assert.ok(names.length > 230, `${names.length} names`)
    assert.deepEqual(faultsOf(rowsOf(read('docs/moving/names.md')), names, isHere), [])
  })

  test('each call of the page stands in the guide of its library', () => {
    const names = namesOf(read('test/fixtures/desktop-page-names.txt'))
    for (const [section, [guide, calls]] of Object.entries(IN_GUIDES)) {
      const text = read(`docs/moving/${guide}.md`)
      const meant = names.flatMap(name => (name.startsWith(`${section}: `) ? name.slice(section.length + 2) : []))
      const called = meant.filter(name => calls.test(name)).map(name => REALLY[name] ?? name)
      assert.ok(called.length >= 5, `${section}: ${called.length} calls`)
      const missing = called.filter(name => !new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text))
      assert.deepEqual(missing, [], guide)
    }
  })

  test('is found out when a name is missing, too many, twice, or not here', () => {
    const table = [
      '## One',
      '| there | here | |',
      '|---|---|---|',
      '| `Kept` | `PublicClientApplication.close`, `Prompt.Never`, `no_client_id`, `AADSTS65001` | fine |',
      "| `Also` | `'consent_required'`, `electronWebUi` | <!-- a remark --> |",
      '| `Nothing` | none, because it has no use | |',
      '| `Silent` | none | |',
      '| `Twice` | `PublicClientApplication.acquireTokenNoisy`, `Prompt.Sometimes`, `no_such_code` | |',
      "| `Twice` | `AADSTS1`, `'never_required'`, `Prompt.Never.toString` | |",
      '| `Invented` | `AccountInfo` and more | |',
    ]
    const names = ['Kept', 'Also', 'Nothing', 'Silent', 'Twice', 'Forgotten'].map(name => `One: ${name}`)
    assert.deepEqual(faultsOf(rowsOf(table.join('\n')), names, isHere), [
      'One: Forgotten has no row',
      'One: Invented is not on the page',
      'One: Twice has two rows',
      'Silent: “none” is neither names nor “none, because …”',
      'Twice: PublicClientApplication.acquireTokenNoisy is not here',
      'Twice: Prompt.Sometimes is not here',
      'Twice: no_such_code is not here',
      'Twice: AADSTS1 is not here',
      "Twice: 'never_required' is not here",
      'Twice: Prompt.Never.toString is not here',
      'Invented: “`AccountInfo` and more” is neither names nor “none, because …”',
    ])
  })
})
