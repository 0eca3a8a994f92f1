//! Text files over sockets: whatever the bytes, the encoding and the kind of newline, what is read whole, by lines and in pieces is
//! the same text. The first three bytes choose, the others are what arrives.
#![no_main]

use std::cell::RefCell;

use wirescript::{Policy, Runtime, Value};

const ENCODINGS: [&str; 6] = ["utf-8", "utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig"];
const CHECK: &str = r#"
local NEWLINES = {"\n", "\r", "\r\n", ""}
function check(data, newline, encoding, size)
  local function all(step)
    local a, b <close> = socket.socketpair()
    a:sendall(data)
    a:close()
    local f <close> = b:makefile("r", {encoding = encoding, errors = "surrogateescape", newline = NEWLINES[newline]})
    local parts = {}
    local ok, e = pcall(function()
      repeat
        local part = step(f)
        table.insert(parts, part)
      until part == ""
    end)
    assert(ok or e:is(errors.UnicodeError), tostring(e))
    return table.concat(parts), ok
  end
  local whole, decoded = all(function(f) return f:read() end)
  local lines, lined = all(function(f)
    local line = f:readline()
    local ending = NEWLINES[newline] or "\n"
    if ending ~= "" then
      local found = line:find(ending, 1, true)
      assert(not found or found + #ending - 1 == #line, "a line goes on after its end")
    end
    return line
  end)
  local pieces, cut = all(function(f) return f:read(size) end)
  if decoded then
    assert(lined and cut and lines == whole and pieces == whole, "read in another way it is another text")
    assert(NEWLINES[newline] or not whole:find("\r", 1, true), "a carriage return is left")
  end
end"#;

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new({
        let mut runtime = Runtime::builder().lua().policy(Policy::allow_all()).build().expect("a runtime");
        runtime.run("files", CHECK).expect("it is read");
        runtime
    });
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [newline, encoding, size, data @ ..] = data else {
        return;
    };
    let arguments = (
        Value::Bytes(data.to_vec()),
        newline % 5 + 1,
        ENCODINGS[usize::from(*encoding) % ENCODINGS.len()],
        size % 9 + 1,
    );
    RUNTIME.with_borrow_mut(|runtime| {
        runtime
            .call::<Value>("check", arguments)
            .unwrap_or_else(|error| panic!("{error}"));
    });
});
