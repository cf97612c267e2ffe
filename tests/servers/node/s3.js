// node s3.js DIRECTORY PORT: S3 with the bucket "uploads", kept in DIRECTORY. Prints its port.
'use strict'
const crypto = require('node:crypto')
const fs = require('node:fs/promises')
const { createWriteStream } = require('node:fs')
const path = require('node:path')
const { pipeline } = require('node:stream/promises')
const S3rver = require('s3rver')
const Store = require('s3rver/lib/stores/filesystem')

// As s3rver has them, these answer when they have read a body, which may be before the last of it is in the file:
// a completion would then find too little in a part, or no part at all.
async function write(file, content) {
  const digest = crypto.createHash('md5')
  let size = 0
  await fs.mkdir(path.dirname(file), { recursive: true })
  const look = async function* (chunks) {
    for await (const chunk of chunks) {
      digest.update(chunk)
      size += chunk.length
      yield chunk
    }
  }
  await pipeline(content, look, createWriteStream(file))
  return { size, md5: digest.digest('hex') }
}

Store.prototype.putPart = async function (bucket, upload, number, content) {
  const file = path.join(this.getResourcePath(bucket, undefined, 'uploads'), upload, String(number))
  const written = await write(file, content)
  await fs.writeFile(`${file}.md5`, written.md5)
  return written
}

Store.prototype.putObject = async function (object) {
  const content = Buffer.isBuffer(object.content) ? [object.content] : object.content
  const written = await write(this.getResourcePath(object.bucket, object.key, 'object'), content)
  await this.putMetadata(object.bucket, object.key, object.metadata, written.md5)
  return written
}

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
