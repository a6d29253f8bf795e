//! A PostgreSQL server for the tests: the one that `./run test` has started, or one that a test starts for itself.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use cogscope::db::postgres::{PostgresStore, ServerLogin};
use cogscope::db::{Answer, Limits, Query, QueryError, QueryStore};

/// Settings of the tests' server as `key=value` without a database: set by `./run test`.
const VARIABLE: &str = "COGSCOPE_TEST_POSTGRES";

/// The settings of the server, or `None` where there is none. Where everything has to be tested, that is a failure.
pub fn server() -> Option<String> {
    let settings = std::env::var(VARIABLE).ok();
    assert!(settings.is_some() || std::env::var_os("CI").is_none(), "no PostgreSQL: {VARIABLE} is not set");
    if settings.is_none() {
        eprintln!("skipped: no PostgreSQL ({VARIABLE} is not set; ./run test starts one)");
    }
    settings
}

/// A database of the test's own, with PostGIS, that is dropped at the end.
pub struct Database {
    server: String,
    pub name: String,
}

impl Database {
    /// `None` where there is no server.
    pub fn create() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = server()?;
        let name = format!("test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let database = Self { server, name };
        database.administrate(&format!("CREATE DATABASE {}", database.name));
        database.execute("CREATE EXTENSION postgis");
        Some(database)
    }

    fn administrate(&self, sql: &str) {
        client(&format!("{} dbname=postgres", self.server)).batch_execute(sql).unwrap();
    }

    /// Settings of this database for the superuser.
    pub fn settings(&self) -> String {
        format!("{} dbname={}", self.server, self.name)
    }

    /// Settings of this database for a role that may only read, which is made.
    pub fn reader(&self) -> String {
        let role = format!("reader_of_{}", self.name);
        self.execute(&format!(
            "CREATE ROLE {role} LOGIN PASSWORD 'reader''s secret';
             ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role};
             GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"
        ));
        format!("{} user={role} password='reader\\'s secret'", self.settings())
    }

    /// Runs statements as the superuser.
    pub fn execute(&self, sql: &str) {
        client(&self.settings()).batch_execute(sql).unwrap();
    }

    /// The first value of the first row, as text.
    pub fn value(&self, sql: &str) -> Option<String> {
        let rows = client(&self.settings()).simple_query(sql).unwrap();
        rows.iter().find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
    }

    /// The store as the program opens it.
    pub fn store(&self) -> PostgresStore {
        store(&self.settings())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let settings = format!("{} dbname=postgres", self.server);
        let Ok(mut client) = postgres::Client::connect(&settings, postgres::NoTls) else { return };
        // What is left is left in a cluster that is thrown away.
        let _ = client.batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        let _ = client.batch_execute(&format!("DROP ROLE IF EXISTS reader_of_{}", self.name));
    }
}

/// A connection beside the program's.
pub fn client(settings: &str) -> postgres::Client {
    postgres::Client::connect(settings, postgres::NoTls).unwrap()
}

/// The store of these settings.
pub fn store(settings: &str) -> PostgresStore {
    PostgresStore::new(&ServerLogin::parse(settings).unwrap()).unwrap()
}

/// An answer without limits that matter.
pub fn ask(store: &dyn QueryStore, sql: &str) -> Result<Answer, QueryError> {
    store.query(&Query::new(sql), &Limits::default(), &|| false)
}

/// A server of a test's own, that it may end and start again.
pub struct OwnServer {
    folder: tempfile::TempDir,
    pub port: u16,
}

impl OwnServer {
    /// `None` where there is no PostgreSQL.
    pub fn start() -> Option<Self> {
        server()?;
        let folder = tempfile::tempdir().unwrap();
        open_to_all(folder.path());
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, port };
        server.again();
        Some(server)
    }

    /// Starts the server after it was ended.
    pub fn again(&self) {
        self.script("start");
    }

    /// Ends the server as if it had been killed.
    pub fn kill(&self) {
        self.script("stop");
    }

    fn script(&self, what: &str) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres_cluster.sh");
        let arguments = [what.to_owned(), self.folder.path().display().to_string(), self.port.to_string()];
        let status = Command::new(script).args(arguments).status().unwrap();
        assert!(status.success(), "{what} failed");
    }

    /// A file in the server's folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Settings of its database `postgres` for the superuser.
    pub fn settings(&self) -> String {
        format!("host=127.0.0.1 port={} user=postgres password=secret dbname=postgres", self.port)
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/postgres_cluster.sh");
        let _ = Command::new(script).arg("stop").arg(self.folder.path()).status();
    }
}

/// The server runs as another user than the tests, if they run as root.
fn open_to_all(folder: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    #[cfg(not(unix))]
    let _ = folder;
}
