//! Whom to talk to, as one text: `tcp://host:port`, `udp://…`, `tls://…`, `unix:///path`. A host of IPv6 stands in brackets.

use std::fmt;

use crate::error::{Error, Result};
use crate::text::str_repr;

/// How to talk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scheme {
    Tcp,
    Udp,
    Tls,
    Unix,
}

/// A peer, or a place to listen at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Url {
    Inet {
        scheme: Scheme,
        /// Empty for every address of the machine.
        host: String,
        port: u16,
    },
    /// A Unix socket's path; a first byte of zero makes it an abstract name.
    Unix(Vec<u8>),
}

const FORMS: &str = "tcp://host:port, udp://host:port, tls://host:port or unix:///path";

impl Url {
    /// Reads it.
    ///
    /// # Errors
    /// `ValueError` that says what is wrong.
    pub(crate) fn read(text: &[u8]) -> Result<Self> {
        let refuse = |reason: &str| {
            let shown = str_repr(&String::from_utf8_lossy(text));
            Err(Error::value(format!(
                "{shown} is no URL of a peer: {reason}; write {FORMS}"
            )))
        };
        if let Some(path) = text.strip_prefix(b"unix:") {
            let path = path.strip_prefix(b"//").unwrap_or(path);
            return match path {
                [] => refuse("there is no path"),
                [b'@', name @ ..] => Ok(Self::Unix([b"\0", name].concat())),
                path if path.contains(&0) => refuse("a path has no zero byte"),
                path => Ok(Self::Unix(path.to_vec())),
            };
        }
        let Ok(text) = std::str::from_utf8(text) else {
            return refuse("it is not UTF-8");
        };
        let Some((scheme, rest)) = text.split_once("://") else {
            return refuse("it has no scheme");
        };
        let scheme = match scheme {
            "tcp" => Scheme::Tcp,
            "udp" => Scheme::Udp,
            "tls" => Scheme::Tls,
            _ => return refuse("its scheme is not known"),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = if let Some(rest) = rest.strip_prefix('[') {
            let Some((host, rest)) = rest.split_once(']') else {
                return refuse("the bracket before the host is not closed");
            };
            match rest.strip_prefix(':') {
                Some(port) => (host, port),
                None => return refuse("there is no port"),
            }
        } else {
            match rest.rsplit_once(':') {
                Some((host, _)) if host.contains(':') => {
                    return refuse("a host of IPv6 stands in brackets");
                }
                Some(parts) => parts,
                None => return refuse("there is no port"),
            }
        };
        match port.parse() {
            Ok(port) if !port_is_signed(rest) => Ok(Self::Inet {
                scheme,
                host: host.to_owned(),
                port,
            }),
            _ => refuse("its port is no number from 0 to 65535"),
        }
    }

    /// How to talk.
    pub(crate) const fn scheme(&self) -> Scheme {
        match self {
            Self::Inet { scheme, .. } => *scheme,
            Self::Unix(_) => Scheme::Unix,
        }
    }
}

/// Whether the port is written with a sign, which Rust would read.
fn port_is_signed(rest: &str) -> bool {
    rest.rsplit(':').next().is_some_and(|port| port.starts_with('+'))
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Tls => "tls",
            Self::Unix => "unix",
        })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet { scheme, host, port } if host.contains(':') => {
                write!(f, "{scheme}://[{host}]:{port}")
            }
            Self::Inet { scheme, host, port } => write!(f, "{scheme}://{host}:{port}"),
            Self::Unix(path) => match path.split_first() {
                Some((0, name)) => write!(f, "unix://@{}", String::from_utf8_lossy(name)),
                _ => write!(f, "unix://{}", String::from_utf8_lossy(path)),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_shown_again() {
        for text in [
            "tcp://localhost:80",
            "udp://127.0.0.1:53",
            "tls://[::1]:443",
            "tcp://[fe80::1%eth0]:9",
            "unix:///tmp/x",
            "unix://@name",
            "tcp://:0",
        ] {
            let url = Url::read(text.as_bytes()).expect(text);
            assert_eq!(url.to_string(), text);
        }
        assert_eq!(
            Url::read(b"unix:/tmp/x").ok(),
            Some(Url::Unix(b"/tmp/x".to_vec()))
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, reason) in [
            ("localhost:80", "no scheme"),
            ("http://x:80", "scheme is not known"),
            ("tcp://localhost", "no port"),
            ("tcp://::1:80", "in brackets"),
            ("tcp://[::1", "not closed"),
            ("tcp://[::1]", "no port"),
            ("tcp://x:65536", "no number from 0"),
            ("tcp://x:+1", "no number from 0"),
            ("tcp://x:", "no number from 0"),
            ("unix://", "no path"),
            ("unix:///a\0b", "zero byte"),
        ] {
            let error = Url::read(text.as_bytes()).expect_err(text);
            assert!(error.message().contains(reason), "{text}: {error}");
        }
    }
}
