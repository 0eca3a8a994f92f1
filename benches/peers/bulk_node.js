// bulk_node.js WAY: prints its port, accepts connections, and sends or receives on them in chunks of 64 KiB.
const chunk = Buffer.alloc(65536, "b");
const server = require("net").createServer((c) => {
  c.on("error", () => c.destroy());
  if (process.argv[2] === "send") {
    const send = () => { while (c.write(chunk)); };
    c.on("drain", send);
    send();
  } else {
    c.on("data", () => {});
  }
});
server.listen({ port: 0, host: "0.0.0.0" }, () => console.log(server.address().port));
