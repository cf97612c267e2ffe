// node tus.js DIRECTORY PORT: tus uploads at /files, kept in DIRECTORY. Prints its port.
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { FileStore } = require('@tus/file-store')
const { Server } = require('@tus/server')

const [directory, port, expiration] = process.argv.slice(2)
const done = path.join(directory, 'done.log')
const server = new Server({
  path: '/files',
  datastore: new FileStore({
    directory: path.join(directory, 'files'),
    expirationPeriodInMilliseconds: Number(expiration || 0),
  }),
  relativeLocation: true,
  // Before the answer.
  onUploadFinish: async (request, response, upload) => {
    fs.appendFileSync(done, `${JSON.stringify({ path: path.join('files', upload.id), metadata: upload.metadata })}\n`)
    return response
  },
})
const listening = server.listen({ host: '127.0.0.1', port: Number(port) }, () => {
  console.log(listening.address().port)
})
