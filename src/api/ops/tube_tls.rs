//! What a conversation is told of TLS, for `tls://` URLs: whom to trust, which name to prove, which certificate to show.

#[cfg(feature = "tls")]
use std::rc::Rc;

use crate::api::argument::{FromArg, Mismatch, Text};
use crate::api::{Cx, Value};
use crate::error::{Error, Result};
use crate::tools::{Scheme, Secrets, Url};

/// A list of texts: an argument list, protocols.
pub(super) struct Texts(
    #[cfg_attr(
        not(feature = "tls"),
        allow(dead_code, reason = "without TLS it is only refused")
    )]
    pub(super) Vec<Vec<u8>>,
);

impl FromArg for Texts {
    const KIND: &'static str = "list of str";
    fn from_arg(value: Value) -> Result<Self, Mismatch> {
        let one = |value| Text::from_arg(value).map(|text| text.0);
        match value {
            Value::List(items) => items.into_iter().map(one).collect::<Result<_, _>>().map(Self),
            value => Ok(Self(vec![one(value)?])),
        }
    }
}

/// What is said of TLS.
#[derive(Default)]
pub(super) struct Trust {
    pub(super) distrust: bool,
    pub(super) cafile: Option<Text>,
    pub(super) hostname: Option<String>,
    pub(super) alpn: Option<Texts>,
    pub(super) certfile: Option<Text>,
    pub(super) keyfile: Option<Text>,
}

impl Trust {
    fn is_said(&self) -> bool {
        self.distrust
            || self.hostname.is_some()
            || self.alpn.is_some()
            || [&self.cafile, &self.certfile, &self.keyfile]
                .iter()
                .any(|file| file.is_some())
    }

    /// How TLS is to be spoken, where the URL says that it is.
    pub(super) fn secrets(self, cx: &Cx<'_>, url: &Url, server_side: bool) -> Result<Option<Secrets>> {
        if url.scheme() == Scheme::Tls {
            return self.context(cx, url, server_side).map(Some);
        }
        if self.is_said() {
            return Err(Error::value(format!(
                "options of TLS are for tls:// URLs, and this one is {url}"
            )));
        }
        Ok(None)
    }

    #[cfg(feature = "tls")]
    fn context(self, cx: &Cx<'_>, url: &Url, server_side: bool) -> Result<Secrets> {
        use super::tls::{PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, read_file, trust_system};
        /// `CERT_NONE` and `CERT_REQUIRED`.
        const ASK_NOTHING: i64 = 0;
        const ASK_PROOF: i64 = 2;
        let context = Rc::new(crate::tls::Context::new(if server_side {
            PROTOCOL_TLS_SERVER
        } else {
            PROTOCOL_TLS_CLIENT
        })?);
        match &self.cafile {
            _ if self.distrust => {
                context.set_check_hostname(false);
                context.set_verify_mode(ASK_NOTHING)?;
            }
            Some(Text(path)) => {
                context.set_verify_mode(ASK_PROOF)?;
                context.trust_pem(&read_file(cx.net, path)?)?;
            }
            None if server_side => {}
            None => trust_system(cx, &context)?,
        }
        match (&self.certfile, &self.keyfile) {
            (Some(Text(chain)), key) => {
                let chain = read_file(cx.net, chain)?;
                let key = key.as_ref().map(|Text(key)| read_file(cx.net, key)).transpose()?;
                context.set_identity(&chain, key.as_deref().unwrap_or(&chain))?;
            }
            (None, Some(_)) => return Err(Error::value("a keyfile needs the certfile it belongs to")),
            (None, None) if server_side => {
                return Err(Error::value(
                    "listening on a tls:// URL needs a certificate: certfile=, and keyfile= where the key is in a file of its own",
                ));
            }
            (None, None) => {}
        }
        if let Some(Texts(protocols)) = self.alpn {
            context.set_alpn(protocols)?;
        }
        let host = match url {
            Url::Inet { host, .. } if !server_side => Some(host.clone()),
            _ => None,
        };
        Ok(Secrets {
            context,
            hostname: self.hostname.or(host),
        })
    }

    #[cfg(not(feature = "tls"))]
    fn context(self, _: &Cx<'_>, url: &Url, _: bool) -> Result<Secrets> {
        Err(Error::new(
            crate::error::Class::NotImplementedError,
            format!("{url}: this wirescript was built without TLS (feature `tls`)"),
        ))
    }
}
