//! How far places are, and from where that is counted: from the resident's own part of the town once it is chosen,
//! until then from the point that the catalogue names. Pure.

use kairan_contract::{Language, Neighbourhood, Place, ServiceEntry};
use kairan_text::{tr, way_in_words};

/// From where ways are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'o> {
    /// The part of the town that the resident chose.
    Own(&'o Neighbourhood),
    /// The point of the catalogue, by the name that residents have for it, if it has one.
    Town(Option<&'o str>),
}

impl<'o> Origin<'o> {
    /// From where the ways to the places of a tile are counted.
    pub fn of(own: Option<&'o Neighbourhood>, entry: Option<&'o ServiceEntry>) -> Self {
        match own {
            Some(own) => Self::Own(own),
            None => Self::Town(entry.and_then(|entry| entry.near_name.as_deref())),
        }
    }

    /// The way to a place as the crow flies, where it can be told.
    pub fn metres_to(self, place: &Place) -> Option<u32> {
        match self {
            Self::Own(own) => Some(own.position.metres_to(place.position?)),
            Self::Town(_) => place.metres,
        }
    }

    /// The places, the nearest first; what has no way keeps its order behind them.
    pub fn nearest_first(self, places: &[Place]) -> Vec<&Place> {
        let mut sorted: Vec<(u32, &Place)> = places
            .iter()
            .map(|place| (self.metres_to(place).unwrap_or(u32::MAX), place))
            .collect();
        sorted.sort_by_key(|(metres, _)| *metres);
        sorted.into_iter().map(|(_, place)| place).collect()
    }

    /// What it is called.
    pub fn name(self, language: Language) -> &'o str {
        match self {
            Self::Own(own) => &own.name,
            Self::Town(Some(name)) => name,
            Self::Town(None) => tr(language, "まちの まん中"),
        }
    }

    /// The same as it is spoken.
    pub fn spoken(self, language: Language) -> &'o str {
        match self {
            Self::Own(own) => own.reading.as_deref().unwrap_or(&own.name),
            Self::Town(_) => self.name(language),
        }
    }

    /// 駅前から 歩いて6分くらい.
    pub fn way_from(self, place: &Place, language: Language) -> Option<String> {
        let way = way_in_words(language, self.metres_to(place)?);
        let name = self.name(language);
        Some(tr!(language, "{name}から {way}", name, way))
    }

    /// The way to a place on a list of them. From where it is, the list says once for who has chosen; who has not must
    /// not take it for their own.
    pub fn way_on_a_list(self, place: &Place, language: Language) -> Option<String> {
        match self {
            Self::Own(_) => Some(way_in_words(language, self.metres_to(place)?)),
            Self::Town(_) => self.way_from(place, language),
        }
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::Position;

    use super::*;

    fn place(name: &str, latitude: f64, metres: Option<u32>) -> Place {
        serde_json::from_value(serde_json::json!({
            "id": name, "name": name, "metres": metres,
            "position": { "latitude": latitude, "longitude": 132.0 },
        }))
        .expect("a place")
    }

    #[test]
    fn ways_are_counted_from_ones_own_part_of_the_town_or_it_is_said_from_where() {
        let places = [
            place("駅のそば", 34.900, Some(100)),
            place("山のそば", 34.950, Some(5_600)),
        ];
        let names = |origin: Origin| -> Vec<String> {
            let sorted = origin.nearest_first(&places).into_iter();
            sorted.map(|place| place.name.clone()).collect()
        };
        let japanese = Language::JAPANESE;
        for (town, words) in [
            (Origin::Town(Some("駅前")), "駅前から 歩いて2分くらい"),
            (Origin::Town(None), "まちの まん中から 歩いて2分くらい"),
        ] {
            assert_eq!(names(town), ["駅のそば", "山のそば"]);
            assert_eq!(town.way_from(&places[0], japanese).as_deref(), Some(words));
            assert_eq!(
                town.way_on_a_list(&places[0], japanese).as_deref(),
                Some(words)
            );
        }
        let own = Neighbourhood {
            name: "山手一丁目".to_owned(),
            reading: Some("やまていっちょうめ".to_owned()),
            position: Position::new(34.951, 132.0).expect("a position"),
        };
        let own = Origin::Own(&own);
        assert_eq!(names(own), ["山のそば", "駅のそば"]);
        assert_eq!(
            own.way_from(&places[1], japanese).as_deref(),
            Some("山手一丁目から 歩いて2分くらい")
        );
        assert_eq!(
            own.way_on_a_list(&places[1], japanese).as_deref(),
            Some("歩いて2分くらい")
        );
        // Where the catalogue measures from nowhere nothing is claimed, and who has chosen is told all the same.
        let nowhere = place("どこか", 34.95, None);
        assert_eq!(Origin::Town(None).way_from(&nowhere, japanese), None);
        assert!(own.way_from(&nowhere, japanese).is_some());
    }
}
