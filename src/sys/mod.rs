//! The platform: every system call the product makes, and the only room with `unsafe` in it.
//!
//! Each function is safe to call, makes one system call, turns -1 into an [`errno::Errno`] once, and holds
//! one unsafe operation under one SAFETY line that names what makes it sound. None of them retries on EINTR,
//! waits by its own decision, or judges: the loop above owns that. `errno` names the failures and `flag` the
//! few numbers the rooms above need; `fd` is about any descriptor, `file` about those that are no sockets; `sockaddr` turns
//! an address into C's bytes and back; `socket` makes, binds and connects, `transfer` moves bytes, `message` bytes with
//! control data, `splice` without leaving the kernel, `option` reads and sets options, `control` is fcntl and ioctl, `peer`
//! knows the process at the other end, `insight` what the kernel tells a person of a socket;
//! `poll` waits; `wake` wakes who waits; `fiber` switches stacks, `prefetch` asks for memory ahead of its use, `allocator` notes what is large and keeps `blocks` that are small, `signal` hears Ctrl-C and `alarm` rings by the processor time used; `borrowed` is a slice a script owns; `resolve` asks the resolver, `netdb` the older data bases, `interface` the host for its names; `random` hands out random bytes; `process` knows this
//! process, thread and machine, `fork` copies and ends it, `child` starts programs beside it; `start` is where the command begins, `stdio` is C's output, `terminal` remembers the modes of the one at standard input.
//!
//! Another platform is another folder behind these names; no room above changes.

#[cfg(not(unix))]
compile_error!("wirescript needs a Unix: there is no `sys` room for this platform yet");

pub(crate) mod alarm;
pub(crate) mod allocator;
mod blocks;
pub(crate) mod borrowed;
pub(crate) mod child;
pub(crate) mod control;
pub(crate) mod epoll;
pub(crate) mod errno;
pub(crate) mod fd;
pub(crate) mod fiber;
pub(crate) mod file;
pub(crate) mod flag;
pub(crate) mod fork;
#[cfg_attr(
    not(feature = "cli"),
    allow(
        dead_code,
        unused_imports,
        reason = "a library needs a part, the prompt all of it"
    )
)]
pub(crate) mod insight;
pub(crate) mod interface;
pub(crate) mod memory;
pub(crate) mod message;
pub(crate) mod netdb;
pub(crate) mod option;
pub(crate) mod peer;
pub(crate) mod poll;
pub(crate) mod prefetch;
pub(crate) mod process;
#[cfg(feature = "tls")]
pub(crate) mod random;
pub(crate) mod resolve;
pub(crate) mod signal;
pub(crate) mod sockaddr;
pub(crate) mod socket;
#[cfg(linux)]
pub(crate) mod splice;
#[cfg(all(feature = "cli", glibc))]
pub(crate) mod start;
pub(crate) mod stdio;
#[cfg(feature = "cli")]
pub(crate) mod terminal;
pub(crate) mod transfer;
pub(crate) mod wake;
