//! Judging certificates as Python's settings ask: the chain up to a trusted root, the dates, the name; and saying what is wrong
//! in OpenSSL's words.

use std::cell::RefCell;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error as Refusal, RootCertStore,
    SignatureScheme,
};

use crate::error::Error;

use super::certificate::{self, Facts};
use super::context::VerifyMode;
use super::fault;

thread_local! {
    /// What the judge found wrong last, in more words than rustls carries. A handshake takes it at once.
    static FOUND: RefCell<Option<Error>> = const { RefCell::new(None) };
}

/// Takes what the judge found wrong since it was last asked.
pub(super) fn take_finding() -> Option<Error> {
    FOUND.try_with(RefCell::take).ok().flatten()
}

/// Judges the certificates of peers, on either side.
#[derive(Debug)]
pub(super) struct Judge {
    roots: Arc<RootCertStore>,
    /// The same as they were loaded: of these, one that signed itself is believed by itself, as OpenSSL believes it.
    trusted: Arc<Vec<CertificateDer<'static>>>,
    /// One that others signed is believed too.
    partial: bool,
    mode: VerifyMode,
    check_hostname: bool,
    provider: Arc<CryptoProvider>,
    subjects: Vec<DistinguishedName>,
    /// Why there are no roots, where the system was to give them.
    warning: Option<String>,
}

impl Judge {
    pub(super) fn new(
        roots: Arc<RootCertStore>,
        trusted: Arc<Vec<CertificateDer<'static>>>,
        partial: bool,
        mode: VerifyMode,
        check_hostname: bool,
        provider: Arc<CryptoProvider>,
        warning: Option<String>,
    ) -> Self {
        let subjects = roots.subjects();
        Self {
            roots,
            trusted,
            partial,
            mode,
            check_hostname,
            provider,
            subjects,
            warning,
        }
    }

    /// Whether a path of signatures leads from the certificate to a root, all within their dates.
    fn chain(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
        client: bool,
    ) -> Result<(), Refusal> {
        if self.trusted.iter().any(|known| known == leaf)
            && let Some(facts) = certificate::facts(leaf)
            && (self.partial || facts.is_self_issued)
        {
            return facts.check_dates(now);
        }
        if self.roots.is_empty() {
            return Err(CertificateError::UnknownIssuer.into());
        }
        let algorithms = self.provider.signature_verification_algorithms;
        if client {
            return WebPkiClientVerifier::builder_with_provider(self.roots.clone(), self.provider.clone())
                .build()
                .map_err(|error| Refusal::General(error.to_string()))?
                .verify_client_cert(leaf, others, now)
                .map(drop);
        }
        let parsed = ParsedCertificate::try_from(leaf)?;
        verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, others, now, algorithms.all)
    }

    /// Whether the certificate is for this name. One without alternative names is for its common name, as OpenSSL has it.
    fn name(&self, leaf: &CertificateDer<'_>, name: &ServerName<'_>) -> Result<(), Refusal> {
        let facts = certificate::facts(leaf);
        if let (ServerName::DnsName(wanted), Some(facts)) = (name, &facts)
            && facts.has_no_dns_names
        {
            let fits = |common: &String| certificate::name_fits(common, wanted.as_ref());
            return if facts.common_names.iter().any(fits) {
                Ok(())
            } else {
                Err(CertificateError::NotValidForName.into())
            };
        }
        verify_server_name(&ParsedCertificate::try_from(leaf)?, name)
    }

    /// Keeps what is wrong in OpenSSL's words, and hands rustls' own on, which chooses the alert by it.
    fn refuse(
        &self,
        refusal: Refusal,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: Option<&ServerName<'_>>,
    ) -> Refusal {
        let facts = certificate::facts(leaf);
        let (code, message) = describe(&refusal, facts.as_ref(), others, name);
        // A certificate that is its own issuer may be refused for being an authority's; OpenSSL says first whom it does not know.
        let refusal = match code {
            18..=20 => CertificateError::UnknownIssuer.into(),
            _ => refusal,
        };
        let cause = match (&self.warning, code) {
            (Some(warning), 18..=20) => Some(warning.clone()),
            (None, 18..=20) if self.roots.is_empty() => {
                Some("no roots are trusted: load_default_certs, load_verify_locations".to_owned())
            }
            (_, 18) => Some("trust it by load_verify_locations, if it is the peer's for sure".to_owned()),
            (_, 10) => facts.map(|facts| format!("it ended {}", facts.not_after)),
            (_, 9) => facts.map(|facts| format!("it begins {}", facts.not_before)),
            (_, 62 | 64) => facts.map(|facts| format!("it is for {}", facts.names())),
            (_, 1) => Some(refusal.to_string()),
            _ => None,
        };
        let _ = FOUND.try_with(|found| found.replace(Some(fault::unverified(code, message, cause))));
        refusal
    }
}

/// OpenSSL's code and words for what is wrong.
fn describe(
    refusal: &Refusal,
    facts: Option<&Facts>,
    others: &[CertificateDer<'_>],
    name: Option<&ServerName<'_>>,
) -> (i64, String) {
    use CertificateError as C;
    let Refusal::InvalidCertificate(error) = refusal else {
        return (1, refusal.to_string());
    };
    let text = error.to_string();
    let unknown = matches!(error, C::UnknownIssuer) || text.contains("CaUsedAsEndEntity");
    match error {
        _ if unknown => {
            let last = others.last().and_then(|last| certificate::facts(last));
            if facts.is_some_and(|facts| facts.is_self_issued) {
                (18, "self-signed certificate".into())
            } else if last.is_some_and(|last| last.is_self_issued) {
                (19, "self-signed certificate in certificate chain".into())
            } else {
                (20, "unable to get local issuer certificate".into())
            }
        }
        C::NotValidYet | C::NotValidYetContext { .. } => (9, "certificate is not yet valid".into()),
        C::Expired | C::ExpiredContext { .. } => (10, "certificate has expired".into()),
        C::Revoked => (23, "certificate revoked".into()),
        C::BadSignature => (7, "certificate signature failure".into()),
        C::InvalidPurpose | C::InvalidPurposeContext { .. } => (26, "unsuitable certificate purpose".into()),
        C::NotValidForName | C::NotValidForNameContext { .. } => match name {
            Some(ServerName::IpAddress(ip)) => {
                let ip = std::net::IpAddr::from(*ip);
                (
                    64,
                    format!("IP address mismatch, certificate is not valid for '{ip}'."),
                )
            }
            Some(name) => {
                let name = name.to_str();
                (
                    62,
                    format!("Hostname mismatch, certificate is not valid for '{name}'."),
                )
            }
            None => (62, "Hostname mismatch".into()),
        },
        _ => (1, "unspecified certificate verification error".into()),
    }
}

/// What both sides' traits ask for in the same words: whether who shows a certificate has its key.
macro_rules! checks_signatures {
    () => {
        fn verify_tls12_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Refusal> {
            verify_tls12_signature(
                message,
                cert,
                dss,
                &self.provider.signature_verification_algorithms,
            )
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Refusal> {
            verify_tls13_signature(
                message,
                cert,
                dss,
                &self.provider.signature_verification_algorithms,
            )
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            self.provider
                .signature_verification_algorithms
                .supported_schemes()
        }
    };
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Refusal> {
        if self.mode != VerifyMode::None {
            self.chain(leaf, others, now, false)
                .and_then(|()| {
                    if self.check_hostname {
                        self.name(leaf, name)
                    } else {
                        Ok(())
                    }
                })
                .map_err(|refusal| self.refuse(refusal, leaf, others, Some(name)))?;
        }
        Ok(ServerCertVerified::assertion())
    }

    checks_signatures!();
}

impl ClientCertVerifier for Judge {
    fn offer_client_auth(&self) -> bool {
        self.mode != VerifyMode::None
    }

    fn client_auth_mandatory(&self) -> bool {
        self.mode == VerifyMode::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.subjects
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Refusal> {
        self.chain(leaf, others, now, true)
            .map_err(|refusal| self.refuse(refusal, leaf, others, None))?;
        Ok(ClientCertVerified::assertion())
    }

    checks_signatures!();
}
