/** For `node --import`: lets undici connect under Wine 8, which refuses keep-alive on a socket that is not connected yet. */
import { Socket } from 'node:net'

Socket.prototype.setKeepAlive = function setKeepAlive() {
  return this
}
