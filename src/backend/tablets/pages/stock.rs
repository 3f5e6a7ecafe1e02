//! The register of tablets: what the council owns, where each is, and which are free.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::Language;
use kairan_text::{Message, message, tr};
use serde::Deserialize;
use url::form_urlencoded;

use crate::{
    pages::Faults,
    pages::{
        Frame, May, PageError, Right, SignedIn, kept_as,
        rights::{HandleTablets, SeeTablets},
        shown,
        spreadsheet::plain_in_a_spreadsheet,
    },
    tablets::{
        queries::{Away, Label, Owned},
        room::Room,
        stock::{LabelIndex, Whereabouts},
    },
};

/// Tablets on one page.
const ON_A_PAGE: usize = 50;
/// Labels that are registered at once.
const AT_ONCE: usize = 1_000;

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Looked {
    #[serde(default)]
    text: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    page: usize,
    /// How many were registered just now, and how many of the labels were known.
    added: Option<usize>,
    known: Option<usize>,
}

/// A tablet, and where it is.
struct Line {
    owned: Owned,
    is: Whereabouts,
}

#[derive(Template)]
#[template(path = "tablets/pages/stock.html")]
struct StockPage {
    frame: Frame,
    looked: Looked,
    lines: Vec<Line>,
    /// How many of each kind there are, whatever is looked for.
    counts: Vec<(&'static str, &'static str, usize)>,
    found: usize,
    pages: usize,
    /// The search without its page, as it stands in an address.
    search: String,
    may_handle: bool,
    /// The labels as typed, and what is wrong with them.
    typed: String,
    faults: Faults,
}

impl StockPage {
    /// Where a tablet is, in words.
    fn words(&self, is: Whereabouts) -> &str {
        let words = words(is);
        words.tr(self.frame.language)
    }
}

/// Where a tablet is.
fn words(is: Whereabouts) -> Message {
    match is {
        Whereabouts::Away(away) => away_in_words(away),
        other => other.kind().1,
    }
}

const fn away_in_words(away: Away) -> Message {
    match away {
        Away::Repair => message("修理中"),
        Away::Lost => message("なくなった"),
        Away::Disposed => message("捨てた"),
        Away::Mistaken => message("登録のまちがい"),
    }
}

/// The page.
pub async fn list(
    signed_in: May<SeeTablets>,
    State(backend): State<Room>,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    Ok(shown(&page(&backend, &signed_in, looked).await?))
}

async fn page(
    backend: &Room,
    signed_in: &SignedIn,
    looked: Looked,
) -> Result<StockPage, PageError> {
    let all = stock(backend).await?;
    let count = |kind: &str| all.iter().filter(|line| line.is.kind().0 == kind).count();
    let counts = Whereabouts::KINDS
        .iter()
        .map(|(kind, words)| (*kind, words.tr(signed_in.language), count(kind)))
        .collect();
    let mut lines = sought(all, &looked);
    let found = lines.len();
    let page = looked.page.min(found.saturating_sub(1) / ON_A_PAGE);
    lines.drain(..page * ON_A_PAGE);
    lines.truncate(ON_A_PAGE);
    Ok(StockPage {
        frame: Frame::of(signed_in, "/console/tablets", message("タブレットの台帳")),
        search: search(&looked),
        looked: Looked { page, ..looked },
        lines,
        counts,
        found,
        pages: found.div_ceil(ON_A_PAGE).max(1),
        may_handle: signed_in.person.role.may(Right::HandleTablets),
        typed: String::new(),
        faults: Faults::default(),
    })
}

/// Every tablet that the council owns, and where it is.
async fn stock(backend: &Room) -> Result<Vec<Line>, PageError> {
    let labels = label_index(backend).await?;
    let owned = backend.store.stock().await?.into_iter();
    Ok(owned
        .map(|owned| Line {
            is: labels.whereabouts(&owned),
            owned,
        })
        .collect())
}

/// Why a tablet of this label is not lent now; nothing where it can be, or is not registered.
pub async fn why_not(backend: &Room, label: &str) -> Result<Option<Message>, PageError> {
    if label_index(backend).await?.is_lent(label) {
        return Ok(Some(message(
            "このラベルのタブレットは、いま貸し出し中です。ラベルを確かめてください。",
        )));
    }
    let mut owned = backend.store.stock().await?.into_iter();
    let is_away = owned.any(|it| it.label.as_str() == label && it.away.is_some());
    Ok(is_away.then_some(message("このタブレットは、台帳で使えないことになっています。貸すときは、台帳で「また使う」を押してください。")))
}

/// What the labels of all tablets and codes tell.
async fn label_index(backend: &Room) -> Result<LabelIndex, PageError> {
    let tablets = backend.store.lent_tablets().await?;
    let awaited = backend.store.awaited_labels(Timestamp::now()).await?;
    Ok(LabelIndex::of(&tablets, awaited))
}

/// The labels of the tablets that can be lent.
pub async fn free(backend: &Room) -> Result<Vec<String>, PageError> {
    let free = stock(backend).await?.into_iter();
    let free = free.filter(|line| line.is == Whereabouts::Free);
    Ok(free.map(|line| line.owned.label.to_string()).collect())
}

fn sought(lines: Vec<Line>, looked: &Looked) -> Vec<Line> {
    let text = looked.text.trim().to_lowercase();
    let wanted = |line: &Line| {
        let label = line.owned.label.as_str().to_lowercase();
        (looked.kind.is_empty() || line.is.kind().0 == looked.kind) && label.contains(&text)
    };
    lines.into_iter().filter(wanted).collect()
}

fn search(looked: &Looked) -> String {
    let mut search = form_urlencoded::Serializer::new(String::new());
    search
        .append_pair("text", &looked.text)
        .append_pair("kind", &looked.kind);
    search.finish()
}

/// The register as CSV.
pub async fn csv(
    _: May<SeeTablets>,
    State(backend): State<Room>,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    let lines = sought(stock(&backend).await?, &looked);
    let written = written(&lines).map_err(anyhow::Error::from)?;
    let kind = "text/csv; charset=utf-8";
    Ok(kept_as("kairan-register.csv", kind, written))
}

fn written(lines: &[Line]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(crate::pages::spreadsheet::BYTE_ORDER_MARK.to_vec());
    out.write_record([
        "label",
        "whereabouts",
        "participation",
        "registered_at",
        "away",
    ])?;
    for line in lines {
        let owned = &line.owned;
        out.write_record([
            plain_in_a_spreadsheet(owned.label.as_str()),
            line.is.kind().0.to_owned(),
            line.is.loan().map_or_else(String::new, |it| it.to_string()),
            owned.registered_at.to_string(),
            owned.away.map_or("", Away::as_str).to_owned(),
        ])?;
    }
    out.into_inner().map_err(|error| error.into_error().into())
}

/// Labels as a helper writes them, one on each line.
#[derive(Debug, Deserialize)]
pub struct Registered {
    #[serde(default)]
    labels: String,
}

/// Registers tablets, or gives the form back with what is wrong.
pub async fn register(
    signed_in: May<HandleTablets>,
    State(backend): State<Room>,
    Form(registered): Form<Registered>,
) -> Result<Response, PageError> {
    let labels = match labels(&registered.labels) {
        Ok(labels) => labels,
        Err(fault) => {
            let mut page = page(&backend, &signed_in, Looked::default()).await?;
            page.faults = Faults::at("labels", fault.in_words(signed_in.language));
            page.typed = registered.labels;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
        }
    };
    let (by, now) = (&signed_in.person.name, Timestamp::now());
    let added = backend.store.register(&labels, by, now).await?;
    let known = labels.len() - added;
    let told = format!("/console/tablets/stock?added={added}&known={known}");
    Ok(Redirect::to(&told).into_response())
}

/// Why labels are not registered.
enum NotRegistered {
    /// There are none.
    None,
    /// More than are taken at once.
    TooMany,
    /// A line that is no label.
    TooLong(usize),
}

impl NotRegistered {
    fn in_words(&self, language: Language) -> String {
        match self {
            Self::None => tr(language, "ラベルを1行に1つ書いてください").to_owned(),
            Self::TooMany => tr!(
                language,
                "一度に加えられるのは{most}台までです。分けて加えてください",
                most = AT_ONCE
            ),
            Self::TooLong(line) => tr!(
                language,
                "{line}行目が長すぎます。ラベルは20文字までです",
                line
            ),
        }
    }
}

/// Each label once. Empty lines are none.
fn labels(typed: &str) -> Result<Vec<Label>, NotRegistered> {
    let mut labels = Vec::new();
    for (number, line) in typed.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let label = line
            .parse()
            .map_err(|_| NotRegistered::TooLong(number + 1))?;
        labels.push(label);
    }
    labels.sort_unstable();
    labels.dedup();
    match labels.len() {
        0 => Err(NotRegistered::None),
        many if many > AT_ONCE => Err(NotRegistered::TooMany),
        _ => Ok(labels),
    }
}

/// Which tablet, and why it is not lent for now; nothing where it is lent again.
#[derive(Debug, Deserialize)]
pub struct PutAway {
    #[serde(default)]
    label: String,
    #[serde(default)]
    away: String,
}

/// Puts a tablet away, or takes it up again.
pub async fn put_away(
    signed_in: May<HandleTablets>,
    State(backend): State<Room>,
    Form(put): Form<PutAway>,
) -> Result<Response, PageError> {
    let label: Label = put.label.parse().map_err(|_| PageError::NotFound)?;
    let away = match put.away.as_str() {
        "" => None,
        word => Some(Away::named(word).ok_or(PageError::Unreadable)?),
    };
    let (by, now) = (&signed_in.person.name, Timestamp::now());
    backend.store.put_away(&label, away, by, now).await?;
    let search = search(&Looked {
        text: put.label,
        ..Looked::default()
    });
    Ok(Redirect::to(&format!("/console/tablets/stock?{search}")).into_response())
}
