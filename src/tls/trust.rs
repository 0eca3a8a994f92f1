//! Whom a context trusts: the system's authorities, certificates from PEM and DER, and what is told of them.

use std::sync::{Arc, OnceLock};

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, TrustAnchor};

use crate::error::Result;

use super::context::Context;
use super::{certificate, fault, pem, roots};

/// What the system trusts, read once.
struct System {
    anchors: Vec<TrustAnchor<'static>>,
    certificates: Vec<CertificateDer<'static>>,
    warning: Option<String>,
}

fn system() -> &'static System {
    static SYSTEM: OnceLock<System> = OnceLock::new();
    SYSTEM.get_or_init(|| {
        let found = roots::system();
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(found.certificates.iter().cloned());
        store.roots.extend(found.anchors);
        System {
            anchors: store.roots,
            certificates: found.certificates,
            warning: found.warning,
        }
    })
}

impl Context {
    /// Trusts what the system trusts. What the user should be told of it is returned.
    pub(crate) fn trust_system(&self) -> Option<&'static str> {
        let system = system();
        let mut roots = self.roots.borrow_mut();
        Arc::make_mut(&mut roots)
            .roots
            .extend(system.anchors.iter().cloned());
        Arc::make_mut(&mut self.trusted.borrow_mut()).extend(system.certificates.iter().cloned());
        self.warning.borrow_mut().clone_from(&system.warning);
        self.changed();
        system.warning.as_deref()
    }

    /// Trusts the certificates in a PEM text.
    ///
    /// # Errors
    /// `SSLError` where there is none in it, or one that cannot be read.
    pub(crate) fn trust_pem(&self, text: &[u8]) -> Result<()> {
        let certificates = pem::certificates(text)?;
        if certificates.is_empty() {
            return Err(fault::x509(
                136,
                "NO_CERTIFICATE_OR_CRL_FOUND",
                "no certificate or crl found",
            ));
        }
        certificates
            .into_iter()
            .try_for_each(|certificate| self.trust(certificate))
    }

    /// Trusts one certificate.
    fn trust(&self, certificate: CertificateDer<'static>) -> Result<()> {
        if self.trusted.borrow().contains(&certificate) {
            return Ok(());
        }
        let added = Arc::make_mut(&mut self.roots.borrow_mut()).add(certificate.clone());
        if let Err(error) = added
            && certificate::facts(&certificate).is_none()
        {
            return Err(
                fault::setting("not enough data: cadata does not contain a certificate")
                    .because(error.to_string()),
            );
        }
        Arc::make_mut(&mut self.trusted.borrow_mut()).push(certificate);
        self.changed();
        Ok(())
    }

    /// Trusts certificates in binary form, one after another.
    ///
    /// # Errors
    /// As [`Self::trust_pem`].
    pub(crate) fn trust_der(&self, mut data: &[u8]) -> Result<()> {
        while !data.is_empty() {
            let length = der_length(data)
                .ok_or_else(|| fault::setting("not enough data: cadata does not contain a certificate"))?;
            let (one, rest) = data.split_at(length);
            self.trust(CertificateDer::from(one.to_vec()))?;
            data = rest;
        }
        Ok(())
    }

    /// Python's `cert_store_stats`: certificates trusted, and how many of them are authorities'.
    pub(crate) fn store_counts(&self) -> (usize, usize) {
        let trusted = self.trusted.borrow();
        let authorities = trusted
            .iter()
            .filter(|one| certificate::is_authority(one))
            .count();
        (trusted.len(), authorities)
    }

    /// The authorities' certificates that are trusted.
    pub(crate) fn authorities(&self) -> Vec<Vec<u8>> {
        let trusted = self.trusted.borrow();
        trusted
            .iter()
            .filter(|one| certificate::is_authority(one))
            .map(|one| one.to_vec())
            .collect()
    }
}

/// Bytes of the first value in DER: its head and what the head says.
fn der_length(data: &[u8]) -> Option<usize> {
    let (first, rest) = (*data.get(1)?, data.get(2..)?);
    let length = if first < 0x80 {
        2 + usize::from(first)
    } else {
        let count = usize::from(first & 0x7f);
        let digits = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
        2 + count
            + digits
                .iter()
                .fold(0, |length, byte| length << 8 | usize::from(*byte))
    };
    (data[0] == 0x30 && length <= data.len()).then_some(length)
}
