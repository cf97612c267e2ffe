// node s3.js DIRECTORY PORT: S3 with the bucket "uploads", kept in DIRECTORY. Prints its port.
'use strict'
const S3rver = require('s3rver')

const [directory, port] = process.argv.slice(2)
const server = new S3rver({
  address: '127.0.0.1',
  port: Number(port),
  directory,
  silent: true,
  vhostBuckets: false,
  configureBuckets: [{ name: 'uploads' }],
})
server.run().then((address) => console.log(address.port))
