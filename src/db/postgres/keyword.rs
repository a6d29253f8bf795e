//! The names of connection settings (PostgreSQL 15, 34.1.2) with the environment variables that stand for them (34.15).

/// A setting's name as psql's users know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Keyword {
    Host,
    HostAddr,
    Port,
    Database,
    User,
    Password,
    PassFile,
    Service,
    ConnectTimeout,
    Options,
    ApplicationName,
    SslMode,
    SslRootCert,
    SslCert,
    SslKey,
    TargetSessionAttrs,
    ChannelBinding,
}

/// Keyword, name, environment variable.
const KEYWORDS: &[(Keyword, &str, &str)] = &[
    (Keyword::Host, "host", "PGHOST"),
    (Keyword::HostAddr, "hostaddr", "PGHOSTADDR"),
    (Keyword::Port, "port", "PGPORT"),
    (Keyword::Database, "dbname", "PGDATABASE"),
    (Keyword::User, "user", "PGUSER"),
    (Keyword::Password, "password", "PGPASSWORD"),
    (Keyword::PassFile, "passfile", "PGPASSFILE"),
    (Keyword::Service, "service", "PGSERVICE"),
    (Keyword::ConnectTimeout, "connect_timeout", "PGCONNECT_TIMEOUT"),
    (Keyword::Options, "options", "PGOPTIONS"),
    (Keyword::ApplicationName, "application_name", "PGAPPNAME"),
    (Keyword::SslMode, "sslmode", "PGSSLMODE"),
    (Keyword::SslRootCert, "sslrootcert", "PGSSLROOTCERT"),
    (Keyword::SslCert, "sslcert", "PGSSLCERT"),
    (Keyword::SslKey, "sslkey", "PGSSLKEY"),
    (Keyword::TargetSessionAttrs, "target_session_attrs", "PGTARGETSESSIONATTRS"),
    (Keyword::ChannelBinding, "channel_binding", "PGCHANNELBINDING"),
];

/// Settings of libpq that change nothing here: they are taken and left alone.
const WITHOUT_EFFECT: &[&str] = &[
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "gsslib",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "requirepeer",
    "sslcompression",
    "sslcrl",
    "sslcrldir",
    "sslsni",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "tcp_user_timeout",
];

impl Keyword {
    /// The keyword of a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        KEYWORDS.iter().find(|(_, known, _)| *known == name).map(|(keyword, ..)| *keyword)
    }

    /// The name.
    pub(super) fn name(self) -> &'static str {
        KEYWORDS.iter().find(|(keyword, ..)| *keyword == self).map_or("", |(_, name, _)| name)
    }

    /// Every keyword with its environment variable.
    pub(super) fn variables() -> impl Iterator<Item = (Self, &'static str)> {
        KEYWORDS.iter().map(|(keyword, _, variable)| (*keyword, *variable))
    }
}

/// True for a name that psql knows and that has no effect here.
pub(super) fn is_without_effect(name: &str) -> bool {
    WITHOUT_EFFECT.contains(&name)
}
