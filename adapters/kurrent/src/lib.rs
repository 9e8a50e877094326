//! The log in KurrentDB (EventStoreDB).
