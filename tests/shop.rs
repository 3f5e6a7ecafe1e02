//! A shop of the fictional city that takes orders: its tile, its form and its goods, and orders as a tablet sends them.

use std::path::PathBuf;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::council::Council;

/// Its provider and its tile, behind those of the fixture. It is open on every day of the week.
pub const TILE: &str = r#"
[[provider]]
id = "shop"
name = "ひだまりスーパー"
kind = "private"
telephone = "0120-111-222"
[[provider.hours]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
from = "9:00"
until = "18:00"

[[service]]
id = "shopping"
provider = "shop"
category = "news"
title = "買い物をたのむ"
reading = "かいものをたのむ"
summary = "お店がお届けします"
icon = "coffee"
content = { kind = "form", file = "shopping.toml" }
"#;

/// What its form says before its questions and windows.
pub const HEAD: &str = r#"
id = "shopping"
title = "買い物"
purpose = "お店が お届けします。"
send = "このとおり たのむ"
next = "お店から 返事が 来ます。"
delivery_fee = 200
needs = ["name", "telephone", "address"]
goods = "goods.csv"
answer_within_hours = 4
open_at_once = 2
keep_days = 30
cancel_until = { hours_before = 24 }
"#;

/// Its questions, and its windows: in the morning for one, and in the afternoon for many.
pub const QUESTIONS: &str = r#"
[[question]]
id = "goods"
words = "なにを お届けしますか。"
type = "goods"
kinds = 5
pieces = 20

[[question]]
id = "window"
words = "いつ お届けしますか。"
type = "window"

[[question]]
id = "note"
words = "お店に 伝えたいことは ありますか。"
type = "words"
letters = 60
optional = true

[[window]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = "10:00"
until = "12:00"
places = 1
ask_until = { hours_before = 2 }

[[window]]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
from = "14:00"
until = "16:00"
places = 500
ask_until = { hours_before = 2 }
"#;

/// Its goods: milk as much as anybody wants, and one loaf of bread.
pub const GOODS: &str = "id,name,price,most,stock\nmilk,牛乳,250,5,\nbread,食パン,180,2,1\n";

/// What a resident tells the shop, and nobody else is to read.
pub const NAME: &str = "やまだ はなこ";
/// Where they are rung.
pub const TELEPHONE: &str = "090-1234-5678";
/// Where they live.
pub const BUILDING: &str = "ひだまりそう 203";
/// What they write.
pub const NOTE: &str = "いぬが います";

/// Opens the shop in a city; gives the catalogue's file.
///
/// # Panics
/// If it cannot be written.
pub fn open(council: &Council) -> PathBuf {
    council.write("shopping.toml", &format!("{HEAD}{QUESTIONS}"));
    council.write("goods.csv", GOODS);
    let file = council.catalogue();
    let text = std::fs::read_to_string(&file).expect("reads");
    council.write("services.toml", &format!("{text}{TILE}"));
    file
}

/// What somebody orders.
#[derive(Debug, Clone)]
pub struct Order {
    /// Its id.
    pub id: Uuid,
    /// The version of the form that was filled in.
    pub version: String,
    /// So many of a good at a price.
    pub goods: Vec<(String, u16, u32)>,
    /// When it is to be brought.
    pub window: String,
    /// The request that it mends.
    pub mends: Option<Uuid>,
}

impl Order {
    /// One carton of milk in the window that is named.
    pub fn milk(version: &str, window: &str) -> Self {
        Self {
            id: Uuid::new_v4(),
            version: version.to_owned(),
            goods: vec![("milk".to_owned(), 1, 250)],
            window: window.to_owned(),
            mends: None,
        }
    }

    /// The last loaf of bread.
    pub fn bread(version: &str, window: &str) -> Self {
        Self {
            goods: vec![("bread".to_owned(), 1, 180)],
            ..Self::milk(version, window)
        }
    }

    /// As a tablet sends it.
    pub fn json(&self) -> Value {
        let goods = self
            .goods
            .iter()
            .map(|(good, amount, price)| json!({ "good": good, "amount": amount, "price": price }));
        let total: u32 = self.goods.iter().map(|it| u32::from(it.1) * it.2).sum();
        let mut order = json!({
            "id": self.id, "made_at": 1_790_000_000_000_i64, "kind": "form",
            "service": "shopping", "form": "shopping", "version": self.version, "total": total + 200,
            "answers": [
                { "question": "goods", "type": "goods", "goods": goods.collect::<Vec<Value>>() },
                { "question": "window", "type": "window", "window": self.window },
                { "question": "note", "type": "words", "words": NOTE },
            ],
            "person": {
                "name": NAME, "telephone": TELEPHONE,
                "address": { "neighbourhood": "ひだまり一丁目", "block": "2-3", "building": BUILDING },
            },
        });
        if let Some(mends) = self.mends {
            order["mends"] = json!(mends);
        }
        order
    }
}

/// Something that a tablet sends about an order.
pub fn about(kind: &str, order: Uuid) -> Value {
    json!({ "id": Uuid::new_v4(), "made_at": 1_790_000_000_001_i64, "kind": kind, "request": order })
}

/// What a tablet answers to a proposal.
pub fn to_proposal(order: Uuid, revision: u32, accepts: bool) -> Value {
    let mut answer = about("proposal", order);
    answer["revision"] = json!(revision);
    answer["accepts"] = json!(accepts);
    answer
}
