//! The table `[connections]` of the settings file: into which private networks webhooks of providers may go.

use kairan_catalogue::{Faults, Table};

/// What an administrator of the server has decided about connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectionSettings {
    /// Hosts of endpoints that may lie in a private network, and may be asked by plain http there.
    pub allowed_hosts: Vec<String>,
}

/// Understands `[connections]`, if it is there.
pub fn connections(root: &Table, faults: &mut Faults) -> Option<ConnectionSettings> {
    let value = root.get("connections")?;
    let known = &["allowed_hosts"];
    let table = Table::under("[connections]", "[connections]", known, value, faults)?;
    let hosts = table.texts("allowed_hosts", faults).into_iter();
    Some(ConnectionSettings {
        allowed_hosts: hosts.map(|host| host.value.to_owned()).collect(),
    })
}
