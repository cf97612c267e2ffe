// node uploadx.js DIRECTORY PORT: Content-Range sessions at /files, kept in DIRECTORY. Prints its port.
'use strict'
const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')
const { DiskStorage, Uploadx } = require('@uploadx/core')

const [directory, port] = process.argv.slice(2)
const done = path.join(directory, 'done.log')
const storage = new DiskStorage({
  directory: path.join(directory, 'files'),
  useRelativeLocation: false,
  // The name that it makes up for itself is that of the same file: sessions of equal files would be one.
  filename: (file) => `${file.id}-${file.originalName}`,
  maxUploadSize: '2GB',
  onComplete: (file) => {
    fs.appendFileSync(done, `${JSON.stringify({ path: path.join('files', file.name), metadata: file.metadata })}\n`)
    return { statusCode: 200, headers: {}, body: { id: file.id } }
  },
})
const uploads = new Uploadx({ storage })
const server = http.createServer((request, response) => {
  if (new URL(request.url, 'http://localhost').pathname === '/files') uploads.handle(request, response)
  else response.writeHead(404).end()
})
server.requestTimeout = 0

const listen = () => {
  if (!storage.isReady) return void setImmediate(listen)
  server.listen(Number(port), '127.0.0.1', () => console.log(server.address().port))
}
listen()
