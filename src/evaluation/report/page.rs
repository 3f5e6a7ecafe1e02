//! The report as one page that needs nothing else: charts, definitions, and the table behind each.

use std::fmt::Write as _;

use kairan_contract::Language;
use kairan_text::{Message, languages, message, message_in, tr, tr_in};

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
         <title>{name} {from} – {to}</title>\n<style>\n{FIGURES_STYLE}{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n\
         <p class=\"period\">{from} – {to}</p>\n",
        name = message("利用の報告").tr(Language::JAPANESE),
        title = in_all_languages("small", |it| tr(it, "利用の報告").to_owned()).join(" "),
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
    let all: Vec<&str> = languages()
        .map(|it| tr_in(it, "report, all loans", "全部"))
        .collect();
    let all = all.join(" / ");
    let cohort = report.cohort.as_deref().unwrap_or(&all);
    let withheld = in_all_languages("span", |language| {
        tr!(
            language,
            "* は、{threshold}件より少ない貸し出しについての数なので出していません。",
            threshold = report.threshold
        )
    });
    let _ = write!(
        page,
        "<dl>\n<dt>{}</dt><dd>{}</dd>\n\
         <dt>{}</dt><dd>{}</dd>\n\
         <dt>{}</dt><dd>{}</dd>\n</dl>\n\
         <p>{}</p>\n",
        said(message("対象")),
        escaped(cohort),
        said(message("貸し出し")),
        shown(&report.loans),
        said(message("辞退")),
        shown(&report.withdrawn),
        withheld.concat(),
    );
}

/// Something in Japanese, and beside it in every other language as an element of its own.
fn in_all_languages(element: &str, said: impl Fn(Language) -> String) -> Vec<String> {
    let beside = languages().skip(1).map(|language| {
        let said = escaped(&said(language));
        format!("<{element} lang=\"{language}\">{said}</{element}>")
    });
    let japanese = escaped(&said(Language::JAPANESE));
    std::iter::once(japanese).chain(beside).collect()
}

fn said(message: Message) -> String {
    in_all_languages("span", |language| message.tr(language).to_owned()).join(" ")
}

fn write_section(page: &mut String, section: &Section) {
    let (title, definition) = (section.title, section.definition);
    let _ = write!(
        page,
        "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n\
         <h2 id=\"{id}-title\">{}</h2>\n\
         <p class=\"definition\">{}</p>\n",
        in_all_languages("small", |it| title.0.tr(it).to_owned()).join(" "),
        escaped(definition.japanese()),
        id = section.id,
    );
    for (language, said) in definition.beside() {
        let said = escaped(said);
        let _ = writeln!(
            page,
            "<p class=\"definition\" lang=\"{language}\">{said}</p>"
        );
    }
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
        "<details{open}>\n<summary>{} ({})</summary>\n\
         <div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr>",
        said(message_in("report", "表")),
        section.rows.len()
    );
    for column in &section.columns {
        let heading = in_all_languages("span", |it| column.words.0.tr(it).to_owned());
        let _ = write!(page, "<th scope=\"col\">{}</th>", heading.join("<br>"));
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
        Figure::Term(_, words) => in_all_languages("small", |it| words.tr(it).to_owned()).join(" "),
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
