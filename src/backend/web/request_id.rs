//! Each request bears an id: in whatever is logged while it is answered, and in its answer, so that who reports one that
//! went wrong can name it. Nothing personal goes with it: of the address only which of ours it is, no query and no token.

use std::time::Duration;

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::HeaderName,
    middleware::map_request,
    response::Response,
};
use tower_http::{
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    trace::TraceLayer,
};
use tracing::Span;

/// Where an answer says which request it answers.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives each request an id that goes through to its answer.
pub fn identified(app: Router) -> Router {
    let trace = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(tell)
        .on_body_chunk(())
        .on_eos(())
        // Whoever fails tells why.
        .on_failure(());
    // What is added last comes first.
    app.layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(trace)
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .layer(map_request(without_id))
}

/// The id is ours: what somebody else calls a request might be anything, and would stand in the log.
async fn without_id(mut request: Request) -> Request {
    request.headers_mut().remove(REQUEST_ID);
    request
}

fn span(request: &Request) -> Span {
    let id = request.extensions().get::<RequestId>();
    let id = id.and_then(|it| it.header_value().to_str().ok());
    // The pattern of the address and not the address: what stands in its place may say who is meant.
    let route = request.extensions().get::<MatchedPath>();
    tracing::info_span!(
        "request",
        id = id.unwrap_or_default(),
        method = %request.method(),
        route = route.map_or("", MatchedPath::as_str),
    )
}

/// Tablets ask every minute, so that a request is answered is told only to whoever looks for it.
fn tell(answer: &Response, took: Duration, _: &Span) {
    let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(
        status = answer.status().as_u16(),
        took_ms = took,
        "answered"
    );
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex, PoisonError},
    };

    use axum::{
        body::Body,
        http::{HeaderMap, StatusCode},
        routing::get,
    };
    use tower::ServiceExt as _;
    use tracing::instrument::WithSubscriber as _;

    use super::*;

    /// Gathers what is logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Log {
        fn text(&self) -> String {
            let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    async fn asked(address: &str, claimed: Option<&str>) -> (StatusCode, HeaderMap, String) {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let app = Router::new()
            .route(
                "/loans/{name}",
                get(|| async {
                    tracing::warn!("a resident waits");
                    "well"
                }),
            )
            .fallback(|| async { StatusCode::NOT_FOUND });
        let mut request = Request::builder().uri(address);
        if let Some(claimed) = claimed {
            request = request.header(REQUEST_ID, claimed);
        }
        let request = request
            .header("authorization", "Bearer very-secret")
            .header("cookie", "session=very-secret")
            .body(Body::empty())
            .expect("a request");
        let answer = identified(app).oneshot(request).with_subscriber(subscriber);
        let Ok(answer) = answer.await;
        (answer.status(), answer.headers().clone(), log.text())
    }

    #[tokio::test]
    async fn what_is_logged_of_a_request_bears_the_id_of_its_answer() {
        let (status, headers, log) = asked("/loans/very-secret?who=very-secret", None).await;
        assert_eq!(status, StatusCode::OK);
        let id = headers[REQUEST_ID].to_str().expect("letters");
        assert!(id.parse::<uuid::Uuid>().is_ok(), "{id}");
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 2, "{log}");
        for line in lines {
            assert!(line.contains(id), "{line}");
            assert!(line.contains("/loans/{name}"), "{line}");
        }
        assert!(!log.contains("very-secret"), "{log}");
    }

    #[tokio::test]
    async fn nobody_chooses_the_id_of_their_request() {
        let (status, headers, log) = asked("/nowhere/very-secret", Some("very-secret")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let id = headers[REQUEST_ID].to_str().expect("letters");
        assert!(id.parse::<uuid::Uuid>().is_ok(), "{id}");
        assert!(log.contains(id) && !log.contains("very-secret"), "{log}");
        let (_, others, _) = asked("/nowhere", None).await;
        assert_ne!(others[REQUEST_ID], headers[REQUEST_ID]);
    }
}
