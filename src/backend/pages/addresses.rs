//! The addresses of a room's pages: each says first whom it is for.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    routing::{any, get, post},
};

use super::{
    may::{Anybody, May},
    rights::Allowed,
    upload::READ_LIMIT,
};

/// The pages of a room. A page whose handler does not begin with who may see it, which is [`May`] with a right, or with
/// [`AnyRole`](super::rights::AnyRole) for one's own, or [`Anybody`], does not compile:
///
/// ```compile_fail
/// use kairan_backend::{database::Database, pages::Pages};
///
/// async fn secrets() -> &'static str {
///     "what not everybody may see"
/// }
///
/// let pages = Pages::<Database>::new().get("/console/secrets", secrets);
/// ```
///
/// The same page with a right does:
///
/// ```
/// use kairan_backend::{
///     database::Database,
///     pages::{May, Pages, rights::SeeAudit},
/// };
///
/// async fn secrets(_: May<SeeAudit>) -> &'static str {
///     "what not everybody may see"
/// }
///
/// let pages = Pages::<Database>::new().get("/console/secrets", secrets);
/// ```
///
/// Nor does one that says only that somebody is signed in, which is a name that there is:
///
/// ```
/// use kairan_backend::pages::SignedIn;
/// ```
///
/// ```compile_fail
/// use kairan_backend::{
///     database::Database,
///     pages::{Pages, SignedIn},
/// };
///
/// async fn secrets(_: SignedIn) -> &'static str {
///     "what not everybody may see"
/// }
///
/// let pages = Pages::<Database>::new().get("/console/secrets", secrets);
/// ```
///
/// Nor does one that asks for something else first:
///
/// ```compile_fail
/// use axum::extract::State;
/// use kairan_backend::{
///     database::Database,
///     pages::{May, Pages, rights::SeeAudit},
/// };
///
/// async fn secrets(_: State<Database>, _: May<SeeAudit>) -> &'static str {
///     "what not everybody may see"
/// }
///
/// let pages = Pages::<Database>::new().get("/console/secrets", secrets);
/// ```
#[derive(Debug)]
pub struct Pages<S>(Router<S>);

impl<S> Default for Pages<S>
where
    S: Clone + Send + Sync + 'static,
{
    fn default() -> Self {
        Self(Router::new())
    }
}

impl<S> Pages<S>
where
    S: Clone + Send + Sync + 'static,
{
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page that is looked at.
    #[must_use]
    pub fn get<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: SaysWhoFirst + 'static,
    {
        Self(self.0.route(path, get(handler)))
    }

    /// A form that is sent.
    #[must_use]
    pub fn post<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: SaysWhoFirst + 'static,
    {
        Self(self.0.route(path, post(handler)))
    }

    /// A form that is sent with a file.
    #[must_use]
    pub fn post_file<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: SaysWhoFirst + 'static,
    {
        let form = post(handler).layer(DefaultBodyLimit::max(READ_LIMIT));
        Self(self.0.route(path, form))
    }

    /// What answers however it is asked.
    #[must_use]
    pub fn any<H, T>(self, path: &str, handler: H) -> Self
    where
        H: Handler<T, S>,
        T: SaysWhoFirst + 'static,
    {
        Self(self.0.route(path, any(handler)))
    }

    /// As the framework takes them.
    pub(super) fn into_router(self) -> Router<S> {
        self.0
    }
}

mod sealed {
    /// What can say whom a page is for.
    pub trait Who {}
    /// The arguments of a handler.
    pub trait Arguments {}
}

impl<R: Allowed> sealed::Who for May<R> {}
impl sealed::Who for Anybody {}

/// The arguments of a handler that say first whom its page is for.
#[diagnostic::on_unimplemented(
    message = "this page does not say first who may see it",
    label = "its first argument is to be `May<…>` or `Anybody`"
)]
pub trait SaysWhoFirst: sealed::Arguments {}

impl<T: sealed::Arguments> SaysWhoFirst for T {}

macro_rules! arguments {
    ($($rest:ident),*) => {
        // The framework puts a mark before the arguments.
        impl<M, W: sealed::Who, $($rest),*> sealed::Arguments for (M, W, $($rest),*) {}
    };
}

arguments!();
arguments!(A);
arguments!(A, B);
arguments!(A, B, C);
arguments!(A, B, C, D);
arguments!(A, B, C, D, E);
arguments!(A, B, C, D, E, F);
