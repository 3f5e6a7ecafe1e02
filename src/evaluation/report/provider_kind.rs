//! What the kinds of who offers a service are called in a report.

use kairan_text::message_in;

use super::Figure;

pub(super) fn provider_kind(kind: &str) -> Figure {
    match kind {
        "government" => Figure::Term("government", message_in("report, a row", "公共")),
        "private" => Figure::Term("private", message_in("report, a row", "民間")),
        _ => Figure::Term("unknown", message_in("report, a row", "不明")),
    }
}
