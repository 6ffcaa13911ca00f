//! What POST, PUT and PATCH do to rows and configurations.
//!
//! The order of the steps is BSS's own, because its refusals come from them: a PUT adds first and updates then, an update
//! looks for missing identities before it looks whether anything is to change.
use super::{Config, Identity, Node, Refusal, Store, is_node, quote};
use crate::services::bss::types::BootParams;
use indexmap::{IndexMap, IndexSet};

const SIMILAR: &str = "postgres.Get: GetBootConfigsAll: unable to query database: ";

/// Where the rows of an update go.
enum Target {
    Known(String),
    New(Config),
}

impl Store {
    /// Rows by any of these identities; all rows when none is given.
    pub(super) fn rows(&self, asked: &BootParams) -> Vec<String> {
        if asked.macs.is_empty() && asked.hosts.is_empty() && asked.nids.is_empty() {
            return self.nodes.keys().map(str::to_owned).collect();
        }
        let macs: Vec<String> = asked.macs.iter().map(|mac| mac.to_lowercase()).collect();
        let identities = macs.iter().map(|mac| Identity::Mac(mac));
        let identities = identities.chain(asked.hosts.iter().map(|host| Identity::Xname(host)));
        let identities = identities.chain(asked.nids.iter().map(|nid| Identity::Nid(*nid)));
        let mut found = IndexSet::new();
        for identity in identities {
            found.extend(self.find(identity).into_iter().map(str::to_owned));
        }
        found.into_iter().collect()
    }

    fn has(&self, identity: Identity) -> bool {
        !self.find(identity).is_empty()
    }

    /// The identities that no row has, as they were given.
    fn missing(&self, asked: &BootParams) -> BootParams {
        let no_mac = |mac: &&String| !self.has(Identity::Mac(&mac.to_lowercase()));
        let no_host = |host: &&String| !self.has(Identity::Xname(host));
        let no_nid = |nid: &&i32| !self.has(Identity::Nid(**nid));
        BootParams {
            macs: asked.macs.iter().filter(no_mac).cloned().collect(),
            hosts: asked.hosts.iter().filter(no_host).cloned().collect(),
            nids: asked.nids.iter().filter(no_nid).copied().collect(),
            ..Default::default()
        }
    }

    /// The rows that POST makes: of one sort of identity only, hosts before MACs before NIDs, and none for the name of a
    /// group.
    fn new_rows(missing: &BootParams) -> Vec<Node> {
        let xname = |xname: &String| Node {
            xname: xname.clone(),
            ..Node::default()
        };
        let mac = |mac: &String| Node {
            mac: mac.to_lowercase(),
            ..Node::default()
        };
        let nid = |nid: &i32| Node {
            nid: *nid,
            ..Node::default()
        };
        match missing {
            asked if !asked.hosts.is_empty() => asked.hosts.iter().map(xname).collect(),
            asked if !asked.macs.is_empty() => asked.macs.iter().map(mac).collect(),
            asked => asked.nids.iter().map(nid).collect(),
        }
    }

    /// POST: rows for identities that have none; those that have one stay as they are.
    pub fn add(&mut self, asked: &BootParams) -> Result<(), Refusal> {
        const ADD: &str = "postgres.Add: ";
        if let Some(words) = quote::broken_list(&asked.hosts, ");") {
            let query = "could not query node table in boot database: ";
            return Refusal::said(format!("{ADD}{query}{words}"));
        }
        if asked.hosts.iter().any(|host| !is_node(host)) {
            return Ok(());
        }
        let first_sort = match asked {
            BootParams { hosts, .. } if !hosts.is_empty() => BootParams {
                hosts: hosts.clone(),
                ..Default::default()
            },
            BootParams { macs, .. } if !macs.is_empty() => BootParams {
                macs: macs.clone(),
                ..Default::default()
            },
            BootParams { nids, .. } => BootParams {
                nids: nids.clone(),
                ..Default::default()
            },
        };
        let rows = Self::new_rows(&self.missing(&first_sort));
        if rows.is_empty() {
            return Refusal::said(format!("{ADD}data already exists"));
        }
        if let Some(words) = broken(asked, " OR ", ";") {
            let query = "could not get boot configs by kernel/initrd URI or params: ";
            return Refusal::said(format!("{ADD}{query}{SIMILAR}{words}"));
        }
        if asked.kernel.is_empty() {
            let words = "could not create BootConfig: kernel URI cannot be blank";
            return Refusal::said(format!("{ADD}{words}"));
        }
        let config = Config::of(asked);
        let known = self.equal.get(&config).and_then(|keys| keys.first());
        let key = known.cloned().map_or(Target::New(config), Target::Known);
        let key = self.settle(key);
        for row in rows {
            self.insert(row, &key);
        }
        Ok(())
    }

    fn insert(&mut self, mut row: Node, config: &str) {
        config.clone_into(&mut row.config);
        let identity = match &row {
            Node { mac, .. } if !mac.is_empty() => Identity::Mac(mac),
            Node { xname, .. } if !xname.is_empty() => Identity::Xname(xname),
            Node { nid, .. } => Identity::Nid(*nid),
        };
        let key = identity.key();
        if self.nodes.update(&key, |node| node.times += 1).is_none() {
            self.nodes.put(&key, row);
            *self.users.entry(config.to_owned()).or_default() += 1;
        }
    }

    /// The configuration that rows are to point to: made, or taken up again.
    fn settle(&mut self, target: Target) -> String {
        match target {
            Target::Known(key) => {
                if let Some(config) = self.idle.remove(&key) {
                    self.configs.put(&key, config);
                }
                key
            }
            Target::New(config) => {
                let key = self.new_key(&config);
                self.configs.put(&key, config.clone());
                self.equal.entry(config).or_default().push(key.clone());
                key
            }
        }
    }

    /// PUT: adds what is new and merges into what is known.
    pub fn set(&mut self, asked: &BootParams) -> Result<(), Refusal> {
        nothing_given(asked)?;
        readable(asked)?;
        let given = |identities: BootParams| BootParams {
            params: asked.params.clone(),
            kernel: asked.kernel.clone(),
            initrd: asked.initrd.clone(),
            ..identities
        };
        let new = given(self.missing(asked));
        let rows = self.rows(asked);
        let mut known = given(BootParams::default());
        for node in rows.iter().filter_map(|key| self.nodes.get(key)) {
            let filled = |text: &String| (!text.is_empty()).then(|| text.clone());
            known.macs.extend(filled(&node.mac));
            known.hosts.extend(filled(&node.xname));
            known.nids.extend((node.nid != 0).then_some(node.nid));
        }
        if !(new.macs.is_empty() && new.hosts.is_empty() && new.nids.is_empty()) {
            self.add(&new)?;
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.update(&known)
    }

    /// PATCH: changes what is given, of rows that must exist.
    pub fn update(&mut self, asked: &BootParams) -> Result<(), Refusal> {
        readable(asked)?;
        let missing = self.missing(asked);
        if missing != BootParams::default() {
            let lists = lists(&missing);
            let words = format!("postgres.Update: data does not exist: nodes table: {lists}");
            return Refusal::said(words);
        }
        nothing_given(asked)?;
        let rows = self.rows(asked);
        if rows.is_empty() {
            return Refusal::said("postgres.Update: no node IDs specified");
        }
        if let Some(words) = broken(asked, " OR ", ";") {
            return Refusal::said(format!("postgres.Update: {SIMILAR}{words}"));
        }
        let mut old: IndexMap<String, Vec<String>> = IndexMap::new();
        for key in rows {
            if let Some(node) = self.nodes.get(&key) {
                old.entry(node.config.clone()).or_default().push(key);
            }
        }
        // all is decided before anything moves: two that become equal only now stay two
        let plan: Vec<(Vec<String>, Target)> = old
            .into_iter()
            .filter_map(|(config, rows)| Some((rows, self.target(&config, asked)?)))
            .collect();
        for (rows, target) in plan {
            let to = self.settle(target);
            for row in rows {
                self.point(&row, &to);
            }
        }
        Ok(())
    }

    fn target(&self, config: &str, asked: &BootParams) -> Option<Target> {
        let mut config = self.configs.get(config)?.clone();
        for (field, given) in [
            (&mut config.kernel, &asked.kernel),
            (&mut config.initrd, &asked.initrd),
            (&mut config.params, &asked.params),
        ] {
            if !given.is_empty() {
                field.clone_from(given);
            }
        }
        let known = self.equal.get(&config).and_then(|keys| keys.last());
        Some(known.cloned().map_or(Target::New(config), Target::Known))
    }

    /// Has a row point to another configuration; the last one to leave makes the old one idle.
    fn point(&mut self, row: &str, to: &str) {
        let Some(from) = self.nodes.get(row).map(|node| node.config.clone()) else {
            return;
        };
        if from == to {
            return;
        }
        self.nodes
            .update(row, |node| to.clone_into(&mut node.config));
        *self.users.entry(to.to_owned()).or_default() += 1;
        if self.leave(&from)
            && let Some(config) = self.configs.remove(&from)
        {
            self.idle.insert(from, config);
        }
    }

    /// Whether nobody points to a configuration any more.
    pub(super) fn leave(&mut self, config: &str) -> bool {
        let Some(left) = self.users.get_mut(config) else {
            return true;
        };
        *left -= 1;
        let nobody = *left == 0;
        if nobody {
            self.users.remove(config);
        }
        nobody
    }
}

/// BSS wants to read these names from its table first.
fn readable(asked: &BootParams) -> Result<(), Refusal> {
    let Some(words) = quote::broken_list(&asked.hosts, ");") else {
        return Ok(());
    };
    let lists = lists(asked);
    let query = "could not query node table in boot database: ";
    Refusal::said(format!(
        "postgres.Update: error checking node existence for {lists}: {query}{words}"
    ))
}

fn nothing_given(asked: &BootParams) -> Result<(), Refusal> {
    if Config::of(asked) != Config::default() {
        return Ok(());
    }
    Refusal::said("postgres.Update: must specify at least one of params, kernel, or initrd")
}

/// What the database says to the given kernel, initrd and params, if it does not understand one.
pub(super) fn broken(asked: &BootParams, link: &str, end: &str) -> Option<String> {
    let values = [
        ("kernel_uri=", asked.kernel.as_str()),
        ("initrd_uri=", asked.initrd.as_str()),
        ("cmdline=", asked.params.as_str()),
    ];
    let given: Vec<_> = values.into_iter().filter(|(_, v)| !v.is_empty()).collect();
    quote::broken(&given, link, end)
}

/// Identities as Go prints them.
fn lists(asked: &BootParams) -> String {
    let nids: Vec<String> = asked.nids.iter().map(i32::to_string).collect();
    format!(
        "macs=[{}] xnames=[{}] nids=[{}]",
        asked.macs.join(" "),
        asked.hosts.join(" "),
        nids.join(" ")
    )
}
