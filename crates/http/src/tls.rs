//! TLS: certificates and keys from PEM files, and connections that speak it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// What a client that speaks HTTP/1.1 asks for.
pub const HTTP_1: &[u8] = b"http/1.1";
/// What a client that speaks HTTP/2 asks for, as gRPC does.
pub const HTTP_2: &[u8] = b"h2";

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} holds no {wanted} in PEM", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        wanted: &'static str,
    },
    /// The certificate and the key are no pair, or of a kind that is not known.
    #[error("{} and {} cannot be used together: {source}", cert.display(), key.display())]
    Pair {
        /// The file of the certificate.
        cert: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// What is wrong with them.
        source: rustls::Error,
    },
}

/// A certificate with its key: what a service shows to whoever connects.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<ServerConfig>,
}

/// Makes ring the process's provider of cryptography, for clients that ask for no other.
pub fn provide() {
    // Whoever has chosen one before has his reasons.
    let _ = ring::default_provider().install_default();
}

impl Tls {
    /// Reads a certificate, with those between it and its root, and its key.
    ///
    /// # Errors
    /// [`TlsError`] if a file cannot be read, holds something else, or the two are no pair.
    pub fn read(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        let pair = |source| TlsError::Pair {
            cert: cert.to_owned(),
            key: key.to_owned(),
            source,
        };
        let text = text(cert)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| not(cert, "certificate"))?;
        let secret = read_key(key)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(pair)?
            .with_no_client_auth()
            .with_single_cert(chain, secret)
            .map_err(pair)?;
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// What takes connections, of clients that ask for one of these protocols or for none.
    #[must_use]
    pub fn acceptor(&self, protocols: &[&[u8]]) -> TlsAcceptor {
        let mut config = ServerConfig::clone(&self.config);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Arc::new(config).into()
    }
}

fn text(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Read {
        path: path.to_owned(),
        source,
    })
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let read: Result<_, pem::Error> = PrivateKeyDer::from_pem_slice(&text(path)?);
    read.map_err(|_| not(path, "private key"))
}

fn not(path: &Path, wanted: &'static str) -> TlsError {
    TlsError::Pem {
        path: path.to_owned(),
        wanted,
    }
}
