/** Loaded before a program that uses the global fetch: that then goes through the proxy which the environment names. */
import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici'

setGlobalDispatcher(new EnvHttpProxyAgent())
