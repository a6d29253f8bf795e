//! Why there is no connection, in words that say what to do.

use std::error::Error;
use std::io;

use postgres::error::SqlState;
use thiserror::Error as ThisError;

use super::settings::Resolved;

/// A server that can't be asked.
#[derive(Debug, Clone, PartialEq, Eq, ThisError)]
pub enum ConnectError {
    /// The settings make no sense.
    #[error("connection settings: {problem}")]
    Settings {
        /// What is wrong with them.
        problem: String,
    },
    /// Nobody answers.
    #[error("no PostgreSQL server answers at {server}: {reason}; check host and port, and that the server runs")]
    NoServer {
        /// Host and port.
        server: String,
        /// What the system said.
        reason: String,
    },
    /// The name leads nowhere.
    #[error("{server}: the host is not known; check its name")]
    UnknownHost {
        /// Host and port.
        server: String,
    },
    /// The password isn't this user's.
    #[error("{server}: wrong password for user \"{user}\"")]
    WrongPassword {
        /// Host and port.
        server: String,
        /// The role.
        user: String,
    },
    /// The server wants a password and there is none.
    #[error("{server}: user \"{user}\" needs a password; type it, or put it into the password file or PGPASSWORD")]
    NoPassword {
        /// Host and port.
        server: String,
        /// The role.
        user: String,
    },
    /// The server lets this user not in, from here, in this way.
    #[error("{server}: user \"{user}\" is not let in: {reason}")]
    NotAllowed {
        /// Host and port.
        server: String,
        /// The role.
        user: String,
        /// What the server said.
        reason: String,
    },
    /// There is no such database.
    #[error("{server}: there is no database \"{database}\"; check its name")]
    NoDatabase {
        /// Host and port.
        server: String,
        /// The database.
        database: String,
    },
    /// The server is full, starting or stopping.
    #[error("{server}: {reason}; try again in a moment")]
    NotReady {
        /// Host and port.
        server: String,
        /// What the server said.
        reason: String,
    },
    /// The certificate isn't one to trust.
    #[error("{server}: its certificate is not accepted: {reason}")]
    Certificate {
        /// Host and port.
        server: String,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// The server speaks no TLS.
    #[error("{server}: it offers no encryption, but the settings ask for it; set sslmode to disable or prefer")]
    NoEncryption {
        /// Host and port.
        server: String,
    },
    /// It took too long.
    #[error("{server}: no connection after {seconds} s")]
    TimedOut {
        /// Host and port.
        server: String,
        /// How long it was tried.
        seconds: u64,
    },
    /// The connection broke, and with it what was being done.
    #[error("the connection to {server} was lost: {reason}; ask again")]
    Lost {
        /// Database, host and port.
        server: String,
        /// What the server or the system said.
        reason: String,
    },
    /// Anything else.
    #[error("{server}: {reason}")]
    Other {
        /// Host and port.
        server: String,
        /// What the server said.
        reason: String,
    },
}

impl ConnectError {
    /// True when a password would help.
    pub fn wants_password(&self) -> bool {
        matches!(self, Self::NoPassword { .. } | Self::WrongPassword { .. })
    }

    /// What a failed attempt to connect means.
    pub(super) fn of_attempt(error: &postgres::Error, settings: &Resolved) -> Self {
        let server = settings.server();
        let user = settings.user.clone();
        if let Some(said) = error.as_db_error() {
            let reason = said.message().to_owned();
            return match *said.code() {
                SqlState::INVALID_PASSWORD if settings.password.is_none() => Self::NoPassword { server, user },
                SqlState::INVALID_PASSWORD => Self::WrongPassword { server, user },
                SqlState::INVALID_AUTHORIZATION_SPECIFICATION => Self::NotAllowed { server, user, reason },
                SqlState::INVALID_CATALOG_NAME => Self::NoDatabase { server, database: settings.database.clone() },
                SqlState::TOO_MANY_CONNECTIONS
                | SqlState::CANNOT_CONNECT_NOW
                | SqlState::ADMIN_SHUTDOWN
                | SqlState::CRASH_SHUTDOWN => Self::NotReady { server, reason },
                _ => Self::Other { server, reason },
            };
        }
        if let Some(problem) = causes(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
            return Self::Certificate { server, reason: super::tls::reason(problem) };
        }
        let text = causes(error).last().map(ToString::to_string).unwrap_or_default();
        if text.contains("server does not support TLS") {
            return Self::NoEncryption { server };
        }
        if text.contains("password missing") {
            return Self::NoPassword { server, user };
        }
        match causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()) {
            Some(problem) if problem.kind() == io::ErrorKind::TimedOut => {
                Self::TimedOut { server, seconds: settings.connect_timeout.as_secs() }
            }
            Some(problem) if is_unknown_host(problem) => Self::UnknownHost { server },
            Some(problem) => Self::NoServer { server, reason: problem.to_string() },
            None => Self::Other { server, reason: text },
        }
    }

    /// What a broken connection means.
    pub(super) fn lost(error: &postgres::Error, settings: &Resolved) -> Self {
        let reason = error.as_db_error().map(|said| said.message().to_owned());
        let reason = reason.or_else(|| causes(error).last().map(ToString::to_string)).unwrap_or_default();
        Self::Lost { server: settings.label(), reason }
    }
}

/// The error and what it stands on, also what an I/O error carries.
pub(super) fn causes(error: &postgres::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(Some(error as &(dyn Error + 'static)), |cause| beneath(*cause))
}

fn beneath<'a>(cause: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => cause.source(),
    }
}

/// A name that can't be resolved has no kind of its own.
fn is_unknown_host(problem: &io::Error) -> bool {
    let text = problem.to_string();
    text.contains("lookup") || text.contains("No such host") || text.contains("could not resolve")
}
