//! Making a report: fills a template's texts, asks its queries, draws its pictures. What fails is told in its place; the rest
//! goes on. Blocks: call it from a job.

mod answers;
mod area;
mod chips;
mod images;
mod map;
mod plot;
mod words;

use std::collections::{BTreeMap, BTreeSet};

pub use images::ReportImages;

use self::answers::{Answer, Answers};
use super::page::{FilledText, Part, Problem, Report, TablePart, cell_text};
use super::template::{Block, BlockKind, Template, TemplatePart, TextPart, Wish};
use crate::db::{IsCancelled, QueryStore};
use crate::targets::{ClassColors, ColorOverrides, Mapping};

/// Rows of a table that are shown if a block doesn't say how many, and the most that it can ask for.
const USUAL_ROWS: usize = 50;
const MOST_ROWS: usize = 1_000;
/// Names above this many are no classes.
const MOST_CLASSES: usize = 1_000;

/// What a report is made from.
pub struct ReportInput<'a> {
    /// The template.
    pub template: &'a Template,
    /// Values of parameters; those that are missing have the template's defaults.
    pub parameters: &'a BTreeMap<String, String>,
    /// Who answers queries.
    pub store: Option<&'a dyn QueryStore>,
    /// What pictures are made from.
    pub images: &'a ReportImages<'a>,
    /// Colours of classes by name.
    pub colors: &'a ColorOverrides,
    /// When it is made, as text.
    pub made: String,
    /// Whether to stop.
    pub is_cancelled: IsCancelled<'a>,
}

/// Makes a report; `None` if it was stopped.
pub fn make_report(input: ReportInput<'_>) -> Option<Report> {
    let ReportInput { template, images, colors, made, is_cancelled, .. } = input;
    let mut parameters = template.parameters.clone();
    parameters.extend(input.parameters.iter().map(|(name, value)| (name.clone(), value.clone())));
    let named = template.blocks().filter(|block| !block.name.is_empty() && !block.sql.is_empty());
    let named = named.map(|block| (block.name.clone(), block.sql.clone())).collect();
    let mut maker = Maker {
        answers: Answers::new(input.store, is_cancelled, &parameters, named),
        parameters: &parameters,
        images,
        colors: colors.clone(),
        made: &made,
    };
    if !maker.take_colors(template, is_cancelled) {
        return None;
    }
    let mut parts = Vec::new();
    for part in &template.parts {
        if is_cancelled() {
            return None;
        }
        match part {
            TemplatePart::Text(text) => parts.push(Part::Text(maker.text(text))),
            TemplatePart::Block(block) if block.is_hidden => {}
            TemplatePart::Block(block) => {
                let made = maker.block(block);
                parts.push(made.unwrap_or_else(|message| Part::Problem(Problem { kind: block.kind, message })));
            }
        }
    }
    if is_cancelled() {
        return None;
    }
    Some(Report {
        title: template.title.clone(),
        store: maker.answers.store_name(),
        notes: maker.answers.notes.into_iter().chain(images.notes()).collect(),
        queries: maker.answers.records,
        parts,
        files: images.files_used(),
        parameters: parameters.into_iter().collect(),
        made,
    })
}

/// The time for [`ReportInput::made`]: minutes of UTC.
pub fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// What all parts are made with.
struct Maker<'a> {
    answers: Answers<'a>,
    parameters: &'a BTreeMap<String, String>,
    images: &'a ReportImages<'a>,
    colors: ColorOverrides,
    made: &'a str,
}

impl Maker<'_> {
    /// Asks the queries of all blocks, and gives every class that they name one colour for the whole report. `false` if it was
    /// stopped.
    fn take_colors(&mut self, template: &Template, is_cancelled: IsCancelled<'_>) -> bool {
        let mut names: BTreeSet<String> = BTreeSet::new();
        for block in template.blocks().filter(|block| !block.sql.is_empty()) {
            if is_cancelled() {
                return false;
            }
            let Ok(table) = self.answers.ask(&block.sql) else { continue };
            let class = Mapping::guess(&table, None).class.and_then(|name| table.column_index(&name));
            if let Some(column) = class.and_then(|at| table.column(at)) {
                names.extend(column.values().filter(|value| !value.is_null()).map(|value| value.to_string()));
            }
        }
        let names: Vec<&str> = names.iter().map(String::as_str).take(MOST_CLASSES).collect();
        let colors = ClassColors::of_names(&names, &self.colors);
        for (name, color) in names.iter().zip(colors) {
            self.colors.entry((*name).to_owned()).or_insert(color);
        }
        true
    }

    fn text(&mut self, text: &TextPart) -> FilledText {
        let values = text.wishes.iter().map(|wish| self.value(wish)).collect();
        FilledText { text: text.clone(), values }
    }

    /// What stands in place of `{{ }}`.
    fn value(&mut self, wish: &Wish) -> Result<String, String> {
        match wish {
            Wish::Word(name) => match self.parameters.get(name) {
                Some(value) => Ok(value.clone()),
                None if name == "date" => Ok(self.made.to_owned()),
                None => Err(format!("there is no parameter `{name}`")),
            },
            Wish::Field(name, field) if name == "images" && field == "count" => Ok(self.images.count().to_string()),
            Wish::Field(name, field) => {
                let names = self.answers.names();
                let unknown = || format!("no query is named `{name}`; there are: {names}");
                let table = self.answers.ask_named(name).ok_or_else(unknown)??;
                if field == "rows" {
                    return Ok(table.row_count().to_string());
                }
                let column = table.column_index(field).and_then(|at| table.column(at));
                let column = column.ok_or_else(|| format!("the answer of `{name}` has no column `{field}`"))?;
                Ok(if table.row_count() == 0 { String::new() } else { cell_text(column.name(), column.value(0)) })
            }
            Wish::Query(sql) => {
                let table = self.answers.ask(sql)?;
                match (table.columns(), table.row_count()) {
                    ([only], 1) => Ok(cell_text(only.name(), only.value(0))),
                    ([_], 0) => Ok(String::new()),
                    (columns, rows) => Err(format!(
                        "a value needs a query with one cell; this one has {rows} rows of {} columns",
                        columns.len()
                    )),
                }
            }
            Wish::Wrong(text) => Err(format!("`{text}` is no parameter, no NAME.COLUMN and no SELECT")),
        }
    }

    fn block(&mut self, block: &Block) -> Result<Part, String> {
        let mut block = block.clone();
        for value in block.settings.values_mut().filter(|value| value.contains("{{")) {
            let text = self.text(&TextPart::parse(value));
            let values = text.values.into_iter().collect::<Result<Vec<_>, _>>()?;
            *value = text.text.filled(|at| values.get(at).cloned().unwrap_or_default());
        }
        match block.kind {
            BlockKind::Sql => self.table(&block),
            BlockKind::Plot => self.plot(&block),
            BlockKind::Map => self.map(&block),
            BlockKind::Chips => self.chips(&block),
        }
    }

    fn table(&mut self, block: &Block) -> Result<Part, String> {
        words::only(block, &["caption", "rows", "of"])?;
        let table = self.answer(block)?.ok_or("there is no query in this block")??;
        let most_rows = words::whole(block, "rows", USUAL_ROWS, 1..=MOST_ROWS)?;
        Ok(Part::Table(TablePart { caption: words::caption(block), table, most_rows }))
    }

    /// The answer that a block uses: to its own query, or to the one that it names. `None` if it has neither.
    fn answer(&mut self, block: &Block) -> Result<Option<Answer>, String> {
        if !block.sql.is_empty() {
            return Ok(Some(self.answers.ask(&block.sql)));
        }
        let Some(name) = block.setting("of") else { return Ok(None) };
        let names = self.answers.names();
        let answer = self.answers.ask_named(name);
        answer.map(Some).ok_or_else(|| format!("no query is named `{name}`; there are: {names}"))
    }
}

#[cfg(test)]
mod tests;
