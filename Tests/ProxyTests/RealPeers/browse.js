// A browser that is driven: node browse.js ADDRESS, with expressions as lines on standard input, each awaited and
// answered with a line of JSON. Whatever the page throws, logs or asks (dialogs) is a line with "trouble".
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const http = require('http');
const readline = require('readline');
const WebSocket = require('ws');

const folder = fs.mkdtempSync('/tmp/wsdiag-browse-');
const browser = spawn('chromium', ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-background-networking',
  '--disable-component-update', '--no-first-run', '--remote-debugging-port=0', '--user-data-dir=' + folder, 'about:blank'],
{ stdio: ['ignore', 'ignore', 'pipe'] });
const say = (value) => console.log(JSON.stringify(value === undefined ? null : value));
browser.on('exit', () => {
  // Its helpers may still write there for a moment.
  try { fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }); } catch { /* it lies in /tmp */ }
  process.exit(0);
});

const get = (port, path) => new Promise((done) => http.get({ port, path }, (answer) => {
  let text = '';
  answer.on('data', (piece) => { text += piece; });
  answer.on('end', () => done(JSON.parse(text)));
}));

async function drive(port) {
  const target = (await get(port, '/json/list')).find((entry) => entry.type === 'page');
  const socket = new WebSocket(target.webSocketDebuggerUrl, { perMessageDeflate: false });
  await new Promise((done) => socket.on('open', done));
  const waiting = new Map();
  let last = 0;
  const call = (method, params) => new Promise((done) => {
    last += 1;
    waiting.set(last, done);
    socket.send(JSON.stringify({ id: last, method, params: params || {} }));
  });
  socket.on('message', (bytes) => {
    const message = JSON.parse(bytes);
    if (message.id) { waiting.get(message.id)(message.result || {}); waiting.delete(message.id); return; }
    if (message.method === 'Runtime.exceptionThrown') say({ trouble: message.params.exceptionDetails.text });
    if (message.method === 'Page.javascriptDialogOpening') {
      say({ trouble: 'dialog' });
      call('Page.handleJavaScriptDialog', { accept: true });
    }
  });
  await call('Page.enable');
  await call('Runtime.enable');
  await call('Page.navigate', { url: process.argv[2] });
  // The event of loading may be the empty page's, which came before.
  const isThere = `document.readyState === 'complete' && location.href.startsWith(${JSON.stringify(process.argv[2])})`;
  for (let turn = 0; turn < 400; turn += 1) {
    const answer = await call('Runtime.evaluate', { expression: isThere, returnByValue: true });
    if (answer.result && answer.result.value) break;
    await new Promise((done) => setTimeout(done, 50));
  }
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const answer = await call('Runtime.evaluate', {
      expression: line, awaitPromise: true, returnByValue: true, userGesture: true, replMode: true,
    });
    if (answer.exceptionDetails) say({ trouble: answer.exceptionDetails.exception.description });
    else say(answer.result.value);
  }
  browser.kill();
}

let said = '';
browser.stderr.on('data', (piece) => {
  if (said === null) return;
  said += piece;
  const found = said.match(/DevTools listening on ws:\/\/[^:]+:(\d+)\//);
  if (!found) return;
  said = null;
  drive(Number(found[1])).catch((error) => { say({ trouble: String(error) }); browser.kill(); });
});
