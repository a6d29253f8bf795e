//! One connection: how it is made, what the server is, and what the role may do beyond reading.

use std::time::Duration;

use postgres::config::{ChannelBinding, SslMode as WireSslMode, TargetSessionAttrs};
use postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::ConnectError;
use super::settings::{Resolved, SslMode};

/// What there is to know about a server once connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerInfo {
    /// The server's version as it tells it, such as `15.18`.
    pub version: String,
    /// The version as a number: 150018.
    pub version_number: u32,
    /// The database.
    pub database: String,
    /// The role that questions are asked as.
    pub user: String,
    /// The version of `PostGIS` and the schema that it is in; `None` where there is none.
    pub postgis: Option<(String, String)>,
    /// Whether the connection is encrypted.
    pub is_encrypted: bool,
    /// What the user should know: a role that may do more than read, a password file that isn't used.
    pub warnings: Vec<String>,
}

/// A connection that is ready for questions.
pub(super) struct Connected {
    pub(super) client: Client,
    pub(super) info: ServerInfo,
    /// Whether the server has answered since the present task began.
    pub(super) has_answered: bool,
}

/// Silence after which a connection is asked whether it lives, so that a dead one is found.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// Texts of types that have no decoder here are the same wherever the server's defaults differ.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET datestyle TO 'ISO, YMD'; SET intervalstyle TO 'postgres';
    SET client_encoding TO 'UTF8'; SET idle_in_transaction_session_timeout TO '10min'";

/// Connects. Blocks.
pub(super) fn connect(settings: &Resolved, tls: &MakeRustlsConnect) -> Result<Connected, ConnectError> {
    let config = config(settings);
    let mut client = config.connect(tls.clone()).map_err(|error| ConnectError::of_attempt(&error, settings))?;
    let other = |error: postgres::Error| match error.as_db_error() {
        Some(said) => ConnectError::Other { server: settings.server(), reason: said.message().to_owned() },
        None => ConnectError::lost(&error, settings),
    };
    client.batch_execute(SESSION).map_err(other)?;
    let info = server_info(&mut client, settings).map_err(other)?;
    Ok(Connected { client, info, has_answered: true })
}

fn config(settings: &Resolved) -> Config {
    let mut config = Config::new();
    for host in &settings.hosts {
        config.host(host);
    }
    for address in &settings.host_addresses {
        config.hostaddr(*address);
    }
    for port in &settings.ports {
        config.port(*port);
    }
    config.user(&settings.user).dbname(&settings.database).application_name(&settings.application_name);
    if let Some(password) = &settings.password {
        config.password(password.reveal());
    }
    if let Some(options) = &settings.options {
        config.options(options);
    }
    // A socket of this machine needs no encryption, and has no host to check.
    let is_socket = settings.host_addresses.is_empty() && settings.hosts.iter().all(|host| host.starts_with('/'));
    config.ssl_mode(match settings.ssl_mode {
        _ if is_socket => WireSslMode::Disable,
        SslMode::Disable => WireSslMode::Disable,
        SslMode::Prefer => WireSslMode::Prefer,
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => WireSslMode::Require,
    });
    config.channel_binding(match settings.channel_binding.as_deref() {
        Some("disable") => ChannelBinding::Disable,
        Some("require") => ChannelBinding::Require,
        _ => ChannelBinding::Prefer,
    });
    if settings.needs_writable {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    config
        .connect_timeout(settings.connect_timeout)
        .keepalives_idle(KEEPALIVE_IDLE)
        .keepalives_interval(KEEPALIVE_INTERVAL)
        .tcp_user_timeout(Duration::from_mins(2));
    config
}

fn server_info(client: &mut Client, settings: &Resolved) -> Result<ServerInfo, postgres::Error> {
    let row = client.query_one(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int4,
            current_database()::text, current_user::text, r.rolsuper,
            EXISTS (SELECT 1 FROM pg_roles p WHERE p.rolname = 'pg_execute_server_program'
                AND pg_has_role(current_user, p.oid, 'MEMBER')),
            (SELECT ARRAY[e.extversion, n.nspname] FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                WHERE e.extname = 'postgis'),
            coalesce((SELECT s.ssl FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()), false)
        FROM pg_roles r WHERE r.rolname = current_user",
        &[],
    )?;
    let (version_number, is_superuser, may_execute): (i32, bool, bool) =
        (row.try_get(1)?, row.try_get(4)?, row.try_get(5)?);
    let postgis: Option<Vec<String>> = row.try_get(6)?;
    let user: String = row.try_get(3)?;
    let mut warnings = settings.warnings.clone();
    let danger = if is_superuser {
        Some("is a superuser")
    } else {
        may_execute.then_some("may run programs on the server (pg_execute_server_program)")
    };
    if let Some(danger) = danger {
        warnings.push(format!(
            "the role \"{user}\" {danger}: what it is asked can do more than read; connect as a role with SELECT only \
             (cogscope db init writes a script that makes one)"
        ));
    }
    Ok(ServerInfo {
        version: row.try_get(0)?,
        version_number: u32::try_from(version_number).unwrap_or(0),
        database: row.try_get(2)?,
        user,
        postgis: postgis.and_then(|found| match <[String; 2]>::try_from(found) {
            Ok([version, schema]) => Some((version, schema)),
            Err(_) => None,
        }),
        is_encrypted: row.try_get(7)?,
        warnings,
    })
}
