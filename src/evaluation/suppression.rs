//! Withholding what is about few loans. Pure.
//!
//! A row is a list of counts of loans whose sum is known as well: each loan stands in exactly one of its
//! cells. What an attacker can work out of such a row is the sum of its withheld cells, and nothing
//! else: every other equation follows from it. So a row is safe when its withheld cells are none, or
//! are at least two whose sum is the threshold or more: then each may be nothing, and each may be as
//! large as the threshold.

/// Which cells of a row are withheld; none can be found from the others and the sum. Where even all
/// cells together would tell too much, the sum is withheld, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Cell by cell.
    pub cells: Vec<bool>,
    /// The sum.
    pub total: bool,
}

/// Withholds the cells about 1 to `threshold` − 1 loans, and as few others as keep them unknown: the
/// smallest first. Cells that are forced are withheld as well.
pub fn withhold(counts: &[i64], forced: &[bool], threshold: i64) -> Withheld {
    let is_small = |count: i64| count > 0 && count < threshold;
    let mut cells: Vec<bool> = counts
        .iter()
        .enumerate()
        .map(|(index, count)| is_small(*count) || forced.get(index).copied().unwrap_or(false))
        .collect();
    if !cells.contains(&true) {
        let total: i64 = counts.iter().sum();
        return Withheld {
            cells,
            total: is_small(total),
        };
    }
    loop {
        let hidden = cells.iter().filter(|hidden| **hidden).count();
        let sum: i64 = counts
            .iter()
            .zip(&cells)
            .filter(|(_, hidden)| **hidden)
            .map(|(count, _)| count)
            .sum();
        if hidden >= 2 && sum >= threshold {
            return Withheld {
                cells,
                total: false,
            };
        }
        let open = counts
            .iter()
            .enumerate()
            .filter(|(index, count)| !cells[*index] && **count > 0);
        let Some((smallest, _)) = open.min_by_key(|(index, count)| (**count, *index)) else {
            return Withheld { cells, total: true };
        };
        cells[smallest] = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_cells_go_and_one_more_where_the_sum_would_tell() {
        for (counts, cells, total) in [
            (&[40, 30, 20][..], &[false, false, false][..], false),
            (&[40, 3, 20], &[false, true, true], false),
            (&[40, 3, 8], &[false, true, true], false),
            (&[40, 3, 2], &[true, true, true], false),
            (&[0, 3, 0], &[false, true, false], true),
            (&[4, 3, 0], &[true, true, false], true),
            (&[4, 3, 5], &[true, true, true], false),
            (&[0, 0], &[false, false], false),
        ] {
            let found = withhold(counts, &[], 10);
            assert_eq!(
                (found.cells.as_slice(), found.total),
                (cells, total),
                "{counts:?}"
            );
        }
    }

    proptest! {
        /// The attacker knows every shown cell and the sum, and that no count is below nothing.
        #[test]
        fn no_withheld_cell_can_be_worked_out(
            counts in prop::collection::vec(0_i64..60, 1..8),
            threshold in 2_i64..20,
        ) {
            let found = withhold(&counts, &[], threshold);
            if found.total {
                return Ok(());
            }
            let total: i64 = counts.iter().sum();
            let shown: i64 = counts.iter().zip(&found.cells).filter(|(_, hidden)| !**hidden).map(|(count, _)| count).sum();
            let rest = total - shown;
            let hidden = found.cells.iter().filter(|hidden| **hidden).count();
            for (count, is_hidden) in counts.iter().zip(&found.cells) {
                if *is_hidden {
                    // Anything from nothing to all of the rest fits what is known.
                    prop_assert!(hidden >= 2 && rest >= threshold);
                } else {
                    prop_assert!(*count == 0 || *count >= threshold);
                }
            }
        }
    }
}
