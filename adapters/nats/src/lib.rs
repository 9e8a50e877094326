//! Distribution of events by NATS JetStream: a relay follows the log and publishes, followers hear from the streams.
//! The log stays the truth; whoever meets a gap reads the log itself.
