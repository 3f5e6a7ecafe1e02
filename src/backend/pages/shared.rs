//! What no room of the console has for itself: the language, styles and scripts, and what lies nowhere.

use axum::{
    Router,
    extract::{Path, Query},
    http::header,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use serde::Deserialize;

use super::{
    addresses::Pages, error::PageError, language, layers, may::Anybody, paths::path_of_ours,
};

/// What belongs to no room.
pub fn router() -> Router {
    let shared = Pages::new()
        .get("/console/language/{code}", choose_language)
        .get("/console/assets/{name}", asset)
        .any("/console/{*rest}", |_: Anybody| async {
            PageError::NotFound
        });
    layers::open(shared).route(
        "/console/",
        get(|| async { Redirect::permanent("/console") }),
    )
}

#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    to: String,
}

/// Keeps the language of the pages in a cookie, and goes back.
async fn choose_language(
    _: Anybody,
    jar: CookieJar,
    Path(code): Path<String>,
    Query(back): Query<Back>,
) -> Response {
    let chosen = kairan_text::spoken_language(code.parse().unwrap_or_default());
    let cookie = Cookie::build((language::COOKIE, chosen.to_string()))
        .path("/console")
        .permanent()
        .same_site(SameSite::Lax);
    let path = path_of_ours(&back.to);
    (jar.add(cookie), Redirect::to(path)).into_response()
}

/// Styles and scripts, each part of the program.
async fn asset(_: Anybody, Path(name): Path<String>) -> Response {
    let (kind, text) = match name.as_str() {
        "tablets.js" => ("text/javascript", include_str!("assets/tablets.js")),
        "icon.svg" => ("image/svg+xml", include_str!("assets/icon.svg")),
        "console.css" => ("text/css", include_str!("assets/console.css")),
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
