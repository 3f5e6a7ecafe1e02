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
    keeper: Option<Keeper>,
}

/// Who has promised not to idle: the same service, started anew, has not.
struct Keeper {
    service: &'static str,
    /// The name that no other connection to the bus ever has.
    owner: String,
}

impl Desktop {
    /// Asks the session not to idle, unless somebody has promised it who is still there. It holds for as
    /// long as both connections last.
    pub(super) fn inhibit_blanking(&mut self) {
        self.look_who_is_there();
        if self.keeper.is_some() {
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
            self.keeper = by_screen_saver(session).or_else(|| by_portal(session));
        }
    }

    fn look_who_is_there(&mut self) {
        let Some(session) = &self.session else { return };
        let service = self.keeper.as_ref().map_or(SCREEN_SAVER, |it| it.service);
        match owner_of(session, service) {
            Ok(owner) => self.keeper = self.keeper.take().filter(|it| it.owner == owner),
            // The bus answers, and nobody bears the name.
            Err(zbus::Error::MethodError(..)) => self.keeper = None,
            // The bus itself does not answer: what was promised on it holds no more.
            Err(error) => {
                tracing::info!(%error, "the session is gone");
                (self.session, self.keeper) = (None, None);
            }
        }
    }

    /// Lights what the session's screen saver has darkened.
    pub(super) fn wake(&mut self) {
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
            tracing::debug!(%error, "this one wakes nothing");
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

/// Who bears a name on the bus now. Asking starts nobody.
fn owner_of(session: &Connection, name: &str) -> zbus::Result<String> {
    let bus = Some("org.freedesktop.DBus");
    let answer = session.call_method(bus, "/org/freedesktop/DBus", bus, "GetNameOwner", &name)?;
    answer.body().deserialize()
}

fn by_screen_saver(session: &Connection) -> Option<Keeper> {
    let body = ("kairan-tablet", WHY);
    let (path, service) = (SCREEN_SAVER_PATH, Some(SCREEN_SAVER));
    let asked = session.call_method(service, path, service, "Inhibit", &body);
    promised(SCREEN_SAVER, asked)
}

fn by_portal(session: &Connection) -> Option<Keeper> {
    let options = std::collections::HashMap::from([("reason", Value::from(WHY))]);
    let interface = Some("org.freedesktop.portal.Inhibit");
    let body = ("", IDLE, options);
    let asked = session.call_method(Some(PORTAL), PORTAL_PATH, interface, "Inhibit", &body);
    promised(PORTAL, asked)
}

/// Who answered has promised it.
fn promised(service: &'static str, asked: zbus::Result<zbus::Message>) -> Option<Keeper> {
    let answer = asked
        .inspect_err(|error| tracing::debug!(%error, "this one keeps nothing lit"))
        .ok()?;
    let owner = answer.header().sender()?.to_string();
    Some(Keeper { service, owner })
}
