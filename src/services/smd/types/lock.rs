//! locks: who may work on a component. An administrator locks; who holds the key of a reservation works.
use serde::{Deserialize, Serialize};

/// `POST /locks/…`: which components, by name or by filter; nothing at all means every one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockRequest {
    #[serde(rename = "ComponentIDs", skip_serializing_if = "Vec::is_empty")]
    pub component_ids: Vec<String>,
    #[serde(rename = "NID", skip_serializing_if = "Vec::is_empty")]
    pub nid: Vec<String>,
    #[serde(rename = "Type", skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flag: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enabled: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub software_status: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub role: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subrole: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subtype: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub arch: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub class: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub partition: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<String>,
    /// For the status alone; an empty list is not the same as none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reservation_disabled: Vec<String>,
    /// `rigid`: all or nothing; `flexible`: each that can be.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub processing_model: String,
    /// Minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_duration: Option<i64>,
}

/// What of the above `GET /locks/status` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockQuery {
    #[serde(rename = "Type")]
    pub kind: Vec<String>,
    pub state: Vec<String>,
    pub role: Vec<String>,
    pub subrole: Vec<String>,
    pub locked: Vec<String>,
    pub reserved: Option<Vec<String>>,
    pub reservation_disabled: Vec<String>,
}

/// How one component stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Lock {
    #[serde(rename = "ID")]
    pub id: String,
    pub locked: bool,
    pub reserved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_time: Option<String>,
    pub reservation_disabled: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockList {
    pub components: Vec<Lock>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_found: Vec<String>,
}

/// Why a component is not as was asked, in one of SMD's words: `Locked`, `Reserved`, `NotFound`, …
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockFailure {
    #[serde(rename = "ID")]
    pub id: String,
    pub reason: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockCounts {
    pub total: usize,
    pub success: usize,
    pub failure: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LockSuccess {
    #[serde(rename = "ComponentIDs")]
    pub component_ids: Vec<String>,
}

/// What became of a change of locks, or of reservations that exist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockResult {
    pub counts: LockCounts,
    pub success: LockSuccess,
    pub failure: Vec<LockFailure>,
}

/// A reservation. Who holds the reservation key may renew and release it; the deputy key shows that it is held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Reservation {
    #[serde(rename = "ID")]
    pub id: String,
    pub deputy_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_time: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ReservationResult {
    pub success: Vec<Reservation>,
    pub failure: Vec<LockFailure>,
}

/// A component and a key of its reservation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct LockKey {
    #[serde(rename = "ID")]
    pub id: String,
    pub key: String,
}

/// `POST /locks/…/release` and `…/renew`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ReservationKeys {
    pub reservation_keys: Vec<LockKey>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub processing_model: String,
    /// Minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation_duration: Option<i64>,
}

/// `POST /locks/service/reservations/check`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct DeputyKeys {
    pub deputy_keys: Vec<LockKey>,
}
