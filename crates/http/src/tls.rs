//! TLS: certificates and keys from PEM files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

/// The ALPN name of HTTP/1.1.
pub const HTTP_1: &[u8] = b"http/1.1";
/// The ALPN name of HTTP/2, which gRPC uses.
pub const HTTP_2: &[u8] = b"h2";

/// The reason why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// A file has unexpected content.
    #[error("{} has no {wanted} in PEM", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// The expected content.
        wanted: &'static str,
    },
    /// The certificate and the key do not match, or are of an unknown kind.
    #[error("{} and {} cannot be used together: {source}", cert.display(), key.display())]
    Pair {
        /// The file of the certificate.
        cert: PathBuf,
        /// The file of the key.
        key: PathBuf,
        /// The error of rustls.
        source: rustls::Error,
    },
}

/// The certificate of a server, with its key.
#[derive(Clone, Debug)]
pub struct Tls {
    config: Arc<ServerConfig>,
}

/// Makes ring the default cryptography provider of the process, unless one is installed.
pub fn install_provider() {
    let _ = ring::default_provider().install_default();
}

impl Tls {
    /// Reads a certificate chain and its key.
    ///
    /// # Errors
    /// [`TlsError`] if a file cannot be read or has unexpected content, or the two do not match.
    pub fn read(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        let pair = |source| TlsError::Pair {
            cert: cert.to_owned(),
            key: key.to_owned(),
            source,
        };
        let bytes = read(cert)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
        let chain = chain.ok().filter(|chain| !chain.is_empty());
        let chain = chain.ok_or_else(|| wrong_content(cert, "certificate"))?;
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

    /// Returns an acceptor for these ALPN protocols; clients without ALPN are accepted too.
    #[must_use]
    pub fn acceptor(&self, protocols: &[&[u8]]) -> TlsAcceptor {
        let mut config = ServerConfig::clone(&self.config);
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Arc::new(config).into()
    }
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|source| TlsError::Read {
        path: path.to_owned(),
        source,
    })
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let read: Result<_, pem::Error> = PrivateKeyDer::from_pem_slice(&read(path)?);
    read.map_err(|_| wrong_content(path, "private key"))
}

fn wrong_content(path: &Path, wanted: &'static str) -> TlsError {
    TlsError::Pem {
        path: path.to_owned(),
        wanted,
    }
}
