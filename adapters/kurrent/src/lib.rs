//! The log in KurrentDB (once EventStoreDB), for installations of several machines. The crate `eventstore` is declared
//! as its successor; see ADR 0002.
