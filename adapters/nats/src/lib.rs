//! Distribution of events by NATS JetStream: a relay follows the log, followers hear from the streams.
