//! The certificates this machine trusts.

use rustls::pki_types::{CertificateDer, TrustAnchor};

/// What the system trusts, and what is to be told about it.
pub(super) struct Found {
    pub(super) certificates: Vec<CertificateDer<'static>>,
    /// Mozilla's, of which only what verifying needs is compiled in.
    pub(super) anchors: Vec<TrustAnchor<'static>>,
    /// What the user should know: nothing was found, or something else was taken in its place.
    pub(super) warning: Option<String>,
}

/// Loads the system's roots: the files that `SSL_CERT_FILE` and `SSL_CERT_DIR` name, or where the system keeps them. A machine
/// that keeps none at all gets Mozilla's, which are compiled in; one whose store cannot be read gets none, since somebody meant
/// that store to be the one.
pub(super) fn system() -> Found {
    let found = rustls_native_certs::load_native_certs();
    if !found.certs.is_empty() {
        return Found {
            certificates: found.certs,
            anchors: Vec::new(),
            warning: None,
        };
    }
    let faults: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
    if faults.is_empty() {
        return Found {
            certificates: Vec::new(),
            anchors: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
            warning: Some(
                "this system keeps no trusted certificates (on Debian: the package ca-certificates); those of Mozilla, compiled \
                 in, are trusted"
                    .to_owned(),
            ),
        };
    }
    Found {
        certificates: Vec::new(),
        anchors: Vec::new(),
        warning: Some(format!(
            "no trusted certificates could be loaded, every verification will fail: {}",
            faults.join("; ")
        )),
    }
}
