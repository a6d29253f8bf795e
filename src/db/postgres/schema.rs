//! Tables for those who have none yet, and a role that may only read them.

use crate::db::query::quoted;

/// What `cogscope db init` runs: tables `targets` and `images` with their indexes.
pub const SCHEMA: &str = include_str!("schema.sql");

/// A script that makes a role which may read one schema of a database and nothing else. It is for the database's owner to
/// look at and run; a password is chosen there.
pub fn grant_script(database: &str, schema: &str, role: &str) -> String {
    let (database, schema, role) = (quoted(database), quoted(schema), quoted(role));
    format!(
        "-- A role for cogscope that may read and do nothing else. Run it as the owner of the tables or as a superuser.\n\
         -- Choose the password with \\password {role} in psql, so that it stands in no file.\n\
         CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION CONNECTION LIMIT 20;\n\
         ALTER ROLE {role} SET default_transaction_read_only = on;\n\
         ALTER ROLE {role} SET statement_timeout = '10min';\n\
         ALTER ROLE {role} SET idle_in_transaction_session_timeout = '1min';\n\
         REVOKE ALL ON DATABASE {database} FROM {role};\n\
         GRANT CONNECT ON DATABASE {database} TO {role};\n\
         GRANT USAGE ON SCHEMA {schema} TO {role};\n\
         GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role};\n\
         ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role};\n"
    )
}
