//! Views, secrets and leases in PostgreSQL.
