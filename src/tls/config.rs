//! rustls' configurations, made of a context's settings when the first connection needs them.

use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, ServerConfig, SupportedProtocolVersion, version};

use crate::error::{Error, Result};

use super::context::{Context, TLS_1_2, TLS_1_3};
use super::fault;
use super::verify::Judge;

impl Context {
    fn spoken(&self) -> Result<Vec<&'static SupportedProtocolVersion>> {
        let spoken: Vec<_> = [(TLS_1_2, &version::TLS12), (TLS_1_3, &version::TLS13)]
            .into_iter()
            .filter(|(number, _)| self.speaks(*number))
            .map(|(_, version)| version)
            .collect();
        if spoken.is_empty() {
            return Err(fault::reason("NO_PROTOCOLS_AVAILABLE", "no protocols available"));
        }
        Ok(spoken)
    }

    fn judge(&self) -> Arc<Judge> {
        Arc::new(Judge::new(
            self.roots.borrow().clone(),
            self.trusted.borrow().clone(),
            self.takes_partial_chains(),
            self.verify_mode(),
            self.check_hostname(),
            self.provider(),
            self.warning.borrow().clone(),
        ))
    }

    /// The configuration of the client's side.
    ///
    /// # Errors
    /// `SSLError` where the settings leave nothing to speak.
    pub(super) fn client_config(&self) -> Result<Arc<ClientConfig>> {
        if let Some(config) = &*self.client.borrow() {
            return Ok(config.clone());
        }
        let builder = ClientConfig::builder_with_provider(self.provider())
            .with_protocol_versions(&self.spoken()?)
            .map_err(|error| unusable(&error))?
            .dangerous()
            .with_custom_certificate_verifier(self.judge());
        let mut config = match &*self.identity.borrow() {
            Some(identity) => {
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(identity.clone())))
            }
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols.clone_from(&self.alpn.borrow());
        let config = Arc::new(config);
        *self.client.borrow_mut() = Some(config.clone());
        Ok(config)
    }

    /// The configuration of the server's side.
    ///
    /// # Errors
    /// As [`Self::client_config`].
    pub(super) fn server_config(&self) -> Result<Arc<ServerConfig>> {
        if let Some(config) = &*self.server.borrow() {
            return Ok(config.clone());
        }
        let identity = Identity(self.identity.borrow().clone());
        let mut config = ServerConfig::builder_with_provider(self.provider())
            .with_protocol_versions(&self.spoken()?)
            .map_err(|error| unusable(&error))?
            .with_client_cert_verifier(self.judge())
            .with_cert_resolver(Arc::new(identity));
        config.alpn_protocols.clone_from(&self.alpn.borrow());
        let config = Arc::new(config);
        *self.server.borrow_mut() = Some(config.clone());
        Ok(config)
    }
}

fn unusable(error: &rustls::Error) -> Error {
    fault::reason("NO_PROTOCOLS_AVAILABLE", "no protocols available").because(error.to_string())
}

/// The server's certificate; with none, no client can be served, which shows at the handshake as in Python.
#[derive(Debug)]
struct Identity(Option<Arc<CertifiedKey>>);

impl ResolvesServerCert for Identity {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }
}
