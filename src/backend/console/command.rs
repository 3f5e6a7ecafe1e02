//! `kairan people`: the first administrator, and whoever has forgotten a password.

use anyhow::bail;
use clap::Subcommand;
use jiff::Timestamp;
use rand::seq::IndexedRandom as _;

use super::people::{Added, add, hashed};
use crate::{app::Place, store::COMMAND_LINE};

/// Letters of a first password in groups, without those that look alike.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS: usize = 5;
const GROUP: usize = 4;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Lets somebody use the console, and prints their first password.
    Add {
        /// The name to sign in with.
        name: String,
        /// administrator, operator, releaser, helper, provider, evaluator or raw-data-evaluator.
        #[arg(long, default_value = "administrator")]
        role: String,
        /// The id of the provider in the catalogue, for somebody of a provider.
        #[arg(long, default_value = "")]
        provider: String,
        /// Where the server's database lies.
        #[command(flatten)]
        place: Place,
    },
    /// Prints a new password for somebody; their second factor is set up anew.
    Renew {
        /// The name to sign in with.
        name: String,
        /// Where the server's database lies.
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
pub async fn run(command: PeopleCommand) -> anyhow::Result<()> {
    let password = new_password();
    match command {
        PeopleCommand::Add {
            name,
            role,
            provider,
            place,
        } => {
            let store = place.open().await?;
            let added = Added {
                name,
                role,
                provider,
                password: password.clone(),
            };
            let done = add(&store, &added, COMMAND_LINE).await;
            store.close().await;
            done?;
        }
        PeopleCommand::Renew { name, place } => {
            let store = place.open().await?;
            let hash = hashed(password.clone()).await?;
            let done = store
                .put_password(&name, &hash, COMMAND_LINE, Timestamp::now())
                .await;
            store.close().await;
            if !done? {
                bail!("nobody has the name {name} — check how it is written");
            }
        }
    }
    println!("{password}");
    Ok(())
}

/// Some hundred bits by chance.
fn new_password() -> String {
    let mut random = rand::rng();
    let mut letter = || char::from(*LETTERS.choose(&mut random).unwrap_or(&b'k'));
    let groups: Vec<String> = (0..GROUPS)
        .map(|_| (0..GROUP).map(|_| letter()).collect())
        .collect();
    groups.join("-")
}
