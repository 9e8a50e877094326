//! The three services that a client speaks to.

use std::pin::Pin;
use std::sync::Arc;

use futures::stream::{self, Stream};
use tonic::metadata::MetadataMap;
use tonic::{Request, Response, Status, Streaming};

use crate::faults::Fault;
use crate::proto::gossip::gossip_server::Gossip;
use crate::proto::gossip::member_info::VNodeState;
use crate::proto::gossip::{ClusterInfo, EndPoint, MemberInfo};
use crate::proto::server_features::server_features_server::ServerFeatures;
use crate::proto::server_features::{SupportedMethod, SupportedMethods};
use crate::proto::streams::streams_server::Streams;
use crate::proto::streams::{
    AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, DeleteReq, DeleteResp, ReadReq, ReadResp,
    TombstoneReq, TombstoneResp,
};
use crate::proto::{Empty, Uuid, uuid};
use crate::serve::Shared;
use crate::{append, read};

#[derive(Clone)]
pub(crate) struct Services(pub Arc<Shared>);

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Services {
    fn check_user(&self, metadata: &MetadataMap) -> Result<(), Status> {
        match self.0.authorization() {
            Some(right) if metadata.get("authorization").is_none_or(|given| given != right.as_str()) => {
                Err(Status::unauthenticated("Unauthenticated"))
            }
            _ => Ok(()),
        }
    }

    /// What happens before a call's work.
    async fn before(&self, fault: Option<Fault>) -> Result<(), Status> {
        match fault {
            Some(Fault::Disconnect) => self.0.cut().await,
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::DelayWork(time)) => tokio::time::sleep(time).await,
            Some(Fault::Unavailable) => return Err(Status::unavailable("Server Is Not Ready")),
            Some(Fault::NotLeader) => {
                let mut status = Status::not_found("Leader info available");
                let port = self.0.port().to_string();
                for (name, value) in [
                    ("exception", "not-leader"),
                    ("leader-endpoint-host", "127.0.0.1"),
                    ("leader-endpoint-port", port.as_str()),
                ] {
                    status.metadata_mut().insert(name, value.parse().expect("ASCII"));
                }
                return Err(status);
            }
            _ => {}
        }
        Ok(())
    }

    /// What happens between a call's work and its answer.
    async fn after(&self, fault: Option<Fault>) {
        match fault {
            Some(Fault::DropReply) => self.0.cut().await,
            Some(Fault::DelayReply(time)) => tokio::time::sleep(time).await,
            _ => {}
        }
    }
}

#[tonic::async_trait]
impl Streams for Services {
    type ReadStream = Answers<ReadResp>;
    type BatchAppendStream = Answers<BatchAppendResp>;

    async fn read(&self, request: Request<ReadReq>) -> Result<Response<Self::ReadStream>, Status> {
        self.check_user(request.metadata())?;
        let fault = self.0.faults.of_read();
        self.before(fault).await?;
        let answer = read::answer(&self.0.log(), request.into_inner())?;
        self.after(fault).await;
        let answer = if fault == Some(Fault::EndSilently) { vec![] } else { answer };
        Ok(Response::new(Box::pin(stream::iter(answer.into_iter().map(Ok)))))
    }

    async fn append(&self, request: Request<Streaming<AppendReq>>) -> Result<Response<AppendResp>, Status> {
        self.check_user(request.metadata())?;
        let fault = self.0.faults.of_append();
        let asked = append::receive(&self.0, request.into_inner()).await?;
        self.before(fault).await?;
        let written = append::write(&self.0, asked);
        self.after(fault).await;
        written
    }

    async fn delete(&self, _: Request<DeleteReq>) -> Result<Response<DeleteResp>, Status> {
        Err(Status::unimplemented("this model deletes only by its own handle"))
    }

    async fn tombstone(&self, _: Request<TombstoneReq>) -> Result<Response<TombstoneResp>, Status> {
        Err(Status::unimplemented("this model deletes only by its own handle"))
    }

    async fn batch_append(
        &self,
        _: Request<Streaming<BatchAppendReq>>,
    ) -> Result<Response<Self::BatchAppendStream>, Status> {
        Err(Status::unimplemented("this model has no batches"))
    }
}

#[tonic::async_trait]
impl ServerFeatures for Services {
    async fn get_supported_methods(&self, _: Request<Empty>) -> Result<Response<SupportedMethods>, Status> {
        let Some(version) = self.0.version() else {
            return Err(Status::unimplemented("Method is unimplemented."));
        };
        let methods = ["append", "read"].map(|name| SupportedMethod {
            method_name: name.to_owned(),
            service_name: "event_store.client.streams.streams".to_owned(),
            features: vec![],
        });
        Ok(Response::new(SupportedMethods { methods: methods.into(), event_store_server_version: version }))
    }
}

#[tonic::async_trait]
impl Gossip for Services {
    async fn read(&self, _: Request<Empty>) -> Result<Response<ClusterInfo>, Status> {
        let member = MemberInfo {
            instance_id: Some(Uuid { value: Some(uuid::Value::String(::uuid::Uuid::nil().to_string())) }),
            time_stamp: 0,
            state: VNodeState::Leader.into(),
            is_alive: true,
            http_end_point: Some(EndPoint { address: "127.0.0.1".to_owned(), port: self.0.port().into() }),
        };
        Ok(Response::new(ClusterInfo { members: vec![member] }))
    }
}
