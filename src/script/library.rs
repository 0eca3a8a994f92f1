//! The modules that are written in the scripts' own languages: the folder `stdlib`, compiled in. Class-shaped things with
//! hooks live there, as a script's functions are what they call. Nothing of a library is read before a script uses it.
//!
//! A library is a folder of pages, one a topic, that are read as one text: a page sees what stands in the ones before it.

use std::ffi::CStr;

/// A module of the folder `stdlib`, in one language.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) name: &'static str,
    /// Its name as Lua's messages show it.
    #[cfg_attr(not(feature = "lua"), allow(dead_code, reason = "Lua's alone"))]
    pub(crate) chunk: &'static CStr,
    pub(crate) source: &'static str,
    /// The classes it has: Rhai has to know before it reads it.
    #[cfg_attr(not(feature = "rhai"), allow(dead_code, reason = "Rhai's alone"))]
    pub(crate) classes: &'static [&'static str],
}

/// The libraries of both languages.
macro_rules! libraries {
    ($($name:literal: { lua: [$($lua:literal)*], rhai: [$($rhai:literal)*], classes: $classes:tt })*) => {
        /// Those in Lua: a chunk is called with its module's table and fills it.
        #[cfg(feature = "lua")]
        pub(crate) static LUA: &[Library] = &[$(library!($name, "lua", [$($lua)*], $classes)),*];
        /// Those in Rhai: a script's value is a map of its classes.
        #[cfg(feature = "rhai")]
        pub(crate) static RHAI: &[Library] = &[$(library!($name, "rhai", [$($rhai)*], $classes)),*];
    };
}

macro_rules! library {
    ($name:literal, $language:literal, [$($page:literal)*], [$($class:literal)*]) => {
        Library {
            name: $name,
            chunk: match CStr::from_bytes_with_nul(concat!("=", $name, "\0").as_bytes()) {
                Ok(chunk) => chunk,
                Err(_) => panic!("a name without NUL"),
            },
            source: concat!(
                $(include_str!(concat!("../../stdlib/", $language, "/", $name, "/", $page, ".", $language))),*
            ),
            classes: &[$($class),*],
        }
    };
}

libraries! {
    "socketserver": {
        lua: ["classes" "handlers" "servers" "concurrent"],
        rhai: ["handlers" "servers" "concurrent"],
        classes: [
            "BaseServer" "TCPServer" "UDPServer" "UnixStreamServer" "UnixDatagramServer"
            "ThreadingMixIn" "ThreadingTCPServer" "ThreadingUDPServer" "ThreadingUnixStreamServer" "ThreadingUnixDatagramServer"
            "ForkingMixIn" "ForkingTCPServer" "ForkingUDPServer" "ForkingUnixStreamServer" "ForkingUnixDatagramServer"
            "BaseRequestHandler" "StreamRequestHandler" "DatagramRequestHandler"
        ]
    }
}
