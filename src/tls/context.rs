//! Settings of TLS: Python's `SSLContext`, with its rules between them.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, InconsistentKeys, RootCertStore, ServerConfig, SupportedCipherSuite};

use crate::error::{Error, Result};

use super::random::Handed;
use super::suites::Cipher;
use super::{fault, pem, suites};

/// Which side of TLS a context is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protocol {
    Either,
    Client,
    Server,
    /// Either side, in this version only.
    Only(i64),
}

/// How a peer's certificate is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum VerifyMode {
    None,
    Optional,
    Required,
}

/// Numbers of versions, as Python's `TLSVersion` has them.
pub(crate) const TLS_1_2: i64 = 0x0303;
pub(crate) const TLS_1_3: i64 = 0x0304;
/// The oldest version there is: SSL 3.
const OLDEST: i64 = 0x0300;
/// `TLSVersion.MINIMUM_SUPPORTED` and `MAXIMUM_SUPPORTED`.
const LEAST: i64 = -2;
const MOST: i64 = -1;

/// `OP_ALL`, `OP_NO_SSLv3`, `OP_CIPHER_SERVER_PREFERENCE`, `OP_NO_COMPRESSION`, `OP_ENABLE_MIDDLEBOX_COMPAT`: what Python sets.
const OPTIONS: i64 = 2_186_412_112;
const NO_TLS_1_2: i64 = 0x0800_0000;
const NO_TLS_1_3: i64 = 0x2000_0000;

/// The settings.
pub(crate) struct Context {
    pub(crate) protocol: Protocol,
    verify_mode: Cell<VerifyMode>,
    check_hostname: Cell<bool>,
    versions: Cell<(i64, i64)>,
    options: Cell<i64>,
    verify_flags: Cell<i64>,
    pub(super) alpn: RefCell<Vec<Vec<u8>>>,
    pub(super) suites: RefCell<Vec<SupportedCipherSuite>>,
    pub(super) roots: RefCell<Arc<RootCertStore>>,
    pub(super) trusted: RefCell<Arc<Vec<CertificateDer<'static>>>>,
    pub(super) identity: RefCell<Option<Arc<CertifiedKey>>>,
    pub(super) warning: RefCell<Option<String>>,
    pub(super) client: RefCell<Option<Arc<ClientConfig>>>,
    pub(super) server: RefCell<Option<Arc<ServerConfig>>>,
}

impl Context {
    /// Settings for a protocol by Python's number.
    ///
    /// # Errors
    /// `ValueError` for a number that is no protocol, or one too old to be spoken here.
    pub(crate) fn new(protocol: i64) -> Result<Self> {
        let protocol = match protocol {
            2 => Protocol::Either,
            16 => Protocol::Client,
            17 => Protocol::Server,
            5 => Protocol::Only(TLS_1_2),
            0 | 1 | 3 | 4 => {
                return Err(Error::value(format!(
                    "protocol {protocol} is not spoken here: SSL 2 and 3 and TLS 1.0 and 1.1 are broken; use \
                     PROTOCOL_TLS_CLIENT or PROTOCOL_TLS_SERVER"
                )));
            }
            other => {
                return Err(Error::value(format!(
                    "invalid or unsupported protocol version {other}"
                )));
            }
        };
        let client = protocol == Protocol::Client;
        Ok(Self {
            protocol,
            verify_mode: Cell::new(if client {
                VerifyMode::Required
            } else {
                VerifyMode::None
            }),
            check_hostname: Cell::new(client),
            versions: Cell::new(match protocol {
                Protocol::Only(version) => (version, version),
                _ => (TLS_1_2, MOST),
            }),
            options: Cell::new(OPTIONS),
            verify_flags: Cell::new(0x8000),
            alpn: RefCell::default(),
            suites: RefCell::new(ring::ALL_CIPHER_SUITES.to_vec()),
            roots: RefCell::new(Arc::new(RootCertStore::empty())),
            trusted: RefCell::default(),
            identity: RefCell::default(),
            warning: RefCell::default(),
            client: RefCell::default(),
            server: RefCell::default(),
        })
    }

    /// Something was changed: configurations are made anew for the next connection.
    pub(super) fn changed(&self) {
        self.client.take();
        self.server.take();
    }

    /// How peers' certificates are looked at.
    pub(crate) fn verify_mode(&self) -> VerifyMode {
        self.verify_mode.get()
    }

    /// Chooses how peers' certificates are looked at, by Python's number.
    ///
    /// # Errors
    /// `ValueError` for another number, and for `CERT_NONE` while host names are checked.
    pub(crate) fn set_verify_mode(&self, mode: i64) -> Result<()> {
        let mode = match mode {
            0 => VerifyMode::None,
            1 => VerifyMode::Optional,
            2 => VerifyMode::Required,
            _ => return Err(Error::value("invalid value for verify_mode")),
        };
        if mode == VerifyMode::None && self.check_hostname.get() {
            return Err(Error::value(
                "Cannot set verify_mode to CERT_NONE when check_hostname is enabled.",
            ));
        }
        self.verify_mode.set(mode);
        self.changed();
        Ok(())
    }

    /// OpenSSL's flags of verification.
    pub(crate) fn verify_flags(&self) -> i64 {
        self.verify_flags.get()
    }

    /// Sets the flags. Of those that are allowed `VERIFY_X509_PARTIAL_CHAIN` alone changes anything.
    pub(crate) fn set_verify_flags(&self, flags: i64) {
        self.verify_flags.set(flags);
        self.changed();
    }

    /// Whether a chain may end at a trusted certificate that others have signed.
    pub(super) fn takes_partial_chains(&self) -> bool {
        const PARTIAL_CHAIN: i64 = 0x8_0000;
        self.verify_flags.get() & PARTIAL_CHAIN != 0
    }

    /// Whether certificates must be for the host's name.
    pub(crate) fn check_hostname(&self) -> bool {
        self.check_hostname.get()
    }

    /// Whether certificates must be for the host's name; that they are looked at follows.
    pub(crate) fn set_check_hostname(&self, check: bool) {
        if check && self.verify_mode.get() == VerifyMode::None {
            self.verify_mode.set(VerifyMode::Required);
        }
        self.check_hostname.set(check);
        self.changed();
    }

    /// The oldest and the newest version, by Python's numbers.
    pub(crate) fn versions(&self) -> (i64, i64) {
        self.versions.get()
    }

    /// Sets the oldest version.
    ///
    /// # Errors
    /// `ValueError` for a number that is no version, and where the context speaks one version only.
    pub(crate) fn set_minimum(&self, version: i64) -> Result<()> {
        let version = match self.check_version(version)? {
            LEAST => TLS_1_2,
            // The same as TLS 1.2 from here: what is older is never spoken, and nobody loses by saying so.
            version => version,
        };
        self.versions.set((version, self.versions.get().1));
        self.changed();
        Ok(())
    }

    /// Sets the newest version.
    ///
    /// # Errors
    /// As [`Self::set_minimum`].
    pub(crate) fn set_maximum(&self, version: i64) -> Result<()> {
        let version = self.check_version(version)?;
        if (OLDEST..TLS_1_2).contains(&version) {
            return Err(Error::value(format!(
                "version {version:#06x} is not spoken here: TLS 1.2 is the oldest, 1.0 and 1.1 are broken"
            )));
        }
        self.versions.set((self.versions.get().0, version));
        self.changed();
        Ok(())
    }

    fn check_version(&self, version: i64) -> Result<i64> {
        if !matches!(
            self.protocol,
            Protocol::Either | Protocol::Client | Protocol::Server
        ) {
            return Err(Error::value(
                "The context's protocol doesn't support modification of highest and lowest version.",
            ));
        }
        match version {
            LEAST | MOST | OLDEST..=TLS_1_3 => Ok(version),
            other => Err(Error::value(format!("Unsupported TLS/SSL version {other:#x}"))),
        }
    }

    /// Whether a version may be spoken, by all that was set.
    pub(super) fn speaks(&self, version: i64) -> bool {
        let (least, most) = self.versions.get();
        let least = if least == MOST { TLS_1_3 } else { least };
        let most = match most {
            MOST => TLS_1_3,
            LEAST => TLS_1_2,
            other => other,
        };
        let forbidden = if version == TLS_1_2 {
            NO_TLS_1_2
        } else {
            NO_TLS_1_3
        };
        (least..=most).contains(&version) && self.options.get() & forbidden == 0
    }

    /// OpenSSL's options; those that forbid versions are heeded.
    pub(crate) fn options(&self) -> i64 {
        self.options.get()
    }

    pub(crate) fn set_options(&self, options: i64) {
        self.options.set(options);
        self.changed();
    }

    /// The application protocols to offer, the best first.
    ///
    /// # Errors
    /// `SSLError` where one is empty or longer than 255 bytes.
    pub(crate) fn set_alpn(&self, protocols: Vec<Vec<u8>>) -> Result<()> {
        if protocols.iter().any(|name| name.is_empty() || name.len() > 255) {
            return Err(fault::setting("ALPN protocols must be 1 to 255 in length"));
        }
        *self.alpn.borrow_mut() = protocols;
        self.changed();
        Ok(())
    }

    /// Chooses among the suites of TLS 1.2 by an OpenSSL cipher list.
    ///
    /// # Errors
    /// `SSLError` where the list leaves none.
    pub(crate) fn set_ciphers(&self, list: &str) -> Result<()> {
        let chosen = suites::choose(list, ring::ALL_CIPHER_SUITES)
            .ok_or_else(|| fault::setting("No cipher can be selected."))?;
        *self.suites.borrow_mut() = chosen;
        self.changed();
        Ok(())
    }

    /// The ciphers it may use.
    pub(crate) fn ciphers(&self) -> Vec<Cipher> {
        self.suites
            .borrow()
            .iter()
            .map(|suite| suites::cipher(*suite))
            .collect()
    }

    /// The cryptography, with the suites that were chosen.
    pub(super) fn provider(&self) -> Arc<CryptoProvider> {
        Arc::new(CryptoProvider {
            cipher_suites: self.suites.borrow().clone(),
            secure_random: &Handed,
            ..ring::default_provider()
        })
    }

    /// Takes the certificates to show, and the key of the first, from PEM texts.
    ///
    /// # Errors
    /// `SSLError` where either is not there or cannot be read, or they do not belong together.
    pub(crate) fn set_identity(&self, chain: &[u8], key: &[u8]) -> Result<()> {
        let certificates = pem::certificates(chain)?;
        if certificates.is_empty() {
            return Err(fault::pem("there is no certificate in it"));
        }
        let key = pem::private_key(key)?;
        let identity = CertifiedKey::from_der(certificates, key, &ring::default_provider()).map_err(
            |error| match error {
                rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                    fault::x509(116, "KEY_VALUES_MISMATCH", "key values mismatch")
                        .because("the private key is not the certificate's".to_owned())
                }
                other => fault::pem(&format!("it cannot be used: {other}")),
            },
        )?;
        *self.identity.borrow_mut() = Some(Arc::new(identity));
        self.changed();
        Ok(())
    }
}

impl fmt::Debug for Context {
    /// As Python prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<ssl.SSLContext object at {:#x}>",
            std::ptr::from_ref(self).cast::<u8>() as usize
        )
    }
}
