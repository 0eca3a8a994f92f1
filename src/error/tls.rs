//! What errors of TLS have besides: OpenSSL's names for where and why, and the outcome of a verification.

use super::Error;

/// The parts of an `SSLError`.
#[derive(Clone, Debug, Default)]
pub(crate) struct TlsDetail {
    /// The part of OpenSSL that would have failed: `SSL`, `X509`.
    pub(crate) library: Option<&'static str>,
    /// OpenSSL's name for the failure: `CERTIFICATE_VERIFY_FAILED`.
    pub(crate) reason: Option<&'static str>,
    /// OpenSSL's number for what is wrong with the certificate.
    pub(crate) verify_code: Option<i64>,
    /// The same in words.
    pub(crate) verify_message: Option<String>,
}

impl Error {
    /// Adds what TLS has to say.
    #[cfg(feature = "tls")]
    #[must_use]
    pub(crate) fn with_tls(mut self, tls: TlsDetail) -> Self {
        self.rare_mut().tls = Some(tls);
        self
    }

    /// The part of the library that failed, of an `SSLError`: `SSL`, `X509`.
    pub fn library(&self) -> Option<&'static str> {
        self.rare().tls.as_ref()?.library
    }

    /// OpenSSL's name for the failure, of an `SSLError`: `CERTIFICATE_VERIFY_FAILED`.
    pub fn reason(&self) -> Option<&'static str> {
        self.rare().tls.as_ref()?.reason
    }

    /// OpenSSL's number for what is wrong with a certificate.
    pub fn verify_code(&self) -> Option<i64> {
        self.rare().tls.as_ref()?.verify_code
    }

    /// What is wrong with a certificate, in OpenSSL's words.
    pub fn verify_message(&self) -> Option<&str> {
        self.rare().tls.as_ref()?.verify_message.as_deref()
    }
}
