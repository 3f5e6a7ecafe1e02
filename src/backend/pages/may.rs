//! Whom a page is for, as its handler's first argument says.

use std::{convert::Infallible, marker::PhantomData, ops::Deref};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use super::{error::PageError, rights::Allowed, session::SignedIn};
use crate::database::Database;

/// Somebody who is signed in and may do this.
#[derive(Debug)]
pub struct May<R> {
    signed_in: SignedIn,
    right: PhantomData<fn() -> R>,
}

impl<R> Deref for May<R> {
    type Target = SignedIn;

    fn deref(&self) -> &SignedIn {
        &self.signed_in
    }
}

impl<S, R> FromRequestParts<S> for May<R>
where
    S: Send + Sync,
    Database: FromRef<S>,
    R: Allowed,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let signed_in = SignedIn::from_request_parts(parts, state).await?;
        if !R::allows(signed_in.person.role) {
            return Err(PageError::NotAllowed);
        }
        Ok(Self {
            signed_in,
            right: PhantomData,
        })
    }
}

/// Whoever comes, signed in or not.
#[derive(Debug, Clone, Copy)]
pub struct Anybody;

impl<S: Sync> FromRequestParts<S> for Anybody {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}
