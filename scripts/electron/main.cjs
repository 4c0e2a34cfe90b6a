/** What Electron runs first in the tests: the app in the folder or asar that is its first argument, as `electron <path>` would. */
const { readFileSync } = require('node:fs')
const path = require('node:path')
const { pathToFileURL } = require('node:url')
const { app } = require('electron')

const folder = path.resolve(process.argv.slice(1).find(argument => !argument.startsWith('-')) ?? '.')
const { name, main } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
app.setName(name)
app.setAppPath(folder)
// What a test has to change in an app that it does not change: whom it trusts, where it keeps its data.
const before = process.env.LATCHKEY_TEST_PRELUDE
const modules = [...(before ? [before] : []), path.join(folder, main)]
modules
  .reduce((earlier, file) => earlier.then(() => import(pathToFileURL(file).href)), Promise.resolve())
  .catch(error => {
    console.error(error)
    app.exit(1)
  })
