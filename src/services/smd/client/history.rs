//! Inventory/Hardware/History: which unit was seen where and when, by place and by unit.
use super::super::types::{HardwareHistory, HardwareHistoryList};
use super::{Client, Filter, arrange, fault, many, many::Fates, once};
use crate::fault::{Fault, Kind};
use std::collections::{HashMap, HashSet};

const FILTERS: &[&str] = &["id", "fruid", "eventtype", "starttime", "endtime"];

/// Whose history it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Places,
    Units,
}

impl Of {
    const fn path(self) -> [&'static str; 3] {
        match self {
            Self::Places => ["Inventory", "Hardware", "History"],
            Self::Units => ["Inventory", "HardwareByFRU", "History"],
        }
    }
}

impl Client {
    /// Histories, of all or of `ids` (then in their order).
    pub async fn histories(
        &self,
        of: Of,
        ids: Option<&[String]>,
        filter: &Filter,
    ) -> Result<Vec<HardwareHistory>, Fault> {
        let query = filter.pairs(FILTERS)?;
        let list: HardwareHistoryList = self.api.get(&of.path()).query(&query).send().await?;
        let found = list.components.unwrap_or_default();
        Ok(arrange(found, ids, |history| &history.id))
    }

    /// The history of one; that nothing was ever seen is an empty one.
    pub async fn history(
        &self,
        of: Of,
        id: &str,
        filter: &Filter,
    ) -> Result<HardwareHistory, Fault> {
        let query = filter.pairs(&FILTERS[2..])?;
        let [a, b, c] = of.path();
        let request = self.api.get(&[a, b, c, id]).query(&query);
        request.send().await
    }

    /// Forgets histories; what went.
    pub async fn delete_histories(
        &self,
        of: Of,
        ids: Vec<String>,
    ) -> Result<Vec<HardwareHistory>, Fault> {
        once(ids.iter().map(String::as_str))?;
        let filter = Filter::default();
        let before = self.histories(of, Some(&ids), &filter).await?;
        let api = self.api.clone();
        let [a, b, c] = of.path();
        let sent = many::each(ids.clone(), |id| {
            let request = api.delete(&[a, b, c, &id]);
            async move { request.nothing().await.map_err(|f| unseen(&id, f)) }
        })
        .await;
        let left = self.histories(of, Some(&ids), &filter).await?;
        let left: HashSet<&str> = left.iter().map(|history| &*history.id).collect();
        let before = before.iter().map(|h| (h.id.to_ascii_lowercase(), h));
        let before: HashMap<String, &HardwareHistory> = before.collect();
        let mut fates = Fates::default();
        for (id, result) in ids.iter().zip(sent) {
            let stays = left.contains(id.as_str());
            let was = before.get(&id.to_ascii_lowercase());
            let gone = || unseen(id, fault(Kind::NotFound, ""));
            let result = result.and_then(|()| match was {
                _ if stays => {
                    let message = format!("SMD accepted the delete, and {id} still has a history");
                    Err(fault(Kind::NoEffect, message))
                }
                Some(history) => Ok((*history).clone()),
                None => Err(gone()),
            });
            fates.add(id, result);
        }
        fates.settle("forgotten")
    }

    /// Forgets everything, by place and by unit; what went, by place.
    pub async fn delete_all_histories(&self) -> Result<Vec<HardwareHistory>, Fault> {
        let before = self.histories(Of::Places, None, &Filter::default()).await?;
        if !before.is_empty() {
            self.api.delete(&Of::Places.path()).nothing().await?;
        }
        Ok(before)
    }
}

fn unseen(id: &str, f: Fault) -> Fault {
    if f.kind != Kind::NotFound {
        return f;
    }
    let message = format!("nothing was ever seen of {id}");
    Fault { message, ..f }.hint("smd.hardware.history.list() shows all that was")
}
