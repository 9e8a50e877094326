//! Views, secrets and leases in PostgreSQL, for installations of several machines. A view's rows and its checkpoint
//! move in one transaction.
