//! Places: shelters, clinics, care, AED, public halls, of every generation and of a city's own.

use std::collections::HashSet;

use kairan_contract::{Hazard, Place, Position};

use super::{
    columns::{Columns, KnownColumns, Named},
    encoding::text_of,
    rows::{Row, Rows},
    words::{degrees, people, telephone},
};
use crate::{
    draft::{DraftContent, Gleaned, Skipped},
    error::SourceError,
};

/// The places that a tablet holds of one source: those of a large city with the towns around it, because a resident
/// counts from their own part of the town and not from the point that the catalogue names.
const PLACE_LIMIT: usize = 5_000;
/// The bytes that they take; what a tablet takes of one blob is more.
const BYTES_LIMIT: usize = 6 * 1024 * 1024;

#[rustfmt::skip]
const KNOWN: KnownColumns = &[
    ("name", &[
        "名称", "施設名", "施設名称", "施設の名称", "施設・場所名", "正式名称", "名前", "介護サービス事業所名称", "事業所名", "事業所名称", "事業所の名称",
        "医療機関名", "医療機関名称", "避難所名", "避難場所名", "避難所名称", "避難場所名称", "避難施設名", "指定緊急避難場所名", "公園名", "店舗名", "団体名",
        "name", "facilityname", "title",
    ]),
    ("reading", &[
        "名称_カナ", "名称_かな", "名称カナ", "名称よみ", "正式名称(フリガナ)", "施設名_カナ", "施設名カナ", "施設名(カナ)", "カナ", "フリガナ", "ふりがな",
        "よみがな", "名称_フリガナ", "名称(フリガナ)", "介護サービス事業所名称_カナ", "事業所名_カナ", "事業所名カナ", "fullNameInKana", "nameKana", "kana",
    ]),
    ("id", &["共通ID", "ID", "事業所番号", "NO", "No.", "番号", "施設番号", "identification", "#property"]),
    ("offers", &[
        "実施サービス", "診療科目", "医療機関の種類", "サービス種類", "サービスの種類", "施設種別", "施設分類", "種別", "種類", "カテゴリ", "service",
        "category", "type",
    ]),
    ("address", &[
        "住所", "所在地", "所在地_連結表記", "住所表記", "施設所在地", "設置場所住所", "所在地住所", "事業所住所", "address", "fullAddress", "streetAddress",
    ]),
    ("prefecture", &["所在地_都道府県", "住所都道府県", "都道府県名"]),
    ("city", &["所在地_市区町村", "住所市区町村", "市区町村名"]),
    ("town", &["所在地_町字", "住所町名", "町字"]),
    ("block", &["所在地_番地以下", "住所丁目以下", "番地以下"]),
    ("building", &["方書", "建物名等(方書)", "建物名等", "katagaki"]),
    ("latitude", &["緯度", "北緯", "所在地座標(緯度)", "latitude", "lat", "緯度_10進", "施設緯度"]),
    ("longitude", &["経度", "東経", "所在地座標(経度)", "longitude", "lon", "lng", "long", "経度_10進", "施設経度"]),
    ("latitude_and_longitude", &["緯度経度", "緯度・経度", "座標", "latlng"]),
    ("telephone", &[
        "電話番号", "TEL", "電話", "連絡先電話番号", "代表電話番号", "問い合わせ先電話番号", "施設電話番号", "案内用電話番号", "telephoneNumber",
        "telephone", "phone",
    ]),
    ("extension", &["内線番号", "連絡先内線番号"]),
    ("spot", &["設置位置", "設置場所", "installationPosition"]),
    ("days", &["利用可能曜日", "診療曜日", "開館曜日", "開園曜日", "開館日", "営業日", "営業曜日", "availableDate"]),
    ("from", &["開始時間", "診療開始時間", "開館開始時間", "利用開始時間", "開館時間_開始", "開始時刻", "startTime"]),
    ("until", &["終了時間", "診療終了時間", "開館終了時間", "利用終了時間", "開館時間_終了", "終了時刻", "閉館時間", "閉園時間", "閉店時間", "endTime"]),
    ("opening", &["開館時間", "開園時間", "開店時間", "営業時間", "利用時間", "診療時間", "受付時間", "開設時間", "openingHours"]),
    ("opening_note", &[
        "利用可能日時特記事項", "利用可能時間特記事項", "利用可能曜日特記事項", "診療日時特記事項", "利用日時特記事項", "開館日時特記事項",
        "availableDateNote",
    ]),
    ("closed", &["休館日", "定休日", "休診日", "休業日", "閉館日", "休園日", "定期休館日", "休日"]),
    ("capacity", &["想定収容人数", "収容人数", "収容可能人数", "収容定員", "定員", "capacity"]),
    ("description", &["説明", "概要", "description"]),
    ("note", &["備考", "特記事項", "note", "remarks"]),
    ("洪水", &["災害種別_洪水", "洪水", "洪水災害"]),
    ("崖崩れ、土石流及び地滑り", &[
        "災害種別_崖崩れ、土石流及び地滑り", "災害種別_土砂災害", "崖崩れ、土石流及び地滑り", "崖崩れ・土石流及び地滑り", "がけ崩れ、土石流及び地滑り",
        "崖崩れ、土石流および地滑り", "土砂災害",
    ]),
    ("高潮", &["災害種別_高潮", "高潮", "高潮災害"]),
    ("地震", &["災害種別_地震", "地震", "地震災害"]),
    ("津波", &["災害種別_津波", "津波", "津波災害"]),
    ("大規模な火事", &["災害種別_大規模な火事", "大規模な火事", "大規模火災"]),
    ("内水氾濫", &["災害種別_内水氾濫", "内水氾濫", "内水"]),
    ("火山現象", &["災害種別_火山現象", "火山現象", "火山"]),
];

/// Columns with the name of a hazard alone may tell of a danger zone instead; from so many of them on
/// the table is one of shelters.
const HAZARDS_OF_A_SHELTER_LIST: usize = 3;

/// What a catalogue may name under `columns`.
#[rustfmt::skip]
pub const COLUMNS: &[&str] = &[
    "name", "reading", "id", "offers", "address", "prefecture", "city", "town", "block", "building", "latitude", "longitude",
    "latitude_and_longitude", "telephone", "extension", "spot", "days", "from", "until", "opening", "opening_note", "closed", "capacity",
    "description", "note",
];

/// Reads a table of places; the nearest to `near` come first, or, without it, those of the file.
pub fn parse(bytes: &[u8], named: &Named, near: Option<Position>) -> Result<Gleaned, SourceError> {
    let text = text_of(bytes)?;
    let table = Rows::read(&text, KNOWN, named, "name")?;
    let (mut places, mut skipped) = (Vec::new(), table.skipped);
    let hazards = Hazard::ALL
        .iter()
        .filter(|(word, _)| table.columns.has(word));
    let is_shelter_list = hazards.count() >= HAZARDS_OF_A_SHELTER_LIST;
    let mut seen = HashSet::new();
    let has_position = table.columns.has("latitude") || table.columns.has("latitude_and_longitude");
    if near.is_some() && !has_position {
        skipped.push(Skipped::told(
            "no column is known to hold the latitude, so nothing can be sorted by its distance"
                .to_owned(),
        ));
    }
    for row in &table.below {
        match place(&table.columns, row, near, is_shelter_list) {
            Ok(mut place) => {
                // Two rows may bear one number: each keeps its own page.
                if !seen.insert((place.id.clone(), place.name.clone())) {
                    place.id = format!("{}#{}", place.id, row.line);
                }
                places.push(place);
            }
            Err(why) => skipped.push(Skipped::row(row.line, why)),
        }
    }
    if near.is_some() {
        // Stable: what has no position keeps the order of the file, after what has one.
        places.sort_by_key(|place: &Place| place.metres.unwrap_or(u32::MAX));
    }
    skipped.extend(cut(&mut places));
    Ok(Gleaned {
        draft: DraftContent::Places(places),
        skipped,
    })
}

/// Leaves out the last of more places than a tablet holds, and says so.
pub fn cut(places: &mut Vec<Place>) -> Option<Skipped> {
    let (all, mut bytes) = (places.len(), 0);
    let fit = places.iter().take(PLACE_LIMIT).take_while(|place| {
        bytes += serde_json::to_vec(place).map_or(0, |json| json.len() + 1);
        bytes <= BYTES_LIMIT
    });
    let fit = fit.count();
    places.truncate(fit);
    (fit < all).then(|| {
        Skipped::told(format!(
            "{all} places are more than the {fit} that a tablet holds; the last are left out"
        ))
    })
}

fn place(
    columns: &Columns,
    row: &Row,
    near: Option<Position>,
    is_shelter_list: bool,
) -> Result<Place, String> {
    let text = |word| columns.text(&row.cells, word);
    let name = text("name").ok_or("it has no name")?.replace('\n', " ");
    if name.contains('\u{fffd}') {
        return Err("its name holds letters that cannot be read".to_owned());
    }
    let position = position(&text);
    let address = address(&text);
    if position.is_none() && address.is_none() {
        return Err("it has neither position nor address".to_owned());
    }
    let (safe_from, conditions) = hazards(columns, row, is_shelter_list);
    let number = text("telephone").and_then(|number| telephone(&number));
    let extension = text("extension");
    Ok(Place {
        id: text("id").unwrap_or_else(|| row.line.to_string()),
        name,
        reading: text("reading").map(|reading| reading.replace('\n', " ")),
        offers: text("offers")
            .filter(|offers| !offers.chars().all(|letter| letter.is_ascii_digit()))
            .map(|offers| offers.replace(';', "、")),
        address,
        metres: position
            .zip(near)
            .map(|(there, here)| here.metres_to(there)),
        position,
        telephone: number.map(|number| match extension {
            Some(extension) => format!("{number} 内線{extension}"),
            None => number,
        }),
        opening: opening(&text),
        safe_from,
        capacity: text("capacity").and_then(|capacity| people(&capacity)),
        note: joined(
            &[
                text("spot"),
                text("description"),
                text("note"),
                joined(&conditions, "\n"),
            ],
            "\n",
        ),
    })
}

/// From what the place is safe, and what the publisher says of a hazard besides yes: ○（2階以上） is
/// told with its condition and not as safe.
fn hazards(
    columns: &Columns,
    row: &Row,
    is_shelter_list: bool,
) -> (Vec<Hazard>, Vec<Option<String>>) {
    let (mut safe, mut conditions) = (Vec::new(), Vec::new());
    for (word, hazard) in Hazard::ALL {
        if !is_shelter_list && !columns.is_named_like(word, "災害種別") {
            continue;
        }
        let Some(cell) = columns.text(&row.cells, word) else {
            continue;
        };
        if is_yes(&cell) {
            safe.push(hazard);
        } else if cell.chars().count() > 1 && cell.starts_with(['○', '◯', '〇', '△']) {
            conditions.push(Some(format!("{word}: {cell}")));
        }
    }
    (safe, conditions)
}

/// The position, with latitude and longitude in the right order. One outside Japan is none: it is a
/// slip of the pen, and would send somebody into the sea.
pub fn position(text: &impl Fn(&'static str) -> Option<String>) -> Option<Position> {
    let apart = text("latitude").zip(text("longitude"));
    let (latitude, longitude) = apart.or_else(|| {
        let both = text("latitude_and_longitude")?;
        let (latitude, longitude) = both.split_once([',', '，', ' ', '　'])?;
        Some((latitude.to_owned(), longitude.to_owned()))
    })?;
    let (latitude, longitude) = (degrees(&latitude)?, degrees(&longitude)?);
    let in_japan = |latitude: f64, longitude: f64| {
        (20.0..=46.0).contains(&latitude) && (122.0..=154.0).contains(&longitude)
    };
    if in_japan(latitude, longitude) {
        Position::new(latitude, longitude).ok()
    } else if in_japan(longitude, latitude) {
        Position::new(longitude, latitude).ok()
    } else {
        None
    }
}

/// The address in one line, from one column or from its parts.
pub fn address(text: &impl Fn(&'static str) -> Option<String>) -> Option<String> {
    let whole = text("address").or_else(|| {
        let town_and_block = [text("town"), text("block")];
        let parts: Vec<String> = [text("prefecture"), text("city")]
            .into_iter()
            .chain(town_and_block.clone())
            .flatten()
            .collect();
        // A prefecture and a city alone are no address.
        let says_more = town_and_block.iter().any(Option::is_some)
            || text("city").is_some_and(|city| city.chars().any(char::is_numeric));
        (says_more && !parts.is_empty()).then(|| parts.concat())
    })?;
    joined(&[Some(whole.replace('\n', " ")), text("building")], " ")
}

/// 月火水木金 9:00〜17:00（祝日は休み）.
fn opening(text: &impl Fn(&'static str) -> Option<String>) -> Option<String> {
    let hours = match (text("from"), text("until")) {
        (Some(from), Some(until)) => Some(format!("{from}〜{until}")),
        (Some(from), None) => Some(format!("{from}〜")),
        // 開館時間 with 閉館時間 is the hour at which it opens.
        (None, Some(until)) => Some(match text("opening") {
            Some(from) => format!("{from}〜{until}"),
            None => format!("〜{until}"),
        }),
        (None, None) => text("opening"),
    };
    let closed = text("closed").map(|days| {
        let days = days.replace('\n', " ");
        if days.contains('休') {
            days
        } else {
            format!("休み: {days}")
        }
    });
    let note = joined(&[text("opening_note"), closed], " ");
    let when = joined(&[text("days"), hours], " ");
    match (when, note) {
        (Some(when), Some(note)) => Some(format!("{when}（{}）", note.replace('\n', " "))),
        (when, note) => when.or(note),
    }
}

/// `1` or a circle; a blank, a nought or a cross is no.
fn is_yes(cell: &str) -> bool {
    matches!(
        super::words::folded(cell).as_str(),
        "1" | "1.0"
            | "○"
            | "◯"
            | "〇"
            | "●"
            | "◎"
            | "⭕"
            | "レ"
            | "✓"
            | "✔"
            | "☑"
            | "可"
            | "適"
            | "適合"
            | "該当"
            | "指定"
            | "有"
            | "有り"
            | "あり"
            | "yes"
            | "y"
            | "true"
            | "はい"
            | "対象"
    )
}

/// The parts that say something, one after the other.
pub fn joined(parts: &[Option<String>], between: &str) -> Option<String> {
    let said: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    (!said.is_empty()).then(|| said.join(between))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, near: Option<Position>) -> (Vec<Place>, Vec<String>) {
        let gleaned = parse(text.as_bytes(), &Named::new(), near).expect("reads");
        let DraftContent::Places(places) = gleaned.draft else {
            panic!("no places")
        };
        let skipped = gleaned.skipped.iter().map(Skipped::to_string).collect();
        (places, skipped)
    }

    #[test]
    fn the_new_generation_with_its_hazards() {
        let (places, skipped) = read(
            "全国地方公共団体コード,ID,名称,名称_カナ,所在地_連結表記,所在地_都道府県,緯度,経度,電話番号,災害種別_洪水,災害種別_崖崩れ、土石流及び地滑り,災害種別_地震,想定収容人数\n\
             99201,1,ひだまり小学校,ヒダマリショウガッコウ,ひだまり県ひだまり市本町1-2,ひだまり県,35.1,135.2,０９９－２００－１０００,1,,1,810人（1人2㎡）\n",
            None,
        );
        assert_eq!(skipped, [""; 0]);
        let place = &places[0];
        assert_eq!(place.reading.as_deref(), Some("ヒダマリショウガッコウ"));
        assert_eq!(
            place.address.as_deref(),
            Some("ひだまり県ひだまり市本町1-2")
        );
        assert_eq!(place.telephone.as_deref(), Some("099-200-1000"));
        assert_eq!(place.safe_from, [Hazard::Flood, Hazard::Earthquake]);
        assert_eq!(place.capacity, Some(810));
    }

    #[test]
    fn the_old_generation_with_days_and_times() {
        let (places, _) = read(
            "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,住所,方書,緯度,経度,設置位置,利用可能曜日,開始時間,終了時間,利用可能日時特記事項\n\
             99201,7,ひだまり県,ひだまり市,市民会館,本町3,2階,35.1,135.2,玄関,月火水木金,8:30,17:15,祝日は休み\n",
            None,
        );
        assert_eq!(places[0].address.as_deref(), Some("本町3 2階"));
        assert_eq!(
            places[0].opening.as_deref(),
            Some("月火水木金 8:30〜17:15（祝日は休み）")
        );
        assert_eq!(places[0].note.as_deref(), Some("玄関"));
    }

    #[test]
    fn a_citys_own_columns_and_the_nearest_first() {
        let near = Position::new(35.0, 135.0).expect("a position");
        let (places, skipped) = read(
            "\"#property\",\"latitude\",\"longitude\",\"name\",\"address\"\n\
             \"1\",\"35.02\",\"135.0\",\"とおい\",\"\"\n\"2\",\"135.0\",\"35.001\",\"ちかい（逆の位置）\",\"\"\n\
             \"3\",\"0\",\"0\",\"海の中\",\"本町\"\n\"4\",\"\",\"\",\"どこでもない\",\"\"\n\"5\",\"35\",\"135\",\"\",\"名前がない\"\n",
            Some(near),
        );
        let names: Vec<(&str, Option<u32>)> = places
            .iter()
            .map(|place| (place.name.as_str(), place.metres))
            .collect();
        assert_eq!(
            names,
            [
                ("ちかい（逆の位置）", Some(111)),
                ("とおい", Some(2224)),
                ("海の中", None)
            ]
        );
        assert_eq!(
            skipped,
            [
                "5: it has neither position nor address",
                "6: it has no name"
            ]
        );
    }

    #[test]
    fn days_of_rest_are_no_opening_hours_and_beds_are_no_seats() {
        let (places, _) = read(
            "正式名称,住所,緯度（10進法）,経度（10進法）,電話番号（代表）,開館時間,閉館時間,休館日,病床数,想定収容人数\n\
             市立図書館,本町1,35.1,135.2,099-200-1000,9:00,17:00,月曜日,481,1人当たり2㎡で810人\n",
            None,
        );
        assert_eq!(
            places[0].opening.as_deref(),
            Some("9:00〜17:00（休み: 月曜日）")
        );
        assert_eq!(places[0].capacity, Some(810));
        assert!(places[0].position.is_some() && places[0].telephone.is_some());
    }

    #[test]
    fn two_rows_of_names_are_one_and_a_danger_zone_is_no_shelter() {
        let (places, _) = read(
            "施設・場所名,住所,対象とする異常な現象の種類,,,想定収容人数\n,,洪水,地震,津波,\n小学校,本町1,○,○（2階以上）,,100\n",
            None,
        );
        assert_eq!(places[0].safe_from, [Hazard::Flood]);
        assert_eq!(places[0].note.as_deref(), Some("地震: ○（2階以上）"));
        let (zone, _) = read(
            "施設名,所在地,土砂災害,想定浸水深\n保育園,本町1,有,3m\n",
            None,
        );
        assert_eq!(zone[0].safe_from, []);
    }

    #[test]
    fn two_rows_with_one_number_have_two_pages() {
        let (places, _) = read(
            "事業所番号,事業所名,住所,サービスの種類\n7,ひだまり荘,本町1,通所\n7,ひだまり荘,本町1,訪問\n",
            None,
        );
        assert_ne!(places[0].id, places[1].id);
        let (none, _) = read("名称,緯度経度\n公園,\"34.5,135.5\"\n", None);
        assert!(none[0].position.is_some());
    }

    #[test]
    fn no_more_is_taken_than_a_tablet_holds_and_the_rest_is_told() {
        use std::fmt::Write as _;
        let table = |rows: usize, note: &str| {
            let mut text = "名称,住所,備考\n".to_owned();
            for number in 0..rows {
                writeln!(text, "公園{number},本町{number},{note}").expect("writes");
            }
            read(&text, None)
        };
        let (all, told) = table(PLACE_LIMIT, "");
        assert_eq!((all.len(), told.len()), (PLACE_LIMIT, 0));
        let (most, told) = table(PLACE_LIMIT + 1, "");
        assert_eq!((most.len(), told.len()), (PLACE_LIMIT, 1));
        let (fewer, told) = table(3_000, &"遊具".repeat(1_000));
        assert!(fewer.len() < 1_100 && told.len() == 1, "{}", fewer.len());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_end_in_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600)) {
            let _ = parse(&bytes, &Named::new(), None);
        }

        #[test]
        fn no_table_ends_in_a_panic(body in "[\"\\n,あ0-9./-]{0,200}") {
            let _ = parse(format!("名称,緯度,経度,電話番号,想定収容人数,開始時間\n{body}").as_bytes(), &Named::new(), None);
        }
    }
}
