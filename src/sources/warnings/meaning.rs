//! What the numbers of the JMA mean: the name of a warning, how grave it is, and what to do.

use kairan_contract::WarningLevel;

pub(super) fn meaning(code: &str, status: &str) -> (String, WarningLevel) {
    use WarningLevel::{Advisory, ElderlyLeave, EverybodyLeaves, LivesInDanger};
    let (name, level) = match code {
        "10" => ("大雨注意報", Advisory),
        "03" => ("大雨警報", ElderlyLeave),
        "43" => ("大雨危険警報", EverybodyLeaves),
        "33" => ("大雨特別警報", LivesInDanger),
        "29" => ("土砂災害注意報", Advisory),
        "09" => ("土砂災害警報", ElderlyLeave),
        "49" => ("土砂災害危険警報", EverybodyLeaves),
        "39" => ("土砂災害特別警報", LivesInDanger),
        "19" => ("高潮注意報", Advisory),
        "08" => ("高潮警報", ElderlyLeave),
        "48" => ("高潮危険警報", EverybodyLeaves),
        "38" => ("高潮特別警報", LivesInDanger),
        "02" => ("暴風雪警報", ElderlyLeave),
        "04" => ("洪水警報", ElderlyLeave),
        "05" => ("暴風警報", ElderlyLeave),
        "06" => ("大雪警報", ElderlyLeave),
        "07" => ("波浪警報", ElderlyLeave),
        "32" => ("暴風雪特別警報", LivesInDanger),
        "35" => ("暴風特別警報", LivesInDanger),
        "36" => ("大雪特別警報", LivesInDanger),
        "37" => ("波浪特別警報", LivesInDanger),
        "12" => ("大雪注意報", Advisory),
        "13" => ("風雪注意報", Advisory),
        "14" => ("雷注意報", Advisory),
        "15" => ("強風注意報", Advisory),
        "16" => ("波浪注意報", Advisory),
        "17" => ("融雪注意報", Advisory),
        "18" => ("洪水注意報", Advisory),
        "20" => ("濃霧注意報", Advisory),
        "21" => ("乾燥注意報", Advisory),
        "22" => ("なだれ注意報", Advisory),
        "23" => ("低温注意報", Advisory),
        "24" => ("霜注意報", Advisory),
        "25" => ("着氷注意報", Advisory),
        "26" => ("着雪注意報", Advisory),
        "27" => ("その他の注意報", Advisory),
        // A code of tomorrow counts as a warning: better one too many than one that nobody sees.
        "" => return (format!("警報（{status}）"), ElderlyLeave),
        other => return (format!("警報（番号 {other}）"), ElderlyLeave),
    };
    (name.to_owned(), level)
}

pub(super) fn what_to_do(level: WarningLevel) -> &'static str {
    match level {
        WarningLevel::Advisory => "これからの情報に 気をつけてください。",
        WarningLevel::ElderlyLeave => {
            "高齢者等は避難。時間のかかる人は、今のうちに 安全な場所へ 移ってください。"
        }
        WarningLevel::EverybodyLeaves => {
            "危険な場所から全員避難。すぐに 安全な場所へ 移ってください。"
        }
        WarningLevel::LivesInDanger => {
            "命の危険、直ちに安全確保。外へ出るのが あぶないときは、少しでも高い部屋へ 移ってください。"
        }
    }
}
