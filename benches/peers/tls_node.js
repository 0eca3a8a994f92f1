// tls_node.js WAY IDENTITY PORT COUNT: sends or takes so many MiB over TLS; prints the seconds it took.
const [way, identity, port, count] = process.argv.slice(2);
const ca = require("fs").readFileSync(identity);
const piece = Buffer.alloc(65536, "s");
const s = require("tls").connect({ port: Number(port), host: "127.0.0.1", servername: "localhost", ca }, () => {
  const start = process.hrtime.bigint();
  const end = () => {
    console.log(Number(process.hrtime.bigint() - start) / 1e9);
    s.destroy();
  };
  if (way === "send") {
    let left = count * 16;
    const send = () => {
      while (left > 0) {
        left -= 1;
        if (!s.write(piece)) return;
      }
    };
    s.on("drain", send);
    s.on("data", end);
    send();
  } else {
    let left = count * 1048576;
    s.on("data", (data) => {
      left -= data.length;
      if (left <= 0) end();
    });
  }
});
