//! An audio programme: the step that is shown.

use kairan_contract::{Language, Programme, Sha256};
use kairan_text::tr;
use kairan_ui::ProgrammeView;
use slint::Image;

use crate::session::Playing;

/// The step, with its picture if it is ready.
pub fn view(
    playing: &Playing,
    programme: &Programme,
    language: Language,
    picture: impl Fn(Sha256) -> Option<Image>,
) -> ProgrammeView {
    let steps = programme.steps.len();
    let number = playing.step + 1;
    let Some(step) = playing.shown(programme) else {
        return ProgrammeView::default();
    };
    let shown = step.picture.as_ref();
    let loaded = shown.and_then(|it| picture(it.sha256));
    let left = step.seconds.map(|seconds| {
        let ran = playing.ran_ms / 1000;
        let left = u64::from(seconds).saturating_sub(ran);
        tr!(language, "あと {left}秒", left)
    });
    let words = if playing.is_over {
        tr(language, "おわりです。おつかれさまでした。")
    } else {
        step.words.as_str()
    };
    let (width, height) = shown.map_or((0, 0), |it| (it.width, it.height));
    ProgrammeView {
        words: words.into(),
        progress: tr!(language, "{number}つめ ／ {steps}つ", number, steps).into(),
        picture_width: loaded
            .as_ref()
            .and_then(|_| i32::try_from(width).ok())
            .unwrap_or(0),
        picture_ratio: ratio(width, height),
        picture: loaded.unwrap_or_default(),
        remaining: left.filter(|_| !playing.is_over).unwrap_or_default().into(),
        running: playing.is_running,
        over: playing.is_over,
        first: playing.step == 0,
        last: number >= steps,
    }
}

/// The height of a picture, its width being 1.
#[expect(clippy::cast_precision_loss, reason = "a few thousand pixels")]
fn ratio(width: u32, height: u32) -> f32 {
    if width == 0 {
        1.0
    } else {
        height as f32 / width as f32
    }
}
