// lines_node.js PORT COUNT LENGTH: reads lines off a connection; prints the seconds it took.
const [port, count, length] = process.argv.slice(2).map(Number);
const c = require("net").connect(port, "127.0.0.1");
const start = process.hrtime.bigint();
let seen = 0;
let bytes = 0;
const lines = require("readline").createInterface({ input: c });
lines.on("line", (line) => {
  seen += 1;
  bytes += line.length + 1;
});
lines.on("close", () => {
  console.log(Number(process.hrtime.bigint() - start) / 1e9);
  if (seen !== count || bytes !== length * count) throw new Error("lines are missing");
});
