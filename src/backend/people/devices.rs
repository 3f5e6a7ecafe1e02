//! The browsers with which somebody has signed in.

use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    database::{Database, DatabaseError},
    web::asking::Network,
};

/// The cookie of a browser that somebody has signed in with. It opens nothing: who bears it is not kept waiting for the
/// mistakes of others.
const DEVICE: &str = "__Host-kairan-device";

/// What the cookie of this browser says.
pub fn device(jar: &CookieJar) -> Option<&str> {
    let value = jar.get(DEVICE)?.value();
    (value.len() <= 128).then_some(value)
}

/// Knows this browser and this network from now on: somebody has shown everything that they have to show.
pub async fn know(
    jar: CookieJar,
    store: &Database,
    person: Uuid,
    network: Network,
) -> Result<CookieJar, DatabaseError> {
    let now = Timestamp::now();
    let known = match device(&jar) {
        // One that we never gave, somebody else may have planted.
        Some(device) if store.is_device(device, now).await? => Some(device.to_owned()),
        _ => None,
    };
    // 244 random bits.
    let anew = || format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let device = known.unwrap_or_else(anew);
    let network = network.to_string();
    store.put_place(person, &device, &network, now).await?;
    let cookie = Cookie::build((DEVICE, device))
        .path("/")
        .secure(true)
        .http_only(true)
        .permanent()
        .same_site(SameSite::Strict);
    Ok(jar.add(cookie))
}
