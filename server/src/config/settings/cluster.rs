//! The settings of the cluster profile: keys of the table `[cluster]` in the file, without `cluster_`.

use super::Setting;

const fn setting(
    name: &'static str,
    env: &'static str,
    default: &'static str,
    value: &'static str,
    help: &'static str,
) -> Setting {
    Setting { heading: "Cluster", ..super::setting(name, env, default, value, help) }
}

/// An address that may hold a password.
const fn address(name: &'static str, env: &'static str, help: &'static str) -> Setting {
    Setting { secret: true, ..setting(name, env, "", "URL", help) }
}

pub const OF_CLUSTER: &[Setting] = &[
    address(
        "cluster_log_url",
        "PORTAL_CLUSTER_LOG_URL",
        "Address of KurrentDB, such as kurrentdb://user:password@host:2113?tls=true; several hosts with commas between them",
    ),
    setting(
        "cluster_log_url_file",
        "PORTAL_CLUSTER_LOG_URL_FILE",
        "",
        "FILE",
        "File (mode 0600) that holds log_url, for one with a password",
    ),
    setting(
        "cluster_log_deadline",
        "PORTAL_CLUSTER_LOG_DEADLINE",
        "10s",
        "TIME",
        "Longest wait for an answer of KurrentDB",
    ),
    address(
        "cluster_bus_url",
        "PORTAL_CLUSTER_BUS_URL",
        "Address of NATS, such as nats://host:4222 or tls://host:4222; several with commas between them",
    ),
    setting(
        "cluster_bus_user",
        "PORTAL_CLUSTER_BUS_USER",
        "",
        "NAME",
        "User at NATS; its password is in bus_password_file",
    ),
    setting(
        "cluster_bus_password_file",
        "PORTAL_CLUSTER_BUS_PASSWORD_FILE",
        "",
        "FILE",
        "File (mode 0600) with the password of bus_user",
    ),
    setting(
        "cluster_bus_token_file",
        "PORTAL_CLUSTER_BUS_TOKEN_FILE",
        "",
        "FILE",
        "File (mode 0600) with a token for NATS, in the place of a user",
    ),
    setting(
        "cluster_bus_nkey_file",
        "PORTAL_CLUSTER_BUS_NKEY_FILE",
        "",
        "FILE",
        "File (mode 0600) with the seed of an NKey for NATS, in the place of a user",
    ),
    setting(
        "cluster_bus_credentials",
        "PORTAL_CLUSTER_BUS_CREDENTIALS",
        "",
        "FILE",
        "A .creds file for NATS, in the place of a user",
    ),
    setting("cluster_bus_tls", "PORTAL_CLUSTER_BUS_TLS", "false", "BOOL", "Refuse a NATS server without TLS"),
    setting(
        "cluster_bus_ca",
        "PORTAL_CLUSTER_BUS_CA",
        "",
        "FILE",
        "Authorities (PEM) that may vouch for NATS, in the place of the system's",
    ),
    setting(
        "cluster_bus_certificate",
        "PORTAL_CLUSTER_BUS_CERTIFICATE",
        "",
        "FILE",
        "Our certificate (PEM) for NATS; its key is in bus_certificate_key",
    ),
    setting(
        "cluster_bus_certificate_key",
        "PORTAL_CLUSTER_BUS_CERTIFICATE_KEY",
        "",
        "FILE",
        "The key (PEM, mode 0600) of bus_certificate",
    ),
    setting(
        "cluster_bus_stream",
        "PORTAL_CLUSTER_BUS_STREAM",
        "PORTAL_EVENTS",
        "NAME",
        "Name of the stream at NATS; made if absent",
    ),
    setting(
        "cluster_bus_replicas",
        "PORTAL_CLUSTER_BUS_REPLICAS",
        "1",
        "N",
        "Copies of the stream in a cluster of NATS servers: 1, 3 or 5",
    ),
    setting(
        "cluster_bus_size",
        "PORTAL_CLUSTER_BUS_SIZE",
        "8GiB",
        "SIZE",
        "Size of the stream, beyond which the oldest messages go; the log has them",
    ),
    setting(
        "cluster_bus_refill",
        "PORTAL_CLUSTER_BUS_REFILL",
        "all",
        "all|new",
        "What is published when the stream is empty: the whole log, or only what is new",
    ),
    address(
        "cluster_database_url",
        "PORTAL_CLUSTER_DATABASE_URL",
        "Address of PostgreSQL, such as postgres://user:password@host:5432/database",
    ),
    setting(
        "cluster_database_url_file",
        "PORTAL_CLUSTER_DATABASE_URL_FILE",
        "",
        "FILE",
        "File (mode 0600) that holds database_url, for one with a password",
    ),
    setting(
        "cluster_database_tls",
        "PORTAL_CLUSTER_DATABASE_TLS",
        "disable",
        "disable|require|verify",
        "TLS with PostgreSQL: none, encrypted, or encrypted and the certificate verified",
    ),
    setting(
        "cluster_database_ca",
        "PORTAL_CLUSTER_DATABASE_CA",
        "",
        "FILE",
        "Authorities (PEM) that may vouch for PostgreSQL, in the place of the system's",
    ),
    setting(
        "cluster_database_certificate",
        "PORTAL_CLUSTER_DATABASE_CERTIFICATE",
        "",
        "FILE",
        "Our certificate (PEM) for PostgreSQL; its key is in database_certificate_key",
    ),
    setting(
        "cluster_database_certificate_key",
        "PORTAL_CLUSTER_DATABASE_CERTIFICATE_KEY",
        "",
        "FILE",
        "The key (PEM, mode 0600) of database_certificate",
    ),
    setting(
        "cluster_database_schema",
        "PORTAL_CLUSTER_DATABASE_SCHEMA",
        "portal_integrations",
        "NAME",
        "Schema that holds everything of this installation; made if absent",
    ),
    setting(
        "cluster_database_pool",
        "PORTAL_CLUSTER_DATABASE_POOL",
        "8",
        "N",
        "Most connections to PostgreSQL of this process, 3 or more",
    ),
    setting(
        "cluster_name",
        "PORTAL_CLUSTER_NAME",
        "",
        "NAME",
        "What this process is called among the others; a random part is added [default: the host's name]",
    ),
    setting(
        "cluster_lease_time",
        "PORTAL_CLUSTER_LEASE_TIME",
        "15s",
        "TIME",
        "After how long without a sign of life a process's work is taken over by others, 1s or more",
    ),
];
