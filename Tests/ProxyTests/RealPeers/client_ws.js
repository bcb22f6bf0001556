// node's `ws` as a client. Arguments: URL, proxy (host:port, or - for none), CA file (or -).
const WebSocket = require("ws");
const assert = require("assert");
const fs = require("fs");
const http = require("http");
const https = require("https");
const tls = require("tls");

const [url, proxy, authority] = process.argv.slice(2);
const ca = authority === "-" ? undefined : fs.readFileSync(authority);

// ws knows no proxies: the tunnel is an agent's work.
class Tunnel extends (url.startsWith("wss") ? https : http).Agent {
  createConnection(options, done) {
    const [host, port] = proxy.split(":");
    const target = new URL(url);
    const ask = http.request({ host, port, method: "CONNECT", path: target.host });
    ask.on("connect", (answer, socket) => {
      assert.strictEqual(answer.statusCode, 200);
      if (target.protocol === "ws:") return done(null, socket);
      const secure = tls.connect({ socket, ca, servername: target.hostname }, () => done(null, secure));
      secure.on("error", done);
    });
    ask.on("error", done);
    ask.end();
  }
}

const options = { ca, agent: proxy === "-" ? undefined : new Tunnel() };
// The agent of a tunnel speaks TLS itself.
const connect = (path) => new WebSocket(url + path, options);

function echo() {
  const large = Buffer.alloc(10 << 20, 7);
  const peer = connect("/echo");
  peer.on("open", () => peer.send("hello"));
  peer.on("message", (data, isBinary) => {
    if (!isBinary && data.toString() === "hello") return peer.send(large);
    assert(isBinary && data.equals(large));
    console.log("echoed");
    peer.send("close 4003");
  });
  peer.on("close", (code, reason) => {
    assert.strictEqual(code, 4003);
    assert.strictEqual(reason.toString(), "token expired");
    console.log("4003");
    refused([401, 403]);
  });
}

function refused([status, ...rest]) {
  // A refused connection is kept for the next request, and would keep this program.
  if (!status) return process.exit(0);
  const peer = connect(`/refuse/${status}`);
  peer.on("unexpected-response", (request, answer) => {
    assert.strictEqual(answer.statusCode, status);
    let body = "";
    answer.on("data", (data) => (body += data));
    answer.on("end", () => {
      assert(body.includes("The token expired"));
      console.log(status);
      refused(rest);
    });
  });
}

echo();
