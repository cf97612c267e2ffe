// node ws_client.js URL MESSAGES SIZE IN_FLIGHT: the same conversation with an echo server as channel.cpp has, with npm's
// ws. Prints a line of JSON.
'use strict'
const { WebSocket } = require('ws')

const [url, messages, size, inFlight] = process.argv.slice(2).map((word, index) => (index === 0 ? word : Number(word)))
const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 1 << 30 })
const payload = Buffer.alloc(size)
let sent = 0
let back = 0
let start = 0n

function sendMore() {
  while (sent < messages && sent - back < inFlight) {
    socket.send(payload, { binary: true })
    sent++
  }
}

socket.on('open', () => {
  start = process.hrtime.bigint()
  sendMore()
})
socket.on('message', () => {
  back++
  if (back < messages) return sendMore()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  console.log(JSON.stringify({ tasks: messages, seconds }))
  process.exit(0)
})
socket.on('close', () => process.exit(1))
