//! The form of a tile, a message, a category, a provider or the council: kept in the draft as typed, each fault
//! beside its field.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use kairan_contract::{Icon, Language};
use kairan_text::tr;

use super::{
    audience::{self, Choices},
    content,
    drafting::{Which, address_of, draft, keep, part_named},
    icons::ICONS,
    scope::{EditSomeTiles, Scope},
    text, words,
};
use crate::{
    catalogue::{queries::CatalogueDraft, room::Room},
    pages::{Faults, Frame, May, PageError, Right, SignedIn, shown},
};
use kairan_catalogue::{
    FaultKind,
    edit::{NotEdited, Part, Typed, entries, field_of, put},
};

/// How a field is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Line,
    /// A day.
    Day,
    /// Any of these: each word, and whether it is ticked.
    Several(Vec<(String, bool)>),
    /// So many lines.
    Lines(u32),
    /// One of these: as it is written, and as it is called.
    Choice(Vec<(String, String)>),
    /// One of these, by sight: its word, its name, and its picture.
    Sight(Vec<(&'static str, &'static str, &'static str)>),
    /// Where a content comes from: the kinds; and what is typed of kind, address and further settings.
    Source(Vec<(String, String)>, [String; 3]),
}

/// A field of the form.
struct Field {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    kind: Kind,
}

/// What a trial found: a sentence, what was left out, what the items are called, and all that they say.
#[derive(Default)]
pub struct Tried {
    pub said: String,
    pub skipped: Vec<String>,
    pub names: Vec<String>,
    pub items: String,
}

#[derive(Template)]
#[template(path = "catalogue/pages/tile.html")]
pub struct FormPage {
    frame: Frame,
    part: Part,
    /// The one that is changed; none for a new one.
    id: Option<String>,
    fields: Vec<Field>,
    /// What is wrong.
    faults: Faults,
    pub tried: Option<Tried>,
    may_remove: bool,
}

impl FormPage {
    /// Says what is wrong, each beside its field; a field without a place in the form still says it.
    pub fn tell(&mut self, mut faults: Faults) {
        faults.keep_to(|name| self.fields.iter().any(|field| field.name == name));
        self.faults = faults;
    }

    fn back(&self) -> String {
        address_of(self.part)
    }
}

/// The order of a form: what a clerk thinks of first comes first.
fn in_order(part: Part) -> Vec<&'static str> {
    let mut fields = part.fields().to_vec();
    match part {
        Part::Tile => {
            return vec![
                "title",
                "reading",
                "summary",
                "category",
                "provider",
                "icon",
                "content",
                "off",
                "from",
                "until",
                "areas",
                "age_bands",
                "cohorts",
                "id",
            ];
        }
        Part::Message => {
            return vec![
                "title",
                "text",
                "until",
                "from",
                "areas",
                "age_bands",
                "cohorts",
                "id",
            ];
        }
        Part::Category | Part::Provider => fields.rotate_left(1),
        Part::Council => {}
    }
    fields
}

/// The form of one, or of a new one.
pub async fn edit(
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let scope = Scope::of(&signed_in)?;
    let (_, draft) = draft(&backend, &signed_in).await?;
    let part = which.part();
    let id = (!which.id.is_empty()).then_some(which.id);
    let listed = entries(&draft.text, part)?;
    let typed = match &id {
        None if part == Part::Council => listed.into_iter().next().unwrap_or_default(),
        None => Typed::new(),
        Some(id) => listed
            .into_iter()
            .find(|entry| entry.get("id") == Some(id))
            .ok_or(PageError::NotFound)?,
    };
    if !scope.holds(part, &typed) {
        return Err(PageError::NotAllowed);
    }
    Ok(shown(
        &form_page(&backend, &signed_in, part, id, typed, &draft.text).await?,
    ))
}

/// The form, filled.
pub async fn form_page(
    backend: &Room,
    signed_in: &SignedIn,
    part: Part,
    id: Option<String>,
    typed: Typed,
    text: &str,
) -> Result<FormPage, PageError> {
    let choices = Choices::of(backend, text).await?;
    let [new, known] = words::form_titles(part);
    let language = signed_in.language;
    let named = |of: Part| -> Result<Kind, PageError> {
        let listed = entries(text, of)?.into_iter();
        let named =
            listed.filter_map(|mut entry| Some((entry.remove("id")?, entry.remove("name")?)));
        Ok(Kind::Choice(named.collect()))
    };
    let mut typed = typed;
    let fields = in_order(part).into_iter().map(|name| {
        let words = words::field(part, name);
        let kind = match name {
            "category" => named(Part::Category)?,
            "provider" => named(Part::Provider)?,
            "icon" => Kind::Sight(icons(language, typed.get("icon"))),
            "kind" => Kind::Choice(kinds(language)),
            "from" | "until" => Kind::Day,
            // The council's own municipalities are what others choose from.
            name if part != Part::Council && audience::FIELDS.contains(&name) => {
                let value = typed.get(name).map_or("", String::as_str);
                Kind::Several(choices.boxes(name, value))
            }
            "off" => Kind::Choice(shown_or_not(language)),
            "content" => Kind::Source(content::kinds(language), source_of(&mut typed)),
            "text" => Kind::Lines(8),
            _ => Kind::Line,
        };
        Ok(Field {
            name,
            label: words.name.tr(language),
            hint: words.hint.tr(language),
            value: typed.remove(name).unwrap_or_default(),
            kind,
        })
    });
    Ok(FormPage {
        frame: Frame::of(
            signed_in,
            "/console/tiles",
            if id.is_some() { known } else { new },
        ),
        part,
        fields: fields.collect::<Result<_, PageError>>()?,
        id,
        faults: Faults::default(),
        tried: None,
        may_remove: part != Part::Council && signed_in.person.role.may(Right::EditTiles),
    })
}

/// The icons to choose from, with the one that is chosen already.
fn icons(
    language: Language,
    chosen: Option<&String>,
) -> Vec<(&'static str, &'static str, &'static str)> {
    let chosen = Icon::NAMES
        .iter()
        .filter(|name| chosen.is_some_and(|it| it == *name))
        .filter(|name| ICONS.iter().all(|(known, _)| known != *name))
        .map(|name| (*name, *name));
    let known = ICONS
        .into_iter()
        .map(|(name, words)| (name, words.tr(language)));
    let shown = chosen.chain(known).filter_map(|(name, words)| {
        let picture = Icon(name.to_owned()).picture()?;
        Some((name, words, picture))
    });
    shown.collect()
}

/// What is typed of a content: as it was sent, or as it stands in the catalogue.
fn source_of(typed: &mut Typed) -> [String; 3] {
    if typed.contains_key(content::KIND) {
        let fields = [content::KIND, content::SOURCE, content::MORE];
        return fields.map(|name| typed.remove(name).unwrap_or_default());
    }
    content::apart(typed.get("content").map_or("", String::as_str))
}

fn shown_or_not(language: Language) -> Vec<(String, String)> {
    [
        ("", tr(language, "見せる")),
        ("true", tr(language, "しまっておく")),
    ]
    .map(|(word, name)| (word.to_owned(), name.to_owned()))
    .into()
}

fn kinds(language: Language) -> Vec<(String, String)> {
    [
        ("government", tr(language, "公共")),
        ("private", tr(language, "民間")),
    ]
    .map(|(word, name)| (word.to_owned(), name.to_owned()))
    .into()
}

/// What was sent, judged as a part of the draft.
pub struct Sent {
    pub id: Option<String>,
    pub part: Part,
    pub typed: Typed,
    pub draft: CatalogueDraft,
    /// The draft's text with it, or what is wrong.
    pub text: Result<String, Faults>,
}

/// Judges what was sent.
pub async fn sent(
    backend: &Room,
    signed_in: &SignedIn,
    mut sent: Typed,
) -> Result<Sent, PageError> {
    let id = sent.remove("was").filter(|id| !id.is_empty());
    let part = part_named(&sent.remove("part").unwrap_or_default());
    let mut typed: Typed = sent
        .into_iter()
        // What is judged here is what is kept, to the letter.
        .map(|(name, text)| (name, text.replace("\r\n", "\n").trim().to_owned()))
        .collect();
    content::put_together(&mut typed);
    audience::put_together(&mut typed);
    let (_, draft) = draft(backend, signed_in).await?;
    let listed = entries(&draft.text, part)?;
    let before = listed.iter().find(|it| it.get("id") == id.as_ref());
    let scope = Scope::of(signed_in)?;
    let before = before.filter(|_| id.is_some());
    if !scope.lets(part, before, &typed) {
        return Err(PageError::NotAllowed);
    }
    let text = judged(
        backend,
        signed_in.language,
        (part, id.as_deref()),
        &typed,
        &draft,
    )?;
    // However it was typed, what would be kept is looked at as it stands in the text.
    if let (Ok(text), false) = (&text, scope.is_all()) {
        let kept = entries(text, part)?;
        let kept = kept.iter().find(|it| it.get("id") == typed.get("id"));
        if kept.is_none_or(|kept| !scope.lets(part, before, kept)) {
            return Err(PageError::NotAllowed);
        }
    }
    Ok(Sent {
        id,
        part,
        typed,
        draft,
        text,
    })
}

fn judged(
    backend: &Room,
    language: Language,
    (part, id): (Part, Option<&str>),
    typed: &Typed,
    draft: &CatalogueDraft,
) -> Result<Result<String, Faults>, PageError> {
    let listed = entries(&draft.text, part)?;
    let known = id.and_then(|id| {
        listed
            .iter()
            .position(|it| it.get("id").map(String::as_str) == Some(id))
    });
    let place = known.unwrap_or(listed.len());
    let text = match put(&draft.text, part, id, typed) {
        Ok(text) => text,
        Err(NotEdited::Content) => {
            let words = tr(
                language,
                "くわしい設定は、1行にひとつ、area = \"270000\" のように書いてください",
            );
            return Ok(Err(Faults::at("content", words)));
        }
        Err(error) => return Err(error.into()),
    };
    let Err(found) = backend.desk.check(&text) else {
        return Ok(Ok(text));
    };
    let mut faults = Faults::default();
    for fault in &found {
        let words = match fault.kind {
            // In a form nobody adds a line.
            FaultKind::MissingKey { .. } => {
                tr(language, "まだ決まっていません。うめてください").to_owned()
            }
            _ => fault.in_words(language),
        };
        match field_of(&text, part, place, fault) {
            // The first says most.
            Some(field) if faults.of(field).is_some() => {}
            Some(field) => faults.add(field, words),
            None => faults.add_elsewhere(words),
        }
    }
    Ok(Err(faults))
}

/// Keeps it in the draft, or gives the form back with each fault beside its field.
pub async fn keep_entry(
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
    Form(mut form): Form<Typed>,
) -> Result<Response, PageError> {
    let scope = Scope::of(&signed_in)?;
    let is_own = form.remove("own").is_some();
    if is_own {
        if !scope.is_all() {
            return Err(PageError::NotAllowed);
        }
        text::prepare(&backend, &mut form).await?;
    }
    let sent = sent(&backend, &signed_in, form).await?;
    match sent.text {
        Ok(text) => {
            keep(&backend, &signed_in, sent.draft.base, text).await?;
            if let Some(id) = sent.typed.get("id").filter(|_| is_own) {
                let address = format!("/console/tiles/text?id={id}");
                return Ok(Redirect::to(&address).into_response());
            }
            Ok(Redirect::to(&address_of(sent.part)).into_response())
        }
        Err(faults) => {
            let mut page = form_page(
                &backend,
                &signed_in,
                sent.part,
                sent.id,
                sent.typed,
                &sent.draft.text,
            )
            .await?;
            page.tell(faults);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response())
        }
    }
}
