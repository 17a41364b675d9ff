// A remote cache for turbo over plain HTTP: it gives by GET what it got by PUT. turbo-cache.js DIRECTORY: prints its port.
const fs = require("node:fs");
const http = require("node:http");
const path = require("node:path");

const server = http.createServer((request, response) => {
  const name = /^\/v8\/artifacts\/([0-9a-f]+)(\?|$)/.exec(request.url);
  if (name === null) {
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end('{"status": "enabled"}');
    return;
  }
  const file = path.join(process.argv[2], name[1]);
  if (request.method === "PUT") {
    request.pipe(fs.createWriteStream(file)).on("finish", () => {
      response.statusCode = 202;
      response.end('{"urls": []}');
    });
  } else if (fs.existsSync(file)) {
    response.setHeader("content-length", fs.statSync(file).size);
    if (request.method === "HEAD") response.end();
    else fs.createReadStream(file).pipe(response);
  } else {
    response.statusCode = 404;
    response.end();
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
