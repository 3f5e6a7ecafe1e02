//! The icons from which a clerk chooses, by sight: those of what a council and its neighbours offer. What the tablet's
//! own keys show is not among them.

/// Each with its name in Japanese, in the order in which they stand.
pub const ICONS: [(&str, &str); 68] = [
    ("megaphone", "メガホン"),
    ("newspaper", "新聞"),
    ("newspaper-clipping", "切り抜き"),
    ("info", "案内"),
    ("calendar-check", "予定"),
    ("calendar-dots", "カレンダー"),
    ("clipboard-text", "書類"),
    ("identification-card", "身分証"),
    ("bank", "役所"),
    ("buildings", "建物"),
    ("house", "家"),
    ("house-line", "まち"),
    ("map-pin", "場所"),
    ("users-three", "人の集まり"),
    ("hand-heart", "手助け"),
    ("handshake", "握手"),
    ("hands-clapping", "拍手"),
    ("lifebuoy", "救い"),
    ("phone", "電話"),
    ("chat-circle-text", "相談"),
    ("envelope-simple", "手紙"),
    ("question", "質問"),
    ("hospital", "病院"),
    ("heartbeat", "健康"),
    ("first-aid-kit", "救急箱"),
    ("pill", "薬"),
    ("tooth", "歯"),
    ("eyeglasses", "めがね"),
    ("thermometer-simple", "体温計"),
    ("wheelchair", "車いす"),
    ("bathtub", "お風呂"),
    ("person-simple-walk", "散歩"),
    ("person-simple-tai-chi", "体操"),
    ("bus", "バス"),
    ("train", "電車"),
    ("taxi", "タクシー"),
    ("storefront", "お店"),
    ("shopping-cart", "買い物かご"),
    ("shopping-bag", "買い物袋"),
    ("fork-knife", "食事"),
    ("coffee", "飲み物"),
    ("gift", "贈り物"),
    ("wrench", "修理"),
    ("recycle", "リサイクル"),
    ("trash", "ごみ"),
    ("lightbulb", "電気"),
    ("drop", "水"),
    ("book-open", "本"),
    ("music-notes", "音楽"),
    ("camera", "写真"),
    ("star", "星"),
    ("flower", "花"),
    ("tree", "木"),
    ("leaf", "葉"),
    ("cloud-sun", "天気"),
    ("sun", "太陽"),
    ("cloud-rain", "雨"),
    ("umbrella", "かさ"),
    ("wind", "風"),
    ("moon", "月"),
    ("clock", "時計"),
    ("smiley", "笑顔"),
    ("warning", "注意"),
    ("shield-check", "安心"),
    ("siren", "サイレン"),
    ("bell-ringing", "ベル"),
    ("translate", "ことば"),
    ("device-tablet", "タブレット"),
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
