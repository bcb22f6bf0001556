// Runs LAB_SCRIPT with `server` (https, not listening yet), `WebSocketServer` and `listen()` in scope.
const fs = require('fs')
const https = require('https')
const {WebSocketServer} = require('ws')

const pem = fs.readFileSync(process.env.LAB_CERTIFICATE)
const server = https.createServer({key: pem, cert: pem})
const listen = () => server.listen(443, process.env.LAB_ADDRESS, () => console.log('listening'))

new Function('server', 'WebSocketServer', 'listen', process.env.LAB_SCRIPT)(server, WebSocketServer, listen)
