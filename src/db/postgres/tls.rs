//! Encryption of a connection, with libpq's modes: whose certificate is believed, and for which host.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::ConnectError;
use super::settings::{Resolved, SslMode};

/// What makes encrypted connections in the way that the settings ask for.
pub(super) fn connector(settings: &Resolved) -> Result<MakeRustlsConnect, ConnectError> {
    let provider = Arc::new(ring::default_provider());
    let trust = trust_of(settings)?;
    let verifier = Arc::new(Verifier { provider: Arc::clone(&provider), trust });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let config = match &settings.client_certificate {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            let key_of = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong_file(key, &error.to_string()))?;
            let chain = certificates(certificate)?;
            config.with_client_auth_cert(chain, key_of).map_err(|error| wrong_file(certificate, &error.to_string()))?
        }
    };
    Ok(MakeRustlsConnect::new(config))
}

fn wrong(problem: &str) -> ConnectError {
    ConnectError::Settings { problem: problem.to_owned() }
}

fn wrong_file(path: &Path, problem: &str) -> ConnectError {
    ConnectError::Settings { problem: format!("{}: {problem}", path.display()) }
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    let found: Vec<_> = read.map_err(|error| wrong_file(path, &error.to_string()))?;
    if found.is_empty() { Err(wrong_file(path, "there is no certificate in this file")) } else { Ok(found) }
}

/// Whose certificates are believed.
#[derive(Debug)]
enum Trust {
    /// Anybody's: encryption against those who only listen.
    Anybody,
    /// Those that one of these signed, or that are one of these.
    SignedBy { roots: Vec<CertificateDer<'static>>, by_chain: Arc<WebPkiServerVerifier>, checks_host: bool },
}

fn trust_of(settings: &Resolved) -> Result<Trust, ConnectError> {
    let checks_host = match settings.ssl_mode {
        SslMode::Disable | SslMode::Prefer => return Ok(Trust::Anybody),
        // As in libpq: a file of authorities makes it check them.
        SslMode::Require if settings.root_certificates.is_none() => return Ok(Trust::Anybody),
        SslMode::Require | SslMode::VerifyCa => false,
        SslMode::VerifyFull => true,
    };
    let Some(path) = &settings.root_certificates else {
        return Err(wrong("sslmode verify-ca and verify-full need a file of certificate authorities (sslrootcert)"));
    };
    let roots = certificates(path)?;
    let mut store = RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(roots.iter().cloned());
    if added == 0 {
        return Err(wrong_file(path, "no certificate in this file can be used"));
    }
    let by_chain = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::new(ring::default_provider()))
        .build()
        .map_err(|error| wrong_file(path, &error.to_string()))?;
    Ok(Trust::SignedBy { roots, by_chain, checks_host })
}

#[derive(Debug)]
struct Verifier {
    provider: Arc<CryptoProvider>,
    trust: Trust,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Trust::SignedBy { roots, by_chain, checks_host } = &self.trust else {
            return Ok(ServerCertVerified::assertion());
        };
        if roots.iter().any(|root| root.as_ref() == end_entity.as_ref()) {
            // The server's own certificate, given as the authority: nothing signs it but itself.
            if *checks_host {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
            }
            return Ok(ServerCertVerified::assertion());
        }
        match by_chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !checks_host => Ok(ServerCertVerified::assertion()),
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// What is wrong with a certificate, in plain words.
pub(super) fn reason(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(problem) = error else { return error.to_string() };
    match problem {
        CertificateError::UnknownIssuer => {
            "nobody in the file of certificate authorities (sslrootcert) signed it".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host; connect by the name that it was made for, or use sslmode verify-ca".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet; check this computer's clock".to_owned()
        }
        CertificateError::Revoked => "it was revoked".to_owned(),
        other => other.to_string(),
    }
}
