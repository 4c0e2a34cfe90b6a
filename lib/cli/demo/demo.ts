/** `latchkey demo`: the whole story of a sign-in, on a tenant that runs inside this process. */
import { AuthError, InteractionRequiredError } from '../../index.js'
import type { Command } from '../context.js'
import { Hinted } from '../failure.js'
import { Interrupted } from '../interrupted.js'
import { isUnattended } from '../sign-in/unattended.js'
import { signInFederated } from './federated.js'
import { openScene, type Scene } from './scene.js'
import { signIn } from './sign-in.js'
import { callApi, findSilently, refresh, showCache } from './steps.js'

const HINT = 'Run it again with --verbose, which shows the cause; if it recurs, please report it with that output.'

/**
 * Tells the story. Each step demands what it shows, so that the end is only reached when all of it is true.
 *
 * @throws {Hinted} – a step failed, or --browser was given where LATCHKEY_NO_USER says that nobody is.
 * @throws {AuthError} – as the methods that are shown.
 */
export const demo: Command = async context => {
  const { options, program, env } = context
  if (options.browser && isUnattended(env)) {
    const error = new InteractionRequiredError(
      'interaction_required',
      'The browser waits for a person, and LATCHKEY_NO_USER is set.',
    )
    throw new Hinted(error, `Without a person it runs as: ${program} demo`)
  }
  try {
    const scene = await openScene(context)
    try {
      await play(scene)
    } finally {
      await scene.close()
    }
    scene.story.close(proofs(scene), [
      ...(options.browser ? [] : [[`${program} demo --browser`, 'sign in yourself, in your browser'] as const]),
      [`${program} emulator`, 'keep the tenant for your own programs'],
      [`${program} help`, 'see all commands'],
    ])
  } catch (error) {
    if (error instanceof AuthError || error instanceof Interrupted || error instanceof Hinted) throw error
    throw new Hinted(error, HINT)
  }
}

async function play(scene: Scene): Promise<void> {
  const first = await scene.restartApplication()
  const result = await signIn(scene, first)
  await showCache(scene, first)
  const second = await scene.restartApplication()
  await findSilently(scene, second, result)
  const renewed = await refresh(scene, second, result)
  await callApi(scene, renewed)
  await signInFederated(scene, second)
}

/** Each line stands for demands that the steps made. */
function proofs({ cache }: Scene): string[] {
  return [
    'the code came through the browser, the PKCE verifier that it needs did not',
    ...(cache.lacks === undefined ? ['the token outlived its program, in a file that only this user can read'] : []),
    'a cached token costs no request; renewing it costs one, and no page',
    'the API knew its caller by the token, and took nobody without one',
    'a federated password went to AD FS, once, and to nobody else',
  ]
}
