/** The page: says who is signed in, and has a button for either way. */
const status = document.querySelector('#status')
const button = document.querySelector('button')
let isSignedIn = false

async function run(action) {
  button.disabled = true
  status.textContent = 'One moment …'
  const { ok, code, message } = await action()
  isSignedIn = ok !== undefined
  if (isSignedIn) status.textContent = `Signed in as ${ok.username}${ok.fromCache ? ', from the cache' : ''}.`
  else if (code === undefined || code === 'user_null') status.textContent = 'Nobody is signed in.'
  else status.textContent = `${code}: ${message}`
  button.textContent = isSignedIn ? 'Sign out' : 'Sign in'
  button.disabled = false
}

button.addEventListener('click', () => run(isSignedIn ? window.notes.signOut : window.notes.signIn))
run(window.notes.start)
