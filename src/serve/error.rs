//! Why the server can't be started, and why a request can't be answered. Each protocol tells the second in its own words.

use thiserror::Error;

use crate::library::{LibraryError, PaintingError};

/// Why the server can't be started.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Another program listens there.
    #[error("port {port} is taken by another program; choose another port")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The system refused.
    #[error("no server can be started at port {port}: {source}")]
    Bind {
        /// The port; 0 for any.
        port: u16,
        /// What it said.
        source: std::io::Error,
    },
    /// An origin that a browser would never send.
    #[error("`{origin}` is no origin of web pages; give one such as http://localhost:8050")]
    Origin {
        /// As given.
        origin: String,
    },
    /// No token can be made: the system has no random numbers.
    #[error("no access token can be made: the system gives no random numbers")]
    Token,
}

/// Why a request can't be answered. Nothing in a message tells where a file lies.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum RequestError {
    /// There is nothing of this name.
    #[error("there is nothing here")]
    NotFound,
    /// A parameter is missing or can't be understood.
    #[error("{parameter}: {reason}")]
    Parameter {
        /// Its name.
        parameter: String,
        /// What is wrong and what is possible.
        reason: String,
    },
    /// There is too much to do.
    #[error("too many pictures are asked for at this moment; ask again in a second")]
    Busy,
    /// It took too long.
    #[error("this took too long and was given up; ask for a smaller part")]
    Late,
    /// Nobody waits for the answer any more.
    #[error("the request was given up")]
    Stopped,
    /// Pixels can't be read, or not be encoded.
    #[error("{what} could not be read; cogscope's own log tells why")]
    Failed {
        /// The title of a layer.
        what: String,
    },
}

impl RequestError {
    /// What is wrong with a parameter.
    pub(super) fn parameter(parameter: &str, reason: impl Into<String>) -> Self {
        Self::Parameter { parameter: parameter.to_owned(), reason: reason.into() }
    }

    /// A layer can't be read: the log tells why, the client only that it is so.
    pub(super) fn failed(layer: &str, error: &LibraryError) -> Self {
        if error.is_stopped() {
            return Self::Stopped;
        }
        tracing::warn!(layer, %error, "a request could not be answered");
        Self::Failed { what: layer.to_owned() }
    }

    /// A layer can't look as asked for.
    pub(super) fn look(layer: &str, error: &PaintingError) -> Self {
        match error {
            PaintingError::Word(error) => Self::parameter(&error.word.to_string(), &error.reason),
            PaintingError::Style { source, .. } => Self::parameter("style", source.to_string()),
            PaintingError::Statistics(error) => Self::failed(layer, error),
        }
    }
}
