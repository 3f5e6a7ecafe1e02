//! From the text of a form's file to a [`FormDefinition`], or to every fault in it.

use std::path::Path;

use jiff::Timestamp;
use kairan_contract::{AnswerType, Form, PersonalField, Yen};
use toml::de::{DeTable, DeValue};

use super::{
    Confirms, FormDefinition, FormRules,
    goods::goods,
    questions::{KEYS, questions, short},
    windows::{self, AskUntil},
    zone,
};
use crate::{
    content::Surroundings,
    fault::{Fault, FaultKind, FormFault},
    table::{Faults, Table, one_of, tables},
};

/// The bytes of a form's file.
pub const FILE_LIMIT: usize = 256 * 1024;
/// Letters of a title, of the words on the key that sends, and of a sentence.
const TITLE_LIMIT: usize = 14;
const SEND_LIMIT: usize = 14;
const SENTENCE_LIMIT: usize = 120;

/// The keys of a form.
const FORM_KEYS: &[&str] = &[
    "id",
    "title",
    "purpose",
    "send",
    "next",
    "payment",
    "late_cancel",
    "delivery_fee",
    "number_is_written_on",
    "provisional",
    "opens",
    "closes",
    "needs",
    "goods",
    "answer_within_hours",
    "open_at_once",
    "keep_days",
    "confirms",
    "cancel_until",
    "question",
    "window",
];
/// The keys of a window.
const WINDOW_KEYS: &[&str] = &["days", "from", "until", "places", "ask_until"];

/// Reads a form's file; its goods lie beside the catalogue, too.
///
/// # Errors
/// Every fault, each with the file and line in which it stands.
pub fn read(
    file: &Path,
    text: &str,
    around: &dyn Surroundings,
) -> Result<FormDefinition, Vec<Fault>> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mut faults = Faults::in_file(file, text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        faults.add(FaultKind::Syntax(error.message().replace('\n', " ")), &span);
    }
    let name = "the form";
    let table = Table::new(name, FORM_KEYS, root.get_ref(), 0..0, &mut faults);
    let definition = definition(file, &table, around, &mut faults);
    let faults = faults.into_sorted();
    match definition {
        Some(definition) if faults.is_empty() => Ok(definition),
        _ => Err(faults),
    }
}

fn definition(
    file: &Path,
    table: &Table,
    around: &dyn Surroundings,
    faults: &mut Faults,
) -> Option<FormDefinition> {
    let id = table.need_text("id", faults).and_then(|text| {
        let id = text.value.parse().ok();
        if id.is_none() {
            faults.add(FaultKind::BadId(text.value.to_owned()), &text.span);
        }
        id
    });
    let title = table.need_short_text("title", TITLE_LIMIT, faults);
    let purpose = table.need_short_text("purpose", SENTENCE_LIMIT, faults);
    let send = table.need_short_text("send", SEND_LIMIT, faults);
    let next = table.need_short_text("next", SENTENCE_LIMIT, faults);
    let payment = short(table, "payment", SENTENCE_LIMIT, faults);
    let late_cancel = short(table, "late_cancel", SENTENCE_LIMIT, faults);
    let fee = table.number("delivery_fee", 0, 100_000, faults);
    let number_is_written_on = table.flag("number_is_written_on", faults);
    let is_provisional = table.flag("provisional", faults);
    let opens_at = moment(table, "opens", faults);
    let closes_at = moment(table, "closes", faults);
    if let (Some(opens), Some(closes)) = (opens_at, closes_at)
        && closes <= opens
    {
        let span = table.get("closes").map(toml::Spanned::<DeValue>::span);
        faults.add(FaultKind::PeriodEndsBeforeItBegins, &span.unwrap_or(0..0));
    }
    let needs = needs(table, faults);
    let rules = rules(table, faults);
    let goods = match table.text("goods", faults) {
        Some(text) => goods(&text, around, faults).map(Some),
        None => Some(None),
    };
    let windows: Vec<_> = tables(table, "window", WINDOW_KEYS, faults)
        .iter()
        .filter_map(|table| windows::rule(table, faults))
        .collect();
    let questions = {
        table.need("question", faults);
        questions(&tables(table, "question", KEYS, faults), faults)
    };
    check(
        table,
        &questions,
        matches!(goods, Some(None)),
        windows.is_empty(),
        faults,
    );
    let (file_of_goods, goods) = goods?.unzip();
    let files = [Some(file.to_owned()), file_of_goods];
    Some(FormDefinition {
        files: files.into_iter().flatten().collect(),
        form: Form {
            id: id?,
            title: title?,
            purpose: purpose?,
            questions,
            needs,
            send: send?,
            next: next?,
            payment,
            late_cancel,
            delivery_fee: fee.and_then(|fee| Yen::try_from(fee).ok()),
            number_is_written_on,
            is_provisional,
            opens_at,
            closes_at,
            goods: Vec::new(),
            windows: Vec::new(),
        },
        goods: goods.unwrap_or_default(),
        windows,
        rules: rules?,
    })
}

/// Questions that ask for what the form does not offer, and too many.
fn check(
    table: &Table,
    questions: &[kairan_contract::FormQuestion],
    has_no_goods: bool,
    has_no_windows: bool,
    faults: &mut Faults,
) {
    let Some(span) = table.get("question").map(toml::Spanned::<DeValue>::span) else {
        return;
    };
    let asks_for =
        |is: fn(&AnswerType) -> bool| questions.iter().filter(|it| is(&it.answer)).count();
    let for_goods = asks_for(|answer| matches!(answer, AnswerType::Goods { .. }));
    let for_windows = asks_for(|answer| matches!(answer, AnswerType::Window));
    if for_goods > 0 && has_no_goods {
        faults.add(FormFault::OffersNone("goods").into(), &span);
    }
    if for_windows > 0 && has_no_windows {
        faults.add(FormFault::OffersNone("window").into(), &span);
    }
    for (count, most, key) in [
        (for_goods, 1, "type = \"goods\""),
        (for_windows, 1, "type = \"window\""),
        (questions.len(), Form::QUESTION_LIMIT, "question"),
    ] {
        if count > most {
            let kind = FormFault::WrongCount {
                key: key.to_owned(),
                least: 1,
                most,
                count,
            };
            faults.add(kind.into(), &span);
        }
    }
}

fn needs(table: &Table, faults: &mut Faults) -> Vec<PersonalField> {
    let texts = table.texts("needs", faults);
    let fields = texts.iter();
    let fields = fields.filter_map(|text| one_of("needs", text, &PersonalField::ALL, faults));
    let mut fields: Vec<PersonalField> = fields.collect();
    fields.sort();
    fields.dedup();
    fields
}

fn rules(table: &Table, faults: &mut Faults) -> Option<FormRules> {
    const CONFIRMS: [(&str, Confirms); 2] =
        [("person", Confirms::Person), ("room", Confirms::Room)];
    let usual = FormRules::default();
    let mut number = |key, range: std::ops::RangeInclusive<u16>, usual: u16| {
        let (least, most) = (u32::from(*range.start()), u32::from(*range.end()));
        let number = table.number(key, least, most, faults);
        number
            .and_then(|it| u16::try_from(it).ok())
            .unwrap_or(usual)
    };
    let answer_within_hours = number(
        "answer_within_hours",
        FormRules::ANSWER_WITHIN_HOURS,
        usual.answer_within_hours,
    );
    let open_at_once = number("open_at_once", FormRules::OPEN_AT_ONCE, usual.open_at_once);
    let keep_days = number("keep_days", FormRules::KEEP_DAYS, usual.keep_days);
    let confirms = match table.text("confirms", faults) {
        Some(text) => one_of("confirms", &text, &CONFIRMS, faults)?,
        None => usual.confirms,
    };
    Some(FormRules {
        answer_within_hours,
        open_at_once,
        keep_days,
        confirms,
        cancel_until: AskUntil::read("cancel_until", table, faults),
    })
}

/// A moment in Japan, written as a TOML date and time without a zone, or as a day, which begins at midnight.
fn moment(table: &Table, key: &'static str, faults: &mut Faults) -> Option<Timestamp> {
    let value = table.get(key)?;
    let written = match value.get_ref() {
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => String::from("?"),
    };
    let day = || {
        Some(
            written
                .parse::<jiff::civil::Date>()
                .ok()?
                .to_datetime(jiff::civil::Time::midnight()),
        )
    };
    let local = match written.len() {
        10 => day(),
        _ => written.parse().ok(),
    };
    let moment = local.and_then(|local| zone().to_timestamp(local).ok());
    if moment.is_none() {
        faults.add(FormFault::BadMoment(written).into(), &value.span());
    }
    moment
}
