// pingpong_node.js PORT COUNT: a byte to the peer and back, by events; prints the seconds it took.
const [port, count] = process.argv.slice(2).map(Number);
const c = require("net").connect(port, "127.0.0.1", () => {
  c.setNoDelay(true);
  const start = process.hrtime.bigint();
  let left = count;
  c.on("data", () => {
    left -= 1;
    if (left === 0) {
      console.log(Number(process.hrtime.bigint() - start) / 1e9);
      c.destroy();
    } else {
      c.write("x");
    }
  });
  c.write("x");
});
