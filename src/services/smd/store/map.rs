//! Node maps and power maps. A node map gives its node NID and role when the node is added without them.
use super::{Store, Trouble, fits, said, unless_empty, words};
use crate::services::smd::{
    types::{Component, NodeMap, PowerMap},
    xname,
};

impl Store {
    pub fn node_map(&self, id: &str) -> Option<&NodeMap> {
        self.node_maps.get(id)
    }

    pub fn node_maps(&self) -> Vec<NodeMap> {
        self.node_maps.values().cloned().collect()
    }

    /// Adds or replaces node maps, all or none; no two may have one NID.
    pub fn put_node_maps(&mut self, maps: Vec<NodeMap>) -> Result<(), Trouble> {
        for map in maps {
            fits(&map.id, 63)?;
            let rival = |other: &NodeMap| other.nid == map.nid && other.id != map.id;
            if self.node_maps.values().any(rival) {
                return Err(said::DUPLICATE);
            }
            let id = map.id.clone();
            self.node_maps.put(&id, map);
        }
        Ok(())
    }

    pub fn delete_node_map(&mut self, id: &str) -> bool {
        self.node_maps.remove(id).is_some()
    }

    pub fn delete_node_maps(&mut self) -> usize {
        self.node_maps.clear()
    }

    /// What a node gets that comes without role or NID: what its map says, or Compute and a number made from its place.
    pub fn complete(&self, component: &mut Component) {
        let node = matches!(component.kind.as_deref(), Some("Node" | "VirtualNode"));
        let whole =
            component.role.is_some() && component.nid.is_some() && component.class.is_some();
        if !node || whole {
            return;
        }
        let map = self.node_maps.get(&component.id);
        let (role, sub_role) = match map {
            Some(map) if map.role.is_some() => (map.role.clone(), map.sub_role.clone()),
            _ => (Some("Compute".into()), None),
        };
        component.role = component.role.take().or(role);
        component.sub_role = component.sub_role.take().or(sub_role);
        let nid = map.map_or_else(|| xname::default_nid(&component.id), |map| map.nid);
        component.nid.get_or_insert(nid);
    }

    pub fn power_map(&self, id: &str) -> Option<&PowerMap> {
        self.power_maps.get(id)
    }

    pub fn power_maps(&self) -> Vec<PowerMap> {
        self.power_maps.values().cloned().collect()
    }

    pub fn put_power_maps(&mut self, maps: Vec<PowerMap>) -> Result<(), Trouble> {
        for map in maps {
            fits(&map.id, 63)?;
            map.powered_by.iter().try_for_each(|id| fits(id, 63))?;
            let id = map.id.clone();
            self.power_maps.put(&id, map);
        }
        Ok(())
    }

    pub fn delete_power_map(&mut self, id: &str) -> bool {
        self.power_maps.remove(id).is_some()
    }

    pub fn delete_power_maps(&mut self) -> usize {
        self.power_maps.clear()
    }
}

/// A node map in SMD's spelling; `Err` is what SMD says of one that it does not take.
pub fn node_map(map: NodeMap) -> Result<NodeMap, String> {
    let id = xname::normalize(&map.id);
    if !matches!(xname::kind(&id), Some("Node" | "VirtualNode")) {
        return Err(format!("xname ID '{}' is invalid or not a node", map.id));
    }
    if map.nid <= 0 {
        return Err(format!("NID '{}' is out of range", map.nid));
    }
    let spell = |name: &str, vocabulary: &words::Words, word: Option<String>| {
        let Some(word) = word.and_then(unless_empty) else {
            return Ok(None);
        };
        let found = vocabulary.find(&word).map(str::to_owned);
        let found = found.ok_or_else(|| format!("{name} '{word}' is not valid."));
        found.map(Some)
    };
    Ok(NodeMap {
        id,
        nid: map.nid,
        role: spell("Role", &words::ROLE, map.role)?,
        sub_role: spell("SubRole", &words::SUB_ROLE, map.sub_role)?,
        node_info: map.node_info,
    })
}

/// A power map in SMD's spelling; `Err` is what SMD says of one that it does not take.
pub fn power_map(map: PowerMap) -> Result<PowerMap, String> {
    let id = xname::valid(&map.id).ok_or_else(|| format!("xname ID '{}' is invalid", map.id))?;
    let supply = |word: String| {
        let refused = || format!("Power supply xname ID '{word}' is invalid");
        xname::valid(&word).ok_or_else(refused)
    };
    let powered_by = map.powered_by.into_iter().map(supply);
    let powered_by = powered_by.collect::<Result<_, _>>()?;
    Ok(PowerMap { id, powered_by })
}
