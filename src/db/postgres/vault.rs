//! Passwords of servers in the system's credential store: the Credential Manager of Windows, the Secret Service of Linux. Where
//! there is none, that is said, and nothing is kept anywhere. Every call can wait for the user to unlock the store: make it from a job.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error, mock};

use super::settings::Resolved;
use super::{ConnectError, Secret, ServerAddress, ServerLogin};

/// Under what name the program's passwords are found in the store.
const SERVICE: &str = "cogscope";
/// How long the store may take, which may ask the user to unlock it.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why a password is not kept or not found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The system has no store, or it can't be reached.
    #[error("this system has no credential store that can be reached: the password is asked for each time")]
    Missing,
    /// The store doesn't let anybody in.
    #[error("the system's credential store is locked or refuses: the password is asked for each time")]
    Refused,
    /// The store didn't answer.
    #[error("the system's credential store does not answer: the password is asked for each time")]
    Silent,
    /// It is not known whose password it is.
    #[error(transparent)]
    Settings(#[from] ConnectError),
}

/// The store of passwords. Clones are the same store.
#[derive(Clone, Default)]
pub struct Vault {
    store: Arc<OnceLock<Option<Arc<CredentialStore>>>>,
}

impl Vault {
    /// The system's. It is looked for when it is needed.
    pub fn system() -> Self {
        Self::default()
    }

    /// One that forgets everything at the end of the program, for tests.
    pub fn in_memory() -> Self {
        let store: Option<Arc<CredentialStore>> = mock::Store::new().ok().map(|store| store as Arc<CredentialStore>);
        Self { store: Arc::new(OnceLock::from(store)) }
    }

    /// One that can't be reached, as on a system without any, for tests.
    pub fn missing() -> Self {
        Self { store: Arc::new(OnceLock::from(None)) }
    }

    /// The password that is kept for a server; `None` where there is none.
    pub fn password(&self, address: &ServerAddress) -> Result<Option<Secret>, VaultError> {
        self.with_entry(address, |entry| match entry.get_password() {
            Ok(password) => Ok(Some(Secret::new(password))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        })
    }

    /// Keeps a password in the place of the one that was kept for the server.
    pub fn keep(&self, address: &ServerAddress, password: &Secret) -> Result<(), VaultError> {
        let password = password.clone();
        self.with_entry(address, move |entry| entry.set_password(password.reveal()).map_err(|error| told(&error)))
    }

    /// Keeps no password of a server any more.
    pub fn forget(&self, address: &ServerAddress) -> Result<(), VaultError> {
        self.with_entry(address, |entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(error) => Err(told(&error)),
        })
    }

    /// Does something with a server's entry, on a thread that is left behind if the store never answers.
    fn with_entry<T: Send + 'static>(
        &self,
        address: &ServerAddress,
        work: impl FnOnce(&Entry) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let user = user_of(address)?;
        let store = Arc::clone(&self.store);
        let (sender, receiver) = sync_channel(1);
        let spawned = std::thread::Builder::new().name("cogscope-passwords".to_owned()).spawn(move || {
            let store = store.get_or_init(system_store).as_ref();
            let result = store.ok_or(VaultError::Missing).and_then(|store| {
                let entry = store.build(SERVICE, &user, None).map_err(|error| told(&error))?;
                work(&entry)
            });
            // Nobody waits any more after a minute.
            let _ = sender.send(result);
        });
        if spawned.is_err() {
            return Err(VaultError::Silent);
        }
        receiver.recv_timeout(PATIENCE).unwrap_or_else(|error| {
            Err(if error == RecvTimeoutError::Timeout { VaultError::Silent } else { VaultError::Refused })
        })
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

/// Whose password it is: the user, the server and the database, as the settings come out in the end.
fn user_of(address: &ServerAddress) -> Result<String, VaultError> {
    let settings = Resolved::of_user(&ServerLogin { address: address.clone(), password: None })?;
    Ok(format!("{}@{}/{}", settings.user, settings.server(), settings.database))
}

/// What went wrong, without what the store says besides: some errors carry what they could not read.
fn told(error: &Error) -> VaultError {
    match error {
        Error::NoDefaultStore | Error::PlatformFailure(_) => VaultError::Missing,
        _ => VaultError::Refused,
    }
}

#[cfg(windows)]
fn system_store() -> Option<Arc<CredentialStore>> {
    windows_native_keyring_store::Store::new().ok().map(|store| store as Arc<CredentialStore>)
}

#[cfg(all(unix, not(target_vendor = "apple")))]
fn system_store() -> Option<Arc<CredentialStore>> {
    zbus_secret_service_keyring_store::Store::new().ok().map(|store| store as Arc<CredentialStore>)
}

#[cfg(not(any(windows, all(unix, not(target_vendor = "apple")))))]
fn system_store() -> Option<Arc<CredentialStore>> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> ServerAddress {
        ServerLogin::parse(text).unwrap().address
    }

    #[test]
    fn a_password_is_kept_for_its_server_user_and_database_alone() {
        let vault = Vault::in_memory();
        let here = address("host=127.0.0.1 user=ann dbname=targets");
        assert_eq!(vault.password(&here), Ok(None));
        vault.keep(&here, &Secret::new("first")).unwrap();
        vault.keep(&here, &Secret::new("it's a secret")).unwrap();
        let same = address("postgresql://ann@127.0.0.1:5432/targets?sslmode=require");
        assert_eq!(vault.clone().password(&same), Ok(Some(Secret::new("it's a secret"))));
        for other in ["host=127.0.0.1 user=bob dbname=targets", "host=127.0.0.2 user=ann dbname=targets"] {
            assert_eq!(vault.password(&address(other)), Ok(None), "{other}");
        }
        vault.forget(&here).unwrap();
        vault.forget(&here).unwrap();
        assert_eq!(vault.password(&here), Ok(None));
    }

    #[test]
    fn a_system_without_a_store_says_so_and_keeps_nothing() {
        let (vault, here) = (Vault::missing(), address("host=127.0.0.1 user=ann"));
        assert_eq!(vault.password(&here), Err(VaultError::Missing));
        assert_eq!(vault.keep(&here, &Secret::new("secret")), Err(VaultError::Missing));
    }

    #[test]
    fn what_goes_wrong_is_told_without_what_could_not_be_read() {
        let error = told(&Error::BadEncoding(b"hunter2".to_vec()));
        assert!(!format!("{error} {error:?}").contains("hunter"), "{error}");
    }
}
