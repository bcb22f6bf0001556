// Loaded into Node.js by `wsdiag run`: WebSocket clients dial their server themselves and read no proxy variable, so
// requests that ask for an upgrade, and bring no agent of their own, are led through the proxy with CONNECT.
'use strict';
const http = require('http');
const https = require('https');
const net = require('net');
const tls = require('tls');

const proxy = new URL(process.env.HTTPS_PROXY || process.env.https_proxy || 'http://127.0.0.1:1');

function asksForUpgrade(options) {
  const headers = options && options.headers;
  if (!headers || options.agent || options.socketPath) return false;
  for (const name of Object.keys(headers)) {
    if (name.toLowerCase() === 'upgrade') return String(headers[name]).toLowerCase() === 'websocket';
  }
  return false;
}

function tunnel(isSecure) {
  return (options, done) => {
    const host = String(options.host || options.hostname || 'localhost').replace(/^\[|\]$/g, '');
    const port = options.port || (isSecure ? 443 : 80);
    const target = (net.isIPv6(host) ? '[' + host + ']' : host) + ':' + port;
    const socket = net.connect({ host: proxy.hostname, port: proxy.port || 80 });
    const fail = (error) => { socket.destroy(); done(error); };
    socket.once('error', fail);
    socket.write('CONNECT ' + target + ' HTTP/1.1\r\nHost: ' + target + '\r\n\r\n');
    let answer = Buffer.alloc(0);
    socket.on('data', function read(piece) {
      answer = Buffer.concat([answer, piece]);
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0) return answer.length > 65536 ? fail(new Error('the proxy does not answer CONNECT')) : undefined;
      socket.removeListener('data', read);
      socket.removeListener('error', fail);
      const line = answer.subarray(0, answer.indexOf('\r\n')).toString('latin1');
      if (!/^HTTP\/1\.[01] 200/.test(line)) return fail(new Error('the proxy answered CONNECT with ' + line));
      socket.pause();
      if (end + 4 < answer.length) socket.unshift(answer.subarray(end + 4));
      if (!isSecure) { done(null, socket); process.nextTick(() => socket.resume()); return undefined; }
      const name = options.servername !== undefined ? options.servername : net.isIP(host) ? '' : host;
      const secure = tls.connect({ ...options, host, socket, path: undefined, servername: name });
      done(null, secure);
      return undefined;
    });
  };
}

for (const [module, isSecure] of [[http, false], [https, true]]) {
  for (const name of ['request', 'get']) {
    const original = module[name];
    module[name] = function (...given) {
      const options = given.find((part) => part && typeof part === 'object' && !(part instanceof URL));
      if (asksForUpgrade(options)) options.createConnection = tunnel(isSecure);
      return original.apply(this, given);
    };
  }
}
require('module').syncBuiltinESMExports();
