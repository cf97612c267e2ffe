// node ws.js DIRECTORY PORT: WebSockets of npm's ws. Prints its port. The URL's path says what a connection does:
//   /echo      every message comes back
//   /count/N   N text messages "0", "1", ... at once, then a close with 1000 "done"
//   /pour/N/B  N binary messages of B bytes each, as fast as they are taken, then the same
// The query "deflate" agrees upon permessage-deflate where the client offers it.
'use strict'
const http = require('node:http')
const { WebSocketServer } = require('ws')

const port = Number(process.argv[3])
const most = 64 * 1024 * 1024
const plain = new WebSocketServer({ noServer: true, maxPayload: most })
const deflating = new WebSocketServer({ noServer: true, maxPayload: most, perMessageDeflate: { threshold: 0 } })

function pour(socket, count, size) {
  const data = Buffer.alloc(size)
  const lot = Math.min(count, 100)
  for (let number = 1; number < lot; number++) socket.send(data)
  if (lot === 0) socket.close(1000, 'done')
  else socket.send(data, () => pour(socket, count - lot, size))
}

function serve(socket, path) {
  socket.on('error', () => {})
  if (path.startsWith('/count/')) {
    const count = Number(path.slice('/count/'.length))
    for (let number = 0; number < count; number++) socket.send(String(number))
    socket.close(1000, 'done')
    return
  }
  if (path.startsWith('/pour/')) {
    pour(socket, ...path.slice('/pour/'.length).split('/').map(Number))
    return
  }
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
}

const server = http.createServer()
server.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url, 'http://127.0.0.1')
  const sockets = url.searchParams.has('deflate') ? deflating : plain
  sockets.handleUpgrade(request, socket, head, (opened) => serve(opened, url.pathname))
})
server.listen(port, '127.0.0.1', () => console.log(server.address().port))
