//! The icons from which a clerk chooses, by sight: those of what a council and its neighbours offer. What the tablet's
//! own keys show is not among them.

use kairan_text::{Message, message_in};

/// Each with its name in Japanese, in the order in which they stand.
pub const ICONS: [(&str, Message); 68] = [
    ("megaphone", message_in("an icon", "メガホン")),
    ("newspaper", message_in("an icon", "新聞")),
    ("newspaper-clipping", message_in("an icon", "切り抜き")),
    ("info", message_in("an icon", "案内")),
    ("calendar-check", message_in("an icon", "予定")),
    ("calendar-dots", message_in("an icon", "カレンダー")),
    ("clipboard-text", message_in("an icon", "書類")),
    ("identification-card", message_in("an icon", "身分証")),
    ("bank", message_in("an icon", "役所")),
    ("buildings", message_in("an icon", "建物")),
    ("house", message_in("an icon", "家")),
    ("house-line", message_in("an icon", "まち")),
    ("map-pin", message_in("an icon", "場所")),
    ("users-three", message_in("an icon", "人の集まり")),
    ("hand-heart", message_in("an icon", "手助け")),
    ("handshake", message_in("an icon", "握手")),
    ("hands-clapping", message_in("an icon", "拍手")),
    ("lifebuoy", message_in("an icon", "救い")),
    ("phone", message_in("an icon", "電話")),
    ("chat-circle-text", message_in("an icon", "相談")),
    ("envelope-simple", message_in("an icon", "手紙")),
    ("question", message_in("an icon", "質問")),
    ("hospital", message_in("an icon", "病院")),
    ("heartbeat", message_in("an icon", "健康")),
    ("first-aid-kit", message_in("an icon", "救急箱")),
    ("pill", message_in("an icon", "薬")),
    ("tooth", message_in("an icon", "歯")),
    ("eyeglasses", message_in("an icon", "めがね")),
    ("thermometer-simple", message_in("an icon", "体温計")),
    ("wheelchair", message_in("an icon", "車いす")),
    ("bathtub", message_in("an icon", "お風呂")),
    ("person-simple-walk", message_in("an icon", "散歩")),
    ("person-simple-tai-chi", message_in("an icon", "体操")),
    ("bus", message_in("an icon", "バス")),
    ("train", message_in("an icon", "電車")),
    ("taxi", message_in("an icon", "タクシー")),
    ("storefront", message_in("an icon", "お店")),
    ("shopping-cart", message_in("an icon", "買い物かご")),
    ("shopping-bag", message_in("an icon", "買い物袋")),
    ("fork-knife", message_in("an icon", "食事")),
    ("coffee", message_in("an icon", "飲み物")),
    ("gift", message_in("an icon", "贈り物")),
    ("wrench", message_in("an icon", "修理")),
    ("recycle", message_in("an icon", "リサイクル")),
    ("trash", message_in("an icon", "ごみ")),
    ("lightbulb", message_in("an icon", "電気")),
    ("drop", message_in("an icon", "水")),
    ("book-open", message_in("an icon", "本")),
    ("music-notes", message_in("an icon", "音楽")),
    ("camera", message_in("an icon", "写真")),
    ("star", message_in("an icon", "星")),
    ("flower", message_in("an icon", "花")),
    ("tree", message_in("an icon", "木")),
    ("leaf", message_in("an icon", "葉")),
    ("cloud-sun", message_in("an icon", "天気")),
    ("sun", message_in("an icon", "太陽")),
    ("cloud-rain", message_in("an icon", "雨")),
    ("umbrella", message_in("an icon", "かさ")),
    ("wind", message_in("an icon", "風")),
    ("moon", message_in("an icon", "月")),
    ("clock", message_in("an icon", "時計")),
    ("smiley", message_in("an icon", "笑顔")),
    ("warning", message_in("an icon", "注意")),
    ("shield-check", message_in("an icon", "安心")),
    ("siren", message_in("an icon", "サイレン")),
    ("bell-ringing", message_in("an icon", "ベル")),
    ("translate", message_in("an icon", "ことば")),
    ("device-tablet", message_in("an icon", "タブレット")),
];

#[cfg(test)]
mod tests {
    use kairan_contract::Icon;

    use super::*;

    #[test]
    fn every_icon_is_on_the_tablets_and_stands_here_once() {
        let mut names: Vec<_> = ICONS.iter().map(|it| it.0).collect();
        for name in &names {
            assert!(Icon((*name).to_owned()).known(), "{name}");
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ICONS.len());
    }
}
