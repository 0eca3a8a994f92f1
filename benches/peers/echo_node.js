// The echo server of the bench in node. Prints its port.
const server = require("net").createServer({ noDelay: true }, (c) => {
  c.on("data", (data) => c.write(data));
  c.on("error", () => c.destroy());
});
server.listen({ port: 0, host: "0.0.0.0", backlog: 4096 }, () => console.log(server.address().port));
