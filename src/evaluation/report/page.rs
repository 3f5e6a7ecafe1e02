//! The report as one page that needs nothing else: charts, definitions, and the table behind each.

use std::fmt::Write as _;

use super::{Figure, Report, Section};

/// The charting library, whole: the page is read where there is no network.
pub const ECHARTS: &str = include_str!("../../../assets/echarts/echarts.min.js");
/// How figures look: colours, sections, tables, charts.
pub const FIGURES_STYLE: &str = include_str!("figures.css");
const STYLE: &str = include_str!("page.css");
/// Draws the charts of a page.
pub const SCRIPT: &str = include_str!("page.js");

/// The page.
pub fn html(report: &Report) -> String {
    let mut page = String::with_capacity(ECHARTS.len() + 200_000);
    // Writing to a text cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>利用の報告 {from} – {to}</title>\n<style>\n{FIGURES_STYLE}{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>利用の報告 <small lang=\"en\">Report of use</small></h1>\n\
         <p class=\"period\">{from} – {to}</p>\n",
        from = escaped(&report.from),
        to = escaped(&report.to),
    );
    write_head(&mut page, report);
    let _ = write!(page, "</header>\n<main>\n");
    for section in &report.sections {
        write_section(&mut page, section);
    }
    let _ = write!(
        page,
        "</main>\n<script>{ECHARTS}</script>\n\
         <script type=\"application/json\" id=\"charts\">{}</script>\n<script>\n{SCRIPT}</script>\n\
         </body>\n</html>\n",
        charts(report),
    );
    page
}

/// The report without a page around it: what must be said, and the sections.
pub fn fragment(report: &Report) -> String {
    let mut page = String::with_capacity(200_000);
    write_head(&mut page, report);
    for section in &report.sections {
        write_section(&mut page, section);
    }
    page
}

/// The charts' options as [`SCRIPT`] reads them.
pub fn charts(report: &Report) -> String {
    let charts: Vec<(&str, &serde_json::Value)> = report
        .sections
        .iter()
        .filter_map(|section| Some((section.id, section.chart.as_ref()?)))
        .collect();
    let charts = serde_json::to_string(&charts).unwrap_or_default();
    // Nothing in it may end the script.
    charts.replace('<', "\\u003c")
}

fn write_head(page: &mut String, report: &Report) {
    for note in &report.notes {
        let _ = writeln!(
            page,
            "<p class=\"note\" role=\"note\">{}</p>",
            escaped(note)
        );
    }
    let cohort = report.cohort.as_deref().unwrap_or("全部 / all");
    let _ = write!(
        page,
        "<dl>\n<dt>対象 <span lang=\"en\">Scope</span></dt><dd>{}</dd>\n\
         <dt>貸し出し <span lang=\"en\">Loans</span></dt><dd>{}</dd>\n\
         <dt>辞退 <span lang=\"en\">Withdrawn</span></dt><dd>{}</dd>\n</dl>\n\
         <p>* は、{}件より少ない貸し出しについての数なので出していません。\
         <span lang=\"en\">* is about fewer than {} loans, or would tell of them, and is withheld.</span></p>\n",
        escaped(cohort),
        shown(&report.loans),
        shown(&report.withdrawn),
        report.threshold,
        report.threshold,
    );
}

fn write_section(page: &mut String, section: &Section) {
    let (title, definition) = (section.title, section.definition);
    let _ = write!(
        page,
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n\
         <h2 id=\"{id}-title\">{} <small lang=\"en\">{}</small></h2>\n\
         <p class=\"definition\">{}</p>\n<p class=\"definition\" lang=\"en\">{}</p>\n",
        escaped(title.ja),
        escaped(title.en),
        escaped(definition.ja),
        escaped(definition.en),
        id = section.id,
    );
    if section.chart.is_some() {
        let _ = writeln!(
            page,
            "<figure class=\"chart\" id=\"chart-{}\" data-rows=\"{}\"></figure>",
            section.id,
            section.rows.len().min(40)
        );
    }
    let open = if section.chart.is_none() { " open" } else { "" };
    let _ = write!(
        page,
        "<details{open}>\n<summary>表 <span lang=\"en\">Table</span> ({})</summary>\n\
         <div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr>",
        section.rows.len()
    );
    for column in &section.columns {
        let words = column.words;
        let _ = write!(
            page,
            "<th scope=\"col\">{}<br><span lang=\"en\">{}</span></th>",
            escaped(words.ja),
            escaped(words.en)
        );
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &section.rows {
        page.push_str("<tr>");
        for figure in row {
            let class = if matches!(figure, Figure::Name(_) | Figure::Term(..)) {
                ""
            } else {
                " class=\"number\""
            };
            let _ = write!(page, "<td{class}>{}</td>", shown(figure));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>\n</table>\n</div>\n</details>\n</section>\n");
}

fn shown(figure: &Figure) -> String {
    match figure {
        Figure::Term(word, japanese) => format!(
            "{} <small lang=\"en\">{}</small>",
            escaped(japanese),
            escaped(&word.replace('_', " "))
        ),
        Figure::Withheld => "<abbr title=\"withheld\">*</abbr>".to_owned(),
        other => escaped(&other.written()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
