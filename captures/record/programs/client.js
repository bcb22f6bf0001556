// Runs the script on standard input with these names in scope:
//   open(url, protocols, options)   a `ws` client; .opened (true or false) and .ended (the close) are promises
//   rest(method, url, {headers, body})   an HTTPS request; resolves to {status, body}
//   sleep(milliseconds), WebSocket, and every value of LAB_VALUES
// Host names are dialled at the addresses of LAB_HOSTS, so SNI and Host stay what they are in production.
const https = require('https')
const WebSocket = require('ws')

const hosts = JSON.parse(process.env.LAB_HOSTS)
const values = JSON.parse(process.env.LAB_VALUES)

function lookup(name, options, callback) {
    const address = hosts[name]
    if (!address) return callback(new Error(`${name} is not a host of this scenario`))
    options.all ? callback(null, [{address, family: 4}]) : callback(null, address, 4)
}

function open(url, protocols = [], options = {}) {
    const socket = new WebSocket(url, protocols, {lookup, ...options})
    socket.opened = new Promise(resolve => {
        socket.on('open', () => resolve(true))
        socket.on('close', () => resolve(false))
    })
    socket.ended = new Promise(resolve => socket.on('close', (code, reason) => resolve({code, reason: String(reason)})))
    socket.on('open', () => console.log('open' + (socket.protocol ? ` ${socket.protocol}` : '')))
    socket.on('message', data => console.log(`message ${String(data).slice(0, 120)}`))
    socket.on('error', error => console.log(`error ${error.message}`))
    socket.on('close', (code, reason) => console.log(`close ${code} ${reason}`.trimEnd()))
    return socket
}

function rest(method, url, {headers = {}, body = ''} = {}) {
    return new Promise((resolve, reject) => {
        const length = body ? {'Content-Length': Buffer.byteLength(body)} : {}
        const request = https.request(url, {method, lookup, headers: {Accept: 'application/json', ...headers, ...length}}, response => {
            let text = ''
            response.on('data', part => text += part)
            response.on('end', () => {
                console.log(`${method} ${url.split('?')[0]} ${response.statusCode}`)
                const isJSON = (response.headers['content-type'] || '').includes('json')
                resolve({status: response.statusCode, body: isJSON ? JSON.parse(text) : text})
            })
        })
        request.on('error', reject)
        request.end(body)
    })
}

const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

let script = ''
process.stdin.on('data', part => script += part)
process.stdin.on('end', () => {
    const AsyncFunction = (async () => {}).constructor
    const names = Object.keys(values)
    const run = new AsyncFunction('open', 'rest', 'sleep', 'WebSocket', ...names, script)
    // --tls-keylog is written asynchronously: exiting at once can lose the keys.
    const leave = () => setTimeout(() => process.exit(0), 200)
    run(open, rest, sleep, WebSocket, ...names.map(name => values[name])).then(leave, error => {
        console.log(`error ${error.message}`)
        leave()
    })
})
