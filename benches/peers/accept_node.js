// accept_node.js: prints its port, accepts and closes.
const server = require("net").createServer((c) => c.destroy());
server.listen({ port: 0, host: "0.0.0.0", backlog: 4096 }, () => console.log(server.address().port));
