//! A desktop's session, by D-Bus: its screen saver, or its portal, keeps the panel lit for who asks.

use std::time::Duration;

use zbus::{
    blocking::{Connection, connection::Builder},
    zvariant::Value,
};

/// No session takes longer for an answer; one that does is asked again when something takes over.
const PATIENCE: Duration = Duration::from_secs(5);
/// Of what the portal is asked for: no idling.
const IDLE: u32 = 8;

/// The session in which the tablet runs, if it is one.
#[derive(Default)]
pub(super) struct Desktop {
    session: Option<Connection>,
    keeps_lit: bool,
}

impl Desktop {
    /// Asks the session not to idle. It holds for as long as the connection lasts.
    pub(super) fn keep_lit(&mut self) {
        if self.keeps_lit {
            return;
        }
        if self.session.is_none() && is_there() {
            self.session = Builder::session()
                .map(|builder| builder.method_timeout(PATIENCE))
                .and_then(Builder::build)
                .inspect_err(|error| tracing::info!(%error, "no session can be asked to stay lit"))
                .ok();
        }
        if let Some(session) = &self.session {
            self.keeps_lit = by_screen_saver(session) || by_portal(session);
        }
    }

    /// Lights what the session's screen saver has darkened.
    pub(super) fn light(&mut self) {
        let Some(session) = &self.session else { return };
        let (path, service) = (SCREEN_SAVER_PATH, Some(SCREEN_SAVER));
        let somebody_is_there =
            session.call_method(service, path, service, "SimulateUserActivity", &());
        let (path, service) = (GNOME_PATH, Some(GNOME));
        let saves_no_more = session.call_method(service, path, service, "SetActive", &false);
        for error in [somebody_is_there, saves_no_more]
            .into_iter()
            .filter_map(Result::err)
        {
            tracing::debug!(%error, "this one lights nothing");
        }
    }
}

const SCREEN_SAVER: &str = "org.freedesktop.ScreenSaver";
const SCREEN_SAVER_PATH: &str = "/org/freedesktop/ScreenSaver";
const GNOME: &str = "org.gnome.ScreenSaver";
const GNOME_PATH: &str = "/org/gnome/ScreenSaver";
const PORTAL: &str = "org.freedesktop.portal.Desktop";
const PORTAL_PATH: &str = "/org/freedesktop/portal/desktop";
const WHY: &str = "Warnings and reminders are shown at any hour";

/// Nobody starts a bus for this: a tablet without a desktop has none.
fn is_there() -> bool {
    std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some_and(|address| !address.is_empty())
}

fn by_screen_saver(session: &Connection) -> bool {
    let body = ("kairan-tablet", WHY);
    let path = SCREEN_SAVER_PATH;
    told(session.call_method(
        Some(SCREEN_SAVER),
        path,
        Some(SCREEN_SAVER),
        "Inhibit",
        &body,
    ))
}

fn by_portal(session: &Connection) -> bool {
    let options = std::collections::HashMap::from([("reason", Value::from(WHY))]);
    let interface = Some("org.freedesktop.portal.Inhibit");
    let body = ("", IDLE, options);
    told(session.call_method(Some(PORTAL), PORTAL_PATH, interface, "Inhibit", &body))
}

fn told(asked: zbus::Result<zbus::Message>) -> bool {
    asked
        .inspect_err(|error| tracing::debug!(%error, "this one keeps nothing lit"))
        .is_ok()
}
