//! Somebody at a desk with a real browser: Chromium without a window, driven through WebDriver.

mod browser;
mod chromium;
mod eyes;
mod hands;
mod inspection;

pub use browser::Clerk;
