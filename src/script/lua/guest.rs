//! The modules in a machine of the host's own.

use std::rc::Rc;

use mlua::Lua;

use crate::error::Result;
use crate::net::Net;

use super::trampoline;

/// Puts `socket` and the other modules into a Lua machine of your own: as globals, and for `require`. Names that are there
/// stay what they are.
///
/// There is no [`Runtime`](crate::Runtime): a call that waits blocks the thread, a script's coroutine or not, and
/// `task.spawn`, `task.timeout` and `task.group` raise a `RuntimeError` that says so. What scripts may do is the network's
/// policy; the machine's own libraries are your affair. Errors are the same objects, but `mlua` keeps only their text when one
/// reaches Rust. The modules live as long as the machine.
///
/// The machine must be used on one thread: with `mlua`'s feature `send` this does not compile.
///
/// # Errors
/// `ValueError` when the machine has the modules already; `MemoryError`.
///
/// ```
/// use wirescript::{Net, Policy};
///
/// let lua = mlua::Lua::new();
/// let net = Net::standalone(Policy::allow_all());
/// wirescript::lua::register(&lua, &net)?;
/// let text: String = lua
///     .load("local a, b = socket.socketpair() a:sendall('hello') a:close() return b:recv(10)")
///     .eval()
///     .expect("a pair of sockets");
/// assert_eq!(text, "hello");
/// # Ok::<(), wirescript::Error>(())
/// ```
pub fn register(lua: &Lua, net: &Rc<Net>) -> Result<()> {
    let () = <Lua as MluaMustBeBuiltWithoutItsFeatureSend<_>>::CHECK;
    trampoline::install_guest(lua, net)
}

/// Ambiguous for what is `Send`: then the line above does not compile.
trait MluaMustBeBuiltWithoutItsFeatureSend<A> {
    const CHECK: () = ();
}

impl<T> MluaMustBeBuiltWithoutItsFeatureSend<()> for T {}

/// What only `Send` types have in common.
struct Sendable;

impl<T: Send> MluaMustBeBuiltWithoutItsFeatureSend<Sendable> for T {}
