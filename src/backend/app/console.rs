//! The web pages of operators, helpers and evaluators: written by the server, readable without a script.

use std::time::Duration;

use askama::Template;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Path, Query, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{from_fn_with_state, map_response},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use jiff::Timestamp;
use serde::Deserialize;
use tower_http::{csrf::CsrfLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer};

use super::state::Backend;
use crate::{
    audit,
    catalogue::{pages as tiles, preview},
    emergencies::pages as emergencies,
    notices::queries::{Undelivered, Way},
    pages::{
        BODY_LIMIT, expired,
        page::{Frame, PageError, shown},
        rights::Right,
        session::SignedIn,
        tongue::{self, Tongue},
        upload,
    },
    people::pages::{me, people, sign_in},
    requests::pages as requests,
    tablets::{
        api::enrolment::tries,
        guessing::Tries,
        pages::{loans, stock, tablets},
    },
    usage::pages::{evaluation, records},
};

/// How long a page may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// Everything comes from here, and no script or style stands in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// All pages.
pub fn router(backend: &Backend) -> Router<Backend> {
    let always = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let pages = Router::new()
        .route("/", get(home))
        .route("/me", get(me::form).post(me::renew))
        .route("/me/mail", post(me::mail))
        .route("/evaluation", get(evaluation::figures))
        .route("/evaluation/figures.zip", get(evaluation::figures_zip))
        .route("/records", get(records::form).post(records::take_out))
        .route("/tiles", get(tiles::list))
        .route("/tiles/edit", get(tiles::edit).post(tiles::keep_entry))
        .route("/tiles/try", post(tiles::try_tile))
        .route(
            "/tiles/text",
            get(tiles::text::form)
                .post(tiles::text::write)
                .layer(DefaultBodyLimit::max(upload::READ_LIMIT)),
        )
        .route("/tiles/take-over", post(tiles::take_over))
        .route("/tiles/send-back", post(tiles::send_back))
        .route("/tiles/move", post(tiles::move_entry))
        .route("/tiles/switch", post(tiles::switch))
        .route("/tiles/remove", post(tiles::remove_entry))
        .route("/tiles/discard", post(tiles::discard))
        .route("/tiles/go-on", post(tiles::go_on))
        .route("/tiles/publish", post(tiles::publish))
        .route("/tiles/plan", post(tiles::plan))
        .route("/tiles/unplan", post(tiles::unplan))
        .route(
            "/tiles/import",
            post(tiles::import).layer(DefaultBodyLimit::max(upload::READ_LIMIT)),
        )
        .route("/tiles/revisions", get(tiles::revisions))
        .route("/tiles/revision", get(tiles::revision))
        .route("/tiles/bring-back", post(tiles::bring_back))
        .route("/tiles/preview", get(preview::page))
        .route("/tiles/preview.png", get(preview::picture))
        .route("/tiles/preview/words", get(preview::words))
        .route("/tiles/services.toml", get(tiles::file))
        .route("/tiles/services.zip", get(tiles::archive))
        .route("/emergencies", get(emergencies::list))
        .route(
            "/emergencies/write",
            get(emergencies::form).post(emergencies::write),
        )
        .route("/emergencies/preview.png", get(emergencies::picture))
        .route(
            "/emergencies/release",
            get(emergencies::ask).post(emergencies::release),
        )
        .route("/emergencies/end", post(emergencies::end))
        .route("/emergencies/let-go", post(emergencies::let_go))
        .route("/tablets", get(tablets::list))
        .route("/tablets/tell", post(tablets::tell))
        .route("/tablets/label", post(tablets::label))
        .route("/tablets.csv", get(tablets::csv))
        .route("/tablets/stock", get(stock::list).post(stock::register))
        .route("/tablets/stock/away", post(stock::put_away))
        .route("/tablets/stock.csv", get(stock::csv))
        .route("/loans/new", get(loans::form).post(loans::begin))
        .route("/loans/replace", post(loans::replace))
        .route("/loans/end", post(loans::end))
        .route("/requests", get(requests::list).post(requests::settle))
        .route("/people", get(people::list).post(people::add_one))
        .route("/people/bar", post(people::bar))
        .route("/people/role", post(people::place))
        .route("/people/mail", post(people::mail))
        .route("/people/password", post(people::renew))
        .route("/audit", get(audit::list))
        .route("/audit.csv", get(audit::csv))
        .layer(from_fn_with_state(backend.clone(), expired::give_back));
    Router::new()
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route(
            "/second-factor",
            get(sign_in::second_factor_form).post(sign_in::second_factor),
        )
        .route("/sign-out", post(sign_in::sign_out))
        .route("/language/{code}", get(choose_language))
        .route("/assets/{name}", get(asset))
        .merge(pages)
        .fallback(|| async { PageError::NotFound })
        .layer(map_response(in_our_words))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(CsrfLayer::new())
        .layer(always(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "same-origin"))
        .layer(always(header::CACHE_CONTROL, "no-store"))
        .layer(always(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
}

/// What the framework refuses by itself is told as the console tells everything: in a page, in both languages.
async fn in_our_words(answer: Response) -> Response {
    let is_page = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    match answer.status() {
        _ if is_page => answer,
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge.into_response(),
        StatusCode::METHOD_NOT_ALLOWED => PageError::NotFound.into_response(),
        StatusCode::BAD_REQUEST
        | StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::UNSUPPORTED_MEDIA_TYPE => PageError::Unreadable.into_response(),
        _ => answer,
    }
}

#[derive(Template)]
#[template(path = "app/home.html")]
struct Home {
    frame: Frame,
    /// Emergencies that this person could send, and drafts of providers that they could take over.
    to_release: usize,
    to_take_over: usize,
    /// Changes of this person of a provider came back.
    came_back: bool,
    /// What staff should have been told by e-mail or webhook, and were not.
    undelivered: Vec<Undelivered>,
    /// Somebody is trying codes.
    tries: Option<Tries>,
}

impl Home {
    /// What does not arrive, in a sentence, and how to mend it.
    fn in_words(&self, it: &Undelivered) -> String {
        let (ja, en) = match it.way {
            Way::Mail => ("メール", "e-mails"),
            Way::Webhook => ("Webhook", "webhooks"),
        };
        let (why, why_en) = match it.failed.as_str() {
            "refused" => ("相手がことわりました", "they were refused"),
            "forbidden" => (
                "内部のネットワークあてです。[staff] の allowed_hosts に書くと送れます",
                "they go into a private network: name the host under allowed_hosts in [staff]",
            ),
            "no mail server" => (
                "設定ファイルに [mail] がありません",
                "the settings file has no [mail]",
            ),
            "address" => ("あて先のかたちが正しくありません", "the address is none"),
            _ => (
                "相手につながりません。[mail] と [staff] の設定を確かめてください",
                "nobody answers there: check [mail] and [staff] in the settings file",
            ),
        };
        let count = it.count;
        match (self.frame.tongue, it.is_given_up) {
            (Tongue::Japanese, false) => {
                format!("職員への{ja}が {count}件 まだ届きません（{why}）。ためしつづけています。")
            }
            (Tongue::Japanese, true) => {
                format!("職員への{ja}が {count}件 届かず、送るのをやめました（{why}）。")
            }
            (Tongue::English, false) => {
                format!("{count} {en} to staff have not arrived ({why_en}); they are tried again.")
            }
            (Tongue::English, true) => {
                format!("{count} {en} to staff did not arrive ({why_en}); they are tried no more.")
            }
        }
    }
}

async fn home(State(backend): State<Backend>, signed_in: SignedIn) -> Result<Response, PageError> {
    let person = &signed_in.person;
    let (mut to_release, mut to_take_over) = (0, 0);
    if person.role.may(Right::ReleaseEmergency) {
        let editions = backend.store.waiting_editions().await?.into_iter();
        let waits = editions.filter(|it| it.written_by != person.id);
        to_release = waits.count();
    }
    if person.role.may(Right::EditTiles) {
        to_take_over = backend.store.drafts_of_providers().await?.len();
    }
    let mut undelivered = Vec::new();
    if person.role.may(Right::WriteEmergency) {
        undelivered = backend.store.undelivered(Timestamp::now()).await?;
    }
    let came_back = backend.store.sent_back(person.id).await?.is_some();
    let tries = tries(&backend, Timestamp::now());
    Ok(shown(&Home {
        frame: Frame::of(&signed_in, "", ("はじめに", "Home")),
        to_release,
        to_take_over,
        came_back: came_back && person.role.may(Right::EditOwnTiles),
        undelivered,
        tries: tries.filter(|_| person.role.may(Right::SeeTablets)),
    }))
}

#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    to: String,
}

/// Keeps the language of the pages in a cookie, and goes back.
async fn choose_language(
    jar: CookieJar,
    Path(code): Path<String>,
    Query(back): Query<Back>,
) -> Response {
    let code = if code == "en" { "en" } else { "ja" };
    let cookie = Cookie::build((tongue::COOKIE, code))
        .path("/console")
        .permanent()
        .same_site(SameSite::Lax);
    let path = sign_in::path_of_ours(&back.to);
    (jar.add(cookie), Redirect::to(path)).into_response()
}

/// Styles and scripts, each part of the program.
async fn asset(Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "tablets.js" => (
            "text/javascript",
            include_str!("../pages/assets/tablets.js"),
        ),
        "icon.svg" => ("image/svg+xml", include_str!("../pages/assets/icon.svg")),
        "console.css" => ("text/css", include_str!("../pages/assets/console.css")),
        "figures.css" => ("text/css", kairan_evaluation::report::page::FIGURES_STYLE),
        "figures.js" => ("text/javascript", kairan_evaluation::report::page::SCRIPT),
        "echarts.js" => ("text/javascript", kairan_evaluation::report::page::ECHARTS),
        _ => return PageError::NotFound.into_response(),
    };
    (
        [
            (header::CONTENT_TYPE, format!("{kind}; charset=utf-8")),
            (header::CACHE_CONTROL, "public, max-age=3600".to_owned()),
        ],
        text,
    )
        .into_response()
}
