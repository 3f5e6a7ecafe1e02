//! An X server: its screen saver and its power saving stand still while a client asks for it.

use x11rb::{
    connection::Connection as _,
    errors::ReplyError,
    protocol::{
        dpms::{ConnectionExt as _, DPMSMode},
        screensaver::ConnectionExt as _,
        xproto::{ConnectionExt as _, ScreenSaver},
    },
    rust_connection::RustConnection,
};

/// The X server on which the window stands.
#[derive(Default)]
pub(super) struct XServer(Option<RustConnection>);

/// Whether the window stands on an X server, as the window's own library decides it. One that serves a Wayland
/// compositor darkens nothing, and starts only for who asks.
pub(super) fn is_used() -> bool {
    let is_named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_named("WAYLAND_DISPLAY") && !is_named("WAYLAND_SOCKET") && is_named("DISPLAY")
}

impl XServer {
    /// It darkens nothing from now on, for as long as the connection lasts.
    pub(super) fn inhibit_blanking(&mut self) {
        if self.0.is_some() {
            return;
        }
        match suspended() {
            Ok(connection) => self.0 = Some(connection),
            Err(error) => tracing::info!(%error, "the X server may darken the panel"),
        }
    }

    /// What is dark is lit.
    pub(super) fn wake(&mut self) {
        let Some(connection) = &self.0 else { return };
        if let Err(error) = lit(connection) {
            tracing::info!(%error, "the X server did not light the panel");
            self.0 = None;
        }
    }
}

fn suspended() -> Result<RustConnection, Box<dyn std::error::Error>> {
    let (connection, _) = RustConnection::connect(None)?;
    connection.screensaver_query_version(1, 1)?.reply()?;
    connection.screensaver_suspend(1)?.check()?;
    Ok(connection)
}

fn lit(connection: &RustConnection) -> Result<(), ReplyError> {
    connection.force_screen_saver(ScreenSaver::RESET)?.check()?;
    if let Err(error) = power_on(connection) {
        // A server without power saving cannot have darkened anything by it.
        tracing::debug!(%error, "no power saving");
    }
    connection.flush()?;
    Ok(())
}

fn power_on(connection: &RustConnection) -> Result<(), ReplyError> {
    let info = connection.dpms_info()?.reply()?;
    if info.state && info.power_level != DPMSMode::ON {
        connection.dpms_force_level(DPMSMode::ON)?.check()?;
    }
    Ok(())
}
