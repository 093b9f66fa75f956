//! `detente nats env`: how other programs connect to the NATS server of a running `detente up`.

use std::collections::BTreeMap;

use anyhow::Context as _;
use detente_nats_server as nats_server;

use crate::args::{Local, Nats};
use crate::nats::local_dir;
use crate::output::Output;

pub(super) fn run(command: &Nats, out: &mut Output) -> anyhow::Result<()> {
    let Nats::Env { data_dir } = command;
    let dir = local_dir(&Local {
        data_dir: data_dir.clone(),
        ..Local::default()
    })?;
    let access = nats_server::running(&dir).with_context(|| {
        format!(
            "no `detente up` runs on {}; start one, or give the --data-dir of one that runs",
            dir.display()
        )
    })?;
    let mut variables = BTreeMap::from([
        ("DETENTE_NATS", access.url()),
        ("NATS_URL", access.address()),
    ]);
    if let Some(password) = access.password() {
        variables.insert("NATS_USER", nats_server::USER.to_owned());
        variables.insert("NATS_PASSWORD", password.reveal().to_owned());
    }
    Ok(out.show(&variables, |_, variables| {
        // No value needs quotes.
        let export = |(name, value)| format!("export {name}={value}\n");
        variables.iter().map(export).collect()
    })?)
}
