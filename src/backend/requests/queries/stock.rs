//! What is left of what a form offers. Each place and each good is taken by one guarded statement, and what is free is
//! listed from the same counts.

use std::collections::BTreeMap;

use kairan_catalogue::form::{FormDefinition, Stock};
use kairan_contract::{FormId, GoodId, Reason, RequestId, WindowId};
use sqlx::AnyConnection;

use super::stored::{StoredKind, StoredRequest};
use crate::{
    database::{Database, DatabaseError},
    requests::rules::intake::Wanted,
};

impl Database {
    /// What is left of everything that is counted, form by form.
    pub async fn counted_stock(&self) -> Result<BTreeMap<FormId, CountedStock>, DatabaseError> {
        let goods: Vec<(String, String, i64, i64)> =
            sqlx::query_as("SELECT form, good, counted, amount_left FROM goods_left")
                .fetch_all(&self.readers)
                .await?;
        let windows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT form, window_id, taken FROM window_places WHERE taken > 0")
                .fetch_all(&self.readers)
                .await?;
        let mut stock: BTreeMap<FormId, CountedStock> = BTreeMap::new();
        for (form, good, counted, left) in goods {
            if let (Ok(form), Ok(good)) = (form.parse(), GoodId::try_from(good)) {
                let of = stock.entry(form).or_default();
                of.goods.insert(good, (clamped(counted), clamped(left)));
            }
        }
        for (form, window, taken) in windows {
            if let (Ok(form), Ok(window)) = (form.parse(), window.parse()) {
                let of = stock.entry(form).or_default();
                of.windows.insert(window, clamped(taken));
            }
        }
        Ok(stock)
    }
}

/// The counts of one form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountedStock {
    /// How many there were when somebody last said it, and how many are left of them.
    goods: BTreeMap<GoodId, (u32, u32)>,
    /// How many places are taken.
    windows: BTreeMap<WindowId, u32>,
}

impl CountedStock {
    /// As a form takes it. What somebody has counted anew since counts from then.
    pub fn of(&self, definition: &FormDefinition) -> Stock {
        let counted = definition.goods.iter().filter_map(|stocked| {
            let (counted, left) = self.goods.get(&stocked.good.id)?;
            (stocked.stock == Some(*counted)).then(|| (stocked.good.id.clone(), *left))
        });
        Stock {
            goods: None,
            left: counted.collect(),
            taken: self.windows.clone(),
        }
    }
}

/// The counts of one form as this transaction sees them.
pub(super) async fn stock_of(
    connection: &mut AnyConnection,
    form: &FormId,
) -> Result<CountedStock, DatabaseError> {
    let goods: Vec<(String, i64, i64)> =
        sqlx::query_as("SELECT good, counted, amount_left FROM goods_left WHERE form = $1")
            .bind(form.to_string())
            .fetch_all(&mut *connection)
            .await?;
    let windows: Vec<(String, i64)> =
        sqlx::query_as("SELECT window_id, taken FROM window_places WHERE form = $1 AND taken > 0")
            .bind(form.to_string())
            .fetch_all(&mut *connection)
            .await?;
    let goods = goods.into_iter().filter_map(|(good, counted, left)| {
        let good = GoodId::try_from(good).ok()?;
        Some((good, (clamped(counted), clamped(left))))
    });
    let windows = windows.into_iter();
    let windows = windows.filter_map(|(id, taken)| Some((id.parse().ok()?, clamped(taken))));
    Ok(CountedStock {
        goods: goods.collect(),
        windows: windows.collect(),
    })
}

/// Takes what is wanted, all of it or nothing; says why not.
pub(super) async fn take(
    connection: &mut AnyConnection,
    definition: &FormDefinition,
    wanted: &Wanted,
) -> Result<Option<Reason>, DatabaseError> {
    let form = &definition.form.id;
    if let Some(window) = &wanted.window {
        let places = definition.places_of(window).unwrap_or(0);
        if !take_place(connection, form, window, places).await? {
            return Ok(Some(Reason::Full));
        }
    }
    let mut taken: Vec<(&GoodId, u16)> = Vec::new();
    for good in &wanted.goods {
        let stocked = definition.goods.iter().find(|it| it.good.id == good.good);
        let Some(counted) = stocked.and_then(|it| it.stock) else {
            continue;
        };
        if !take_good(connection, form, &good.good, good.amount, counted).await? {
            for (good, amount) in taken {
                give_back_good(connection, form.as_str(), good.as_str(), amount.into()).await?;
            }
            if let Some(window) = &wanted.window {
                give_back_place(connection, form, window).await?;
            }
            return Ok(Some(Reason::SoldOut));
        }
        taken.push((&good.good, good.amount));
    }
    Ok(None)
}

/// Takes one place of a window, if there is one.
async fn take_place(
    connection: &mut AnyConnection,
    form: &FormId,
    window: &WindowId,
    places: u32,
) -> Result<bool, DatabaseError> {
    let done = sqlx::query(
        "INSERT INTO window_places (form, window_id, taken)
         SELECT $1, $2, 1 WHERE CAST($3 AS BIGINT) > 0
         ON CONFLICT (form, window_id) DO UPDATE SET taken = window_places.taken + 1
         WHERE window_places.taken < CAST($3 AS BIGINT)",
    )
    .bind(form.to_string())
    .bind(window.to_string())
    .bind(i64::from(places))
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes so many of a good, if there are. Where somebody has counted anew, that is how many there are.
async fn take_good(
    connection: &mut AnyConnection,
    form: &FormId,
    good: &GoodId,
    amount: u16,
    counted: u32,
) -> Result<bool, DatabaseError> {
    sqlx::query(
        "INSERT INTO goods_left (form, good, counted, amount_left) VALUES ($1, $2, $3, $3)
         ON CONFLICT (form, good) DO UPDATE SET counted = excluded.counted, amount_left = excluded.amount_left
         WHERE goods_left.counted <> excluded.counted",
    )
    .bind(form.to_string())
    .bind(good.to_string())
    .bind(i64::from(counted))
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query(
        "UPDATE goods_left SET amount_left = amount_left - $3
         WHERE form = $1 AND good = $2 AND amount_left >= $3",
    )
    .bind(form.to_string())
    .bind(good.to_string())
    .bind(i64::from(amount))
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes which goods a request asks for, in place of those it asked for before.
pub(super) async fn note_goods(
    connection: &mut AnyConnection,
    request: RequestId,
    wanted: &Wanted,
) -> Result<(), DatabaseError> {
    forget_goods(connection, request).await?;
    for good in &wanted.goods {
        sqlx::query("INSERT INTO request_goods (request, good, amount) VALUES ($1, $2, $3)")
            .bind(request.to_string())
            .bind(good.good.to_string())
            .bind(i64::from(good.amount))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Forgets which goods a request asks for.
pub(super) async fn forget_goods(
    connection: &mut AnyConnection,
    request: RequestId,
) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM request_goods WHERE request = $1")
        .bind(request.to_string())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Gives back what a request holds: whoever calls notes in the same transaction that it holds nothing any more.
pub(super) async fn give_back(
    connection: &mut AnyConnection,
    request: &StoredRequest,
) -> Result<(), DatabaseError> {
    let StoredKind::Form { form, .. } = &request.kind else {
        return Ok(());
    };
    if let Some(window) = &request.window {
        give_back_place(connection, form, window).await?;
    }
    let goods: Vec<(String, i64)> =
        sqlx::query_as("SELECT good, amount FROM request_goods WHERE request = $1")
            .bind(request.id.to_string())
            .fetch_all(&mut *connection)
            .await?;
    for (good, amount) in goods {
        give_back_good(connection, form.as_str(), &good, amount).await?;
    }
    Ok(())
}

/// Gives back one place of a window.
pub(super) async fn give_back_place(
    connection: &mut AnyConnection,
    form: &FormId,
    window: &WindowId,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "UPDATE window_places SET taken = taken - 1 WHERE form = $1 AND window_id = $2 AND taken > 0",
    )
    .bind(form.to_string())
    .bind(window.to_string())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

async fn give_back_good(
    connection: &mut AnyConnection,
    form: &str,
    good: &str,
    amount: i64,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "UPDATE goods_left SET amount_left = amount_left + $3 WHERE form = $1 AND good = $2",
    )
    .bind(form.to_owned())
    .bind(good.to_owned())
    .bind(amount)
    .execute(&mut *connection)
    .await?;
    Ok(())
}

fn clamped(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
