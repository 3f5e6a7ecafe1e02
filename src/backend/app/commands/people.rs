//! `kairan people`: the first administrator, and whoever has forgotten a password; `kairan keys`.

use anyhow::bail;
use clap::Subcommand;
use jiff::Timestamp;
use rand::seq::IndexedRandom as _;

use crate::{
    app::storage_arguments::StorageArguments,
    audit::queries::COMMAND_LINE,
    database::keys::{Keys, Purpose},
    people::pages::people::{Added, add, hashed},
};

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
        /// administrator, operator, releaser, helper, provider, counter, evaluator or raw-data-evaluator.
        #[arg(long, default_value = "administrator")]
        role: String,
        /// The id of the provider in the catalogue, for somebody of a provider.
        #[arg(long, default_value = "")]
        provider: String,
        /// Where the server's database lies.
        #[command(flatten)]
        storage: StorageArguments,
    },
    /// Prints a new password for somebody; their second factor is set up anew.
    Renew {
        /// The name to sign in with.
        name: String,
        /// Where the server's database lies.
        #[command(flatten)]
        storage: StorageArguments,
    },
}

/// What is done with the keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Makes another key, and seals with it what those before it have sealed.
    Rotate {
        /// Where the server's database lies.
        #[command(flatten)]
        storage: StorageArguments,
    },
}

/// Does it.
pub async fn run_keys(command: KeysCommand) -> anyhow::Result<()> {
    let KeysCommand::Rotate { storage } = command;
    let store = storage.open().await?;
    let settings = storage.in_force()?;
    let keys = Keys::of(settings.keys_dir.as_deref(), &settings.data);
    let now = Timestamp::now();
    let name = keys.add(Purpose::SecondFactors, now)?;
    // That of the loans' names stays: with another nobody would find what they have asked for.
    keys.add(Purpose::PersonalData, now)?;
    let opened = store.seal_what_lies_open(now).await;
    let done = store.reseal().await;
    store.close().await;
    let (opened, done) = (opened?, done?);
    println!(
        "the key {name} seals from now on; it lies in {}",
        keys.folder().display()
    );
    println!(
        "sealed anew: {} second factors, {} requests",
        opened + done.sealed,
        done.requests
    );
    if done.lost_requests > 0 {
        println!(
            "{} requests could not be opened, because their key is lost: ring who asked",
            done.lost_requests
        );
    }
    if done.lost > 0 {
        println!(
            "{} could not be opened, because their key is lost: use `kairan people renew`",
            done.lost
        );
    }
    println!("the keys before it open older copies of the database: keep them as long as those");
    Ok(())
}

/// Does it.
pub async fn run(command: PeopleCommand) -> anyhow::Result<()> {
    let password = new_password();
    match command {
        PeopleCommand::Add {
            name,
            role,
            provider,
            storage,
        } => {
            let store = storage.open().await?;
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
        PeopleCommand::Renew { name, storage } => {
            let store = storage.open().await?;
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
