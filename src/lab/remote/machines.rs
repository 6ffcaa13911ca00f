//! The machines of a lab through its control API: switching them, watching them boot, asking them things.
use super::Control;
use crate::{
    fault::Fault,
    http::Request,
    lab::{Condition, Node, Ran, Stored},
    services::coresmd::types::{LAB, Running},
};
use serde_json::json;

impl Control {
    /// Below `/lab/v1`; names are encoded, so that none leads elsewhere.
    fn at(&self, method: fn(&crate::http::Api, &[&str]) -> Request, path: &[&str]) -> Request {
        method(&self.http.service("lab", "/lab/v1"), path)
    }

    pub async fn nodes(&self) -> Result<Vec<Node>, Fault> {
        self.send(self.get("nodes")).await
    }

    /// All that are on, each with the timeline of its last boot.
    pub async fn boots(&self) -> Result<Vec<Node>, Fault> {
        self.send(self.get("boots")).await
    }

    /// One machine with the timeline of its last boot.
    pub async fn node(&self, name: &str) -> Result<Node, Fault> {
        let request = self.at(crate::http::Api::get, &["nodes", name]);
        self.send(request).await
    }

    pub async fn console(&self, name: &str) -> Result<String, Fault> {
        let request = self.at(crate::http::Api::get, &["nodes", name, "console"]);
        let answer = request.raw().await?;
        Ok(Self::checked(&answer)?.text())
    }

    pub async fn run(&self, name: &str, command: &str) -> Result<Ran, Fault> {
        let request = self.at(crate::http::Api::post, &["nodes", name, "run"]);
        self.send(request.json(&json!({ "command": command })).reads())
            .await
    }

    /// Switches machines `on` or `off`, or resets them.
    pub async fn power(&self, nodes: &[String], action: &str) -> Result<Vec<Node>, Fault> {
        let body = json!({ "nodes": nodes, "action": action });
        let nodes = self.send(self.post("power", &body)).await;
        self.catch_up().await;
        nodes
    }

    pub async fn conditions(&self) -> Result<Vec<Condition>, Fault> {
        self.send(self.get("conditions")).await
    }

    pub async fn condition(&self, name: &str, on: bool) -> Result<Vec<Condition>, Fault> {
        let body = json!({ "name": name, "on": on });
        self.send(self.post("conditions", &body)).await
    }

    pub async fn artifacts(&self) -> Result<Vec<Stored>, Fault> {
        self.send(self.get("artifacts")).await
    }

    pub async fn put_artifact(&self, artifact: &Stored) -> Result<Stored, Fault> {
        self.send(self.post("artifacts", &json!(artifact))).await
    }

    pub async fn delete_artifact(&self, path: &str) -> Result<Stored, Fault> {
        let mut pieces = vec!["artifacts"];
        pieces.extend(path.trim_matches('/').split('/'));
        let request = self.at(crate::http::Api::delete, &pieces);
        self.send(request).await
    }

    /// The lab's DHCP server.
    pub async fn dhcp(&self) -> Result<Running, Fault> {
        self.send(self.http.url("GET", &format!("{LAB}/server")))
            .await
    }

    /// Gives it another coredhcp.yaml; none: the one it began with.
    pub async fn set_dhcp(&self, config: Option<&str>) -> Result<Running, Fault> {
        self.send(self.post("dhcp", &json!({ "config": config })))
            .await
    }
}
