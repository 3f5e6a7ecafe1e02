//! Under which number people speak of a request.

use kairan_contract::RequestNumber;

/// Shares no factor with the count of numbers, so that no two of them meet; 0030 says the same for older requests.
const STEP: u64 = 7_368_787;
/// The first is no row of zeros.
const FIRST: u64 = 1_234_567;

/// The number of the request that came as the `order`th. Two that came one after the other have numbers that nobody takes
/// for one another, and the first ten million are all different.
pub fn number_of(order: u64) -> RequestNumber {
    let numbers = u64::from(RequestNumber::NUMBERS);
    let number = (order % numbers * STEP + FIRST) % numbers;
    RequestNumber::from_number(u32::try_from(number).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_requests_have_one_number_and_neighbours_are_not_alike() {
        let numbers: Vec<RequestNumber> = (0..20_000).map(number_of).collect();
        let different: BTreeSet<&RequestNumber> = numbers.iter().collect();
        assert_eq!(different.len(), numbers.len());
        let again = number_of(u64::from(RequestNumber::NUMBERS));
        assert_eq!(
            again, numbers[0],
            "all of them are used before one comes again"
        );
        for pair in numbers.windows(2) {
            let digits = [pair[0].digits(), pair[1].digits()];
            let same = digits[0].chars().zip(digits[1].chars());
            assert!(
                same.filter(|(one, other)| one == other).count() < 6,
                "{digits:?}"
            );
        }
    }
}
