//! A provider's goods, from a table: its price list, as a till or a spreadsheet writes it.
//!
//! A list in which one row is wrong is not taken at all: half a price list would sell things that there are not.

use std::collections::HashMap;

use kairan_contract::{Form, Good, GoodId, Yen};

use super::{
    columns::{KnownColumns, Named},
    encoding::text_of,
    rows::{Row, Rows},
    words::whole_number,
};
use crate::SourceError;

/// The bytes of the file.
pub const FILE_LIMIT: usize = 1024 * 1024;
/// Letters of a name: a key holds no more in the largest letters.
const NAME_LIMIT: usize = 30;
/// Letters of a unit or a heading.
const UNIT_LIMIT: usize = 20;
/// How many of a kind one resident can have at once, where the list does not say.
const USUAL_MOST: u16 = 20;

#[rustfmt::skip]
const KNOWN: KnownColumns = &[
    ("id", &["id", "code", "jan", "sku", "商品番号", "商品コード", "品番", "番号", "コード", "JANコード"]),
    ("name", &["name", "商品名", "品名", "品目", "名称", "商品"]),
    ("reading", &["reading", "よみ", "読み", "読みがな", "よみがな", "ふりがな", "フリガナ", "カナ", "商品名カナ", "商品名_カナ"]),
    ("unit", &["unit", "単位", "規格", "内容量", "容量", "大きさ"]),
    ("group", &["group", "category", "分類", "部門", "カテゴリ", "カテゴリー", "売り場", "売場"]),
    ("price", &["price", "価格", "税込価格", "税込み価格", "価格(税込)", "価格（税込）", "税込", "手数料", "料金"]),
    ("most", &["most", "limit", "上限", "おひとり様", "一度に"]),
    ("stock", &["stock", "在庫", "在庫数", "残り", "数量"]),
];

/// A good, and how many of it there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockedGood {
    /// The good.
    pub good: Good,
    /// How many there are; as many as are asked for where the list does not say.
    pub stock: Option<u32>,
}

/// A row that cannot be sold from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadGood {
    /// The line on which it begins, counted from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: GoodFault,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoodFault {
    /// It cannot be read as a row.
    Broken,
    /// It has no number of letters a-z, digits and hyphens.
    NoId,
    /// The number stands on this line, too.
    Doubled(u64),
    /// It has no name of at most 30 letters.
    NoName,
    /// The heading or the unit is longer than 20 letters.
    TooLong,
    /// It has no price in whole yen.
    NoPrice,
    /// How many one can have is no number from 1 to 99.
    NoMost,
    /// The stock is no number.
    NoStock,
    /// There are more goods than a form holds.
    TooMany,
}

/// Reads a list. The goods, or every row that is wrong.
///
/// # Errors
/// Says why it is no table of goods at all.
pub fn parse(bytes: &[u8]) -> Result<Result<Vec<StockedGood>, Vec<BadGood>>, SourceError> {
    let text = text_of(bytes)?;
    let table = Rows::read(&text, KNOWN, &Named::new(), "price")?;
    for needed in ["id", "name"] {
        if !table.columns.has(needed) {
            let why = format!("no column is known to hold the {needed} of the goods");
            return Err(SourceError::NotUnderstood(why));
        }
    }
    let broken = table.skipped.iter().filter_map(|skipped| skipped.line);
    let mut bad: Vec<BadGood> = broken
        .map(|line| BadGood {
            line,
            why: GoodFault::Broken,
        })
        .collect();
    let mut lines: HashMap<GoodId, u64> = HashMap::new();
    let mut goods = Vec::new();
    for row in &table.below {
        let line = row.line;
        if goods.len() == Form::GOOD_LIMIT {
            let why = GoodFault::TooMany;
            bad.push(BadGood { line, why });
            break;
        }
        let read =
            good(&table, row).and_then(|good| match lines.insert(good.good.id.clone(), line) {
                None => Ok(good),
                Some(first) => Err(GoodFault::Doubled(first)),
            });
        match read {
            Ok(good) => goods.push(good),
            Err(why) => bad.push(BadGood { line, why }),
        }
    }
    if goods.is_empty() && bad.is_empty() {
        let why = "the list has no goods".to_owned();
        return Err(SourceError::NotUnderstood(why));
    }
    bad.sort_by_key(|row| row.line);
    Ok(if bad.is_empty() { Ok(goods) } else { Err(bad) })
}

fn good(table: &Rows, row: &Row) -> Result<StockedGood, GoodFault> {
    let text = |word| {
        let text = table.columns.text(&row.cells, word);
        text.map(|it| it.replace('\n', " ").trim().to_owned())
    };
    let is_long = |text: &String, limit: usize| text.chars().count() > limit;
    let id = text("id").and_then(|id| GoodId::try_from(id).ok());
    let name = text("name").filter(|name| !is_long(name, NAME_LIMIT));
    let name = name.filter(|name| !name.chars().any(|it| it.is_control() || it == '\u{fffd}'));
    let (unit, group) = (text("unit"), text("group"));
    if [&unit, &group]
        .into_iter()
        .flatten()
        .any(|it| is_long(it, UNIT_LIMIT))
    {
        return Err(GoodFault::TooLong);
    }
    let price = text("price").and_then(|price| yen(&price));
    let most = match text("most") {
        None => USUAL_MOST,
        Some(most) => whole_number(&most)
            .and_then(|most| u16::try_from(most).ok())
            .filter(|most| (1..=Good::MOST).contains(most))
            .ok_or(GoodFault::NoMost)?,
    };
    let stock = match text("stock") {
        None => None,
        Some(stock) => Some(whole_number(&stock).ok_or(GoodFault::NoStock)?),
    };
    Ok(StockedGood {
        good: Good {
            id: id.ok_or(GoodFault::NoId)?,
            name: name.ok_or(GoodFault::NoName)?,
            reading: text("reading"),
            unit,
            group,
            price: price.ok_or(GoodFault::NoPrice)?,
            most,
            is_sold_out: false,
        },
        stock,
    })
}

/// A price as it is printed: 1,980, ¥198, 198円.
fn yen(text: &str) -> Option<Yen> {
    let digits: String = text
        .chars()
        .filter(|it| !matches!(it, ',' | '，' | '¥' | '￥' | '円' | ' ' | '　'))
        .collect();
    whole_number(&digits).and_then(|amount| Yen::try_from(amount).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "商品番号,商品名,よみ,規格,分類,税込価格,上限,在庫\n";

    fn faults(body: &str) -> Vec<(u64, GoodFault)> {
        let read = parse(format!("{HEAD}{body}").as_bytes()).expect("a table");
        let bad = read.expect_err("faults");
        bad.into_iter().map(|it| (it.line, it.why)).collect()
    }

    #[test]
    fn goods_are_read_in_the_order_of_the_list() {
        let body = "4901,牛乳,ぎゅうにゅう,1L,飲みもの,198,3,\n4902,米 5kg,,,主食,\"2,380円\",,0\n";
        let goods = parse(format!("{HEAD}{body}").as_bytes()).expect("a table");
        let goods = goods.expect("goods");
        let milk = &goods[0];
        assert_eq!(milk.good.price.amount(), 198);
        assert_eq!((milk.good.most, milk.stock), (3, None));
        assert_eq!(milk.good.unit.as_deref(), Some("1L"));
        let rice = &goods[1];
        assert_eq!(rice.good.price.amount(), 2_380);
        assert_eq!((rice.good.most, rice.stock), (USUAL_MOST, Some(0)));
    }

    #[test]
    fn a_list_with_a_wrong_row_is_not_taken_and_every_such_row_is_named() {
        let body = "4901,牛乳,,,,198,,\n,卵,,,,258,,\n4901,牛乳 大,,,,298,,\n4903,,,,,100,,\n\
                    4904,米,,,,ただ,,\n4905,水,,,,98,0,\n4906,茶,,,,98,,たくさん\n4907,油,,,,1000000000,,\n";
        assert_eq!(
            faults(body),
            [
                (3, GoodFault::NoId),
                (4, GoodFault::Doubled(2)),
                (5, GoodFault::NoName),
                (6, GoodFault::NoPrice),
                (7, GoodFault::NoMost),
                (8, GoodFault::NoStock),
                (9, GoodFault::NoPrice),
            ]
        );
    }

    #[test]
    fn a_table_of_something_else_is_no_list() {
        for text in ["", "a,b\n1,2\n", "name,price\n牛乳,198\n"] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_end_in_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_table_ends_in_a_panic(body in "[\"\\n,あｱﾞ0-9円¥-]{0,200}") {
            let _ = parse(format!("{HEAD}{body}").as_bytes());
        }
    }
}
