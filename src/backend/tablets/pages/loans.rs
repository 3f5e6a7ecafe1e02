//! Loans: begun with a code for the tablet, gone on with on another tablet, and ended. Only a pseudonym and a cohort
//! stand here; who it is, the council's loan book says.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::{AgeBand, AreaCode, EnrolmentCode, Language, Participation};
use kairan_evaluation::{loans::Ending, row::day_of};
use kairan_text::{message, tr};
use qrcode::{QrCode, render::svg};
use serde::Deserialize;
use uuid::Uuid;

use super::stock;
use crate::{
    pages::{Faults, Frame, May, PageError, SignedIn, rights::HandleTablets, shown},
    tablets::{
        api::enrolment::any_code,
        queries::{Label, NewLoan},
        room::Room,
    },
};

/// Letters of a cohort's name.
const COHORT_LIMIT: usize = 40;

/// A loan as a helper writes it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Written {
    /// The pseudonym of the loan, made with the form: sent once more, it is the same loan.
    #[serde(default)]
    participation: String,
    #[serde(default)]
    cohort: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    age_band: String,
    #[serde(default)]
    label: String,
}

#[derive(Template)]
#[template(path = "tablets/pages/loan_new.html")]
struct NewLoanPage {
    frame: Frame,
    written: Written,
    cohorts: Vec<String>,
    /// The labels of the tablets that can be lent.
    free: Vec<String>,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "tablets/pages/code.html")]
struct CodePage {
    frame: Frame,
    /// The digits, in the two groups in which they are read out.
    digits: (String, String),
    picture: String,
    participation: Participation,
    until: String,
}

/// The form.
pub async fn form(
    signed_in: May<HandleTablets>,
    State(backend): State<Room>,
) -> Result<Response, PageError> {
    let written = Written {
        participation: Uuid::new_v4().to_string(),
        ..Written::default()
    };
    Ok(shown(&page(&backend, &signed_in, written).await?))
}

async fn page(
    backend: &Room,
    signed_in: &SignedIn,
    written: Written,
) -> Result<NewLoanPage, PageError> {
    Ok(NewLoanPage {
        frame: Frame::of(signed_in, "/console/tablets", message("貸し出しをはじめる")),
        written,
        cohorts: backend.store.cohorts().await?,
        free: stock::free(backend).await?,
        faults: Faults::default(),
    })
}

/// A loan that can be begun, as it was written.
struct Read {
    cohort: String,
    area: Option<AreaCode>,
    age_band: Option<AgeBand>,
    label: String,
}

/// Reads the form, or says what is wrong with it.
fn read(written: &Written, language: Language) -> Result<Read, Faults> {
    let mut faults = Faults::default();
    let cohort = written.cohort.trim().to_owned();
    let is_cohort = !cohort.is_empty()
        && cohort.chars().count() <= COHORT_LIMIT
        && !cohort.chars().any(char::is_control);
    if !is_cohort {
        faults.add(
            "cohort",
            tr(
                language,
                "時期を40文字までで入れてください。たとえば 2026-autumn",
            ),
        );
    }
    let area = match written.area.trim() {
        "" => Ok(None),
        area => AreaCode::try_from(area.to_owned()).map(Some),
    };
    if area.is_err() {
        faults.add(
            "area",
            tr(
                language,
                "市区町村コードは5けたの数字です。わからなければ空のままにしてください。",
            ),
        );
    }
    let age_band = AgeBand::ALL
        .iter()
        .find(|(word, _)| *word == written.age_band);
    if age_band.is_none() && !written.age_band.is_empty() {
        faults.add("age_band", tr(language, "一覧から選んでください。"));
    }
    let label = label_of(&written.label);
    if label.is_none() {
        faults.add(
            "label",
            tr(language, "ラベルは20文字までで入れてください。"),
        );
    }
    faults.unless(|| {
        Some(Read {
            cohort,
            area: area.ok()?,
            age_band: age_band.map(|(_, band)| *band),
            label: label?,
        })
    })
}

/// Begins a loan and shows the code for its tablet; or the form with what is wrong.
pub async fn begin(
    signed_in: May<HandleTablets>,
    State(backend): State<Room>,
    Form(written): Form<Written>,
) -> Result<Response, PageError> {
    let Read {
        cohort,
        area,
        age_band,
        label,
    } = match read(&written, signed_in.language) {
        Ok(read) => read,
        Err(faults) => {
            let mut page = page(&backend, &signed_in, written).await?;
            page.faults = faults;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
        }
    };
    let now = Timestamp::now();
    let participation = match written.participation.as_str() {
        "" => Participation(Uuid::new_v4()),
        known => known.parse().map_err(|_| PageError::Unreadable)?,
    };
    if let Some(known) = backend.store.loan(participation).await? {
        let tablets = backend.store.lent_tablets().await?;
        let has_tablet = tablets.iter().any(|it| it.participation == participation);
        let says_the_same =
            (&known.cohort, &known.area, known.age_band) == (&cohort, &area, age_band);
        if says_the_same && !has_tablet {
            // The page with the code was loaded again, or the form sent twice: another code for the same loan.
            return code_for(&backend, &signed_in, participation, &label).await;
        }
        return lain_open(&backend, &signed_in, written).await;
    }
    if let Some(words) = stock::why_not(&backend, &label).await? {
        let mut page = page(&backend, &signed_in, written).await?;
        page.faults.add("label", words.tr(signed_in.language));
        return Ok((StatusCode::CONFLICT, shown(&page)).into_response());
    }
    let loan = NewLoan {
        participation,
        cohort,
        area,
        age_band,
        began: day_of(now.as_millisecond()),
        label: Some(label).filter(|it| !it.is_empty()),
    };
    let (store, by) = (&backend.store, &signed_in.person.name);
    let code = loop {
        let code = any_code();
        if store.begin_loan(&loan, &code, by, now).await? {
            break code;
        }
    };
    Ok(shown(&code_page(
        &signed_in,
        &code,
        loan.participation,
        now,
    )))
}

/// The form again, as a new one: it lay open from the loan before, and the next resident is another.
async fn lain_open(
    backend: &Room,
    signed_in: &SignedIn,
    written: Written,
) -> Result<Response, PageError> {
    let written = Written {
        participation: Uuid::new_v4().to_string(),
        ..written
    };
    let mut page = page(backend, signed_in, written).await?;
    let fault = tr(
        signed_in.language,
        "この紙での貸し出しは、もうはじまっています。別の人に貸すなら、もう一度「番号をつくる」を押してください。",
    );
    page.faults.add("cohort", fault);
    Ok((StatusCode::CONFLICT, shown(&page)).into_response())
}

/// Which loan.
#[derive(Debug, Deserialize)]
pub struct OfLoan {
    #[serde(default)]
    participation: String,
    #[serde(default)]
    how: String,
    #[serde(default)]
    label: String,
}

impl OfLoan {
    fn participation(&self) -> Result<Participation, PageError> {
        self.participation
            .parse()
            .map_err(|_| PageError::Unreadable)
    }
}

/// Shows a code for another tablet of the same loan.
pub async fn replace(
    signed_in: May<HandleTablets>,
    State(backend): State<Room>,
    Form(of): Form<OfLoan>,
) -> Result<Response, PageError> {
    let label = label_of(&of.label).ok_or(PageError::Unreadable)?;
    code_for(&backend, &signed_in, of.participation()?, &label).await
}

/// What stands on a tablet's back, as it was typed: nothing, or a label. None if it is neither.
fn label_of(typed: &str) -> Option<String> {
    if typed.trim().is_empty() {
        return Some(String::new());
    }
    let label: Label = typed.parse().ok()?;
    Some(label.to_string())
}

async fn code_for(
    backend: &Room,
    signed_in: &SignedIn,
    participation: Participation,
    label: &str,
) -> Result<Response, PageError> {
    let goes_on = if let Some(loan) = backend.store.loan(participation).await? {
        loan.ended.is_none()
    } else {
        // A loan that stands in no table has a tablet; one that was erased has neither.
        let tablets = backend.store.lent_tablets().await?;
        tablets
            .iter()
            .any(|tablet| tablet.participation == participation)
    };
    if !goes_on {
        return Err(PageError::NotFound);
    }
    let now = Timestamp::now();
    let (store, by) = (&backend.store, &signed_in.person.name);
    let code = loop {
        let code = any_code();
        let label = Some(label).filter(|it| !it.is_empty());
        if store
            .replace_tablet(participation, label, &code, by, now)
            .await?
        {
            break code;
        }
    };
    Ok(shown(&code_page(signed_in, &code, participation, now)))
}

/// Ends a loan: its tablets forget it when they next ask.
pub async fn end(
    signed_in: May<HandleTablets>,
    State(backend): State<Room>,
    Form(of): Form<OfLoan>,
) -> Result<Response, PageError> {
    let how = Ending::ALL.iter().find(|(word, _)| *word == of.how);
    let (_, how) = how.ok_or(PageError::Unreadable)?;
    let now = Timestamp::now();
    let ended = (day_of(now.as_millisecond()), *how);
    let by = &signed_in.person.name;
    if !backend
        .store
        .end_loan(of.participation()?, ended, by, now)
        .await?
    {
        return Err(PageError::NotFound);
    }
    crate::tablets::pages::tablets::tell_the_tablets(&backend).await?;
    Ok(Redirect::to("/console/tablets").into_response())
}

fn code_page(
    signed_in: &SignedIn,
    code: &EnrolmentCode,
    participation: Participation,
    now: Timestamp,
) -> CodePage {
    let (left, right) = code.groups();
    let drawn = QrCode::new(code.as_str()).map(|code| {
        let mut drawn = code.render::<svg::Color<'_>>();
        drawn.min_dimensions(220, 220).quiet_zone(true).build()
    });
    let drawn = drawn.unwrap_or_default();
    let until = now + crate::tablets::queries::CODE_LIFE;
    let until = jiff::tz::Offset::constant(9).to_datetime(until);
    CodePage {
        frame: Frame::of(
            signed_in,
            "/console/tablets",
            message("タブレットに入れる番号"),
        ),
        digits: (left.to_owned(), right.to_owned()),
        picture: drawn
            .find("<svg")
            .map_or_else(String::new, |at| drawn[at..].to_owned()),
        participation,
        until: until.strftime("%H:%M").to_string(),
    }
}
