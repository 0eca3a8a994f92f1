//! Formats of `struct`: one that is read has a size, and what is unpacked by it packs to the same values again.
#![no_main]

use std::cell::RefCell;

use wirescript::{Policy, Runtime, Value};

const CHECK: &str = "
function check(format, data)
  local ok, size = pcall(struct.calcsize, format)
  if not ok then return end
  assert(size >= 0)
  if size > 1 << 16 then pcall(struct.unpack, format, data) return end
  local exact = (data .. ('\\0'):rep(size)):sub(1, size)
  local values = table.pack(pcall(struct.unpack, format, exact))
  if not values[1] then
    -- Numbers that the language's integers cannot hold, and nothing else.
    assert(values[2].name == 'OverflowError', tostring(values[2]))
    return
  end
  if values.n > 200 then return end
  local packed = struct.pack(format, table.unpack(values, 2, values.n))
  assert(#packed == size)
  local again = table.pack(struct.unpack(format, packed))
  for place = 1, again.n do
    local one, other = values[place + 1], again[place]
    assert(one == other or one ~= one and other ~= other, format)
  end
end";

thread_local! {
    static RUNTIME: RefCell<Runtime> = RefCell::new({
        let mut runtime = Runtime::builder().lua().policy(Policy::deny_all()).build().expect("a runtime");
        runtime.run("formats", CHECK).expect("it is read");
        runtime
    });
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let split = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (format, rest) = (&data[..split], data.get(split + 1..).unwrap_or_default());
    RUNTIME.with_borrow_mut(|runtime| {
        runtime
            .call::<Value>(
                "check",
                (Value::Bytes(format.to_vec()), Value::Bytes(rest.to_vec())),
            )
            .unwrap_or_else(|error| panic!("{error}"));
    });
});
