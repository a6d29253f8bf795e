//! The dialog that connects to a `PostgreSQL` server: how to get there, which table, which column plays which part. What was
//! typed as a password is handed on and forgotten; nothing here connects to anything.

use std::sync::Arc;

use super::{Command, TableToShow, form, theme};
use crate::db::postgres::{Secret, ServerAddress, ServerLogin, ServerTable, SslMode};
use crate::document::Document;
use crate::jobs::{ServerRefusal, ServerReport, TableReport};
use crate::targets::{ImagesChoice, ImagesTable, Mapping};
use egui::{Align2, ComboBox, RichText, TextEdit, vec2};

const WIDTH: f32 = 416.0;

/// The settings that are typed: name in a URL, name in the dialog, what stands there while it is empty.
const FIELDS: [(&str, &str, &str); 6] = [
    ("host", "Host", "this computer"),
    ("port", "Port", "5432"),
    ("dbname", "Database", "named like the user"),
    ("user", "User", "your user name"),
    ("service", "Service", "from pg_service.conf"),
    ("sslrootcert", "CA file", "for verify-ca and verify-full"),
];

/// How far it has come.
#[derive(Default)]
enum Phase {
    /// Nothing was tried.
    #[default]
    Typing,
    /// A job is under way.
    Waiting,
    /// It went wrong.
    Failed(ServerRefusal),
    /// The server has answered.
    Reached(Arc<ServerReport>),
}

/// What the dialog keeps between frames.
#[derive(Default)]
pub struct ConnectState {
    /// Whether it is open.
    pub open: bool,
    address: ServerAddress,
    texts: [String; FIELDS.len()],
    password: String,
    keeps_password: bool,
    phase: Phase,
    table: Option<String>,
    columns: Vec<String>,
    mapping: Option<Mapping>,
    image_tables: Vec<ImagesChoice>,
    problem: Option<String>,
}

impl ConnectState {
    /// Opens the dialog with an address to start from.
    pub fn show(&mut self, address: Option<ServerAddress>) {
        self.open = true;
        if let Some(address) = address {
            self.set_address(address);
        }
    }

    fn set_address(&mut self, address: ServerAddress) {
        let texts = FIELDS.map(|(name, ..)| address.get(name).unwrap_or_default().to_owned());
        *self = Self { open: self.open, address, texts, ..Self::default() };
    }

    /// Takes in what the server has said.
    pub fn receive_server(&mut self, result: Result<Arc<ServerReport>, ServerRefusal>) {
        self.phase = match result {
            Ok(report) => Phase::Reached(report),
            Err(refusal) => Phase::Failed(refusal),
        };
    }

    /// Takes in the columns of a table.
    pub fn receive_table(&mut self, result: Result<Arc<TableReport>, String>) {
        match result {
            Ok(report) if self.table.as_ref() == Some(&report.table.table) => {
                self.columns.clone_from(&report.columns);
                self.image_tables.clone_from(&report.image_tables);
                self.mapping = Some(report.mapping.clone());
            }
            Ok(_) => {}
            Err(problem) => self.problem = Some(problem),
        }
    }

    /// What was typed.
    fn login(&self) -> ServerLogin {
        let mut address = self.address.clone();
        for ((name, ..), text) in FIELDS.iter().zip(&self.texts) {
            address.set(name, text);
        }
        let password = (!self.password.is_empty()).then(|| Secret::new(self.password.clone()));
        ServerLogin { address, password }
    }
}

/// Draws the dialog where it is open.
pub fn connect_ui(ui: &mut egui::Ui, document: &Document, state: &mut ConnectState, commands: &mut Vec<Command>) {
    if !state.open {
        return;
    }
    let mut is_open = true;
    egui::Window::new("Connect to PostgreSQL")
        .open(&mut is_open)
        .anchor(Align2::CENTER_CENTER, vec2(0.0, 0.0))
        .collapsible(false)
        .resizable(false)
        .default_width(WIDTH)
        .show(ui.ctx(), |ui| {
            ui.set_width(WIDTH);
            recent_ui(ui, document, state);
            settings_ui(ui, state);
            ui.add_space(2.0 * theme::GRID);
            buttons_ui(ui, state, commands);
            phase_ui(ui, state, commands);
        });
    state.open &= is_open;
}

fn recent_ui(ui: &mut egui::Ui, document: &Document, state: &mut ConnectState) {
    if document.settings.servers.is_empty() {
        return;
    }
    let chosen = form::row_ui(ui, "Recent", |ui| {
        let mut chosen = None;
        ComboBox::from_id_salt("recent servers").width(ui.available_width()).selected_text("").show_ui(ui, |ui| {
            for server in &document.settings.servers {
                if ui.selectable_label(false, server.as_str()).clicked() {
                    chosen = Some(server.clone());
                }
            }
        });
        chosen
    });
    if let Some(login) = chosen.and_then(|text| ServerLogin::parse(&text).ok()) {
        state.set_address(login.address);
    }
}

fn settings_ui(ui: &mut egui::Ui, state: &mut ConnectState) {
    for ((_, title, hint), text) in FIELDS.iter().zip(&mut state.texts) {
        let changed = form::row_ui(ui, title, |ui| {
            let response = ui.add(TextEdit::singleline(text).hint_text(*hint).desired_width(f32::INFINITY));
            ui.ctx().accesskit_node_builder(response.id, |node| node.set_label(*title));
            response.changed()
        });
        // What was pasted whole into the host's field is taken apart.
        if changed
            && ServerAddress::is_meant_by(text)
            && let Ok(login) = ServerLogin::parse(text)
        {
            state.set_address(login.address);
            return;
        }
    }
    form::row_ui(ui, "Password", |ui| {
        let edit = TextEdit::singleline(&mut state.password)
            .password(true)
            .hint_text("from the password file")
            .desired_width(f32::INFINITY);
        let response = ui.add(edit).on_hover_text("Kept in memory until the program ends, never in a file");
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_label("Password"));
    });
    form::row_ui(ui, "", |ui| {
        let tip = "Windows: the Credential Manager; Linux: the Secret Service. Without it the password is asked for each time";
        ui.checkbox(&mut state.keeps_password, "Keep it in the system's credential store").on_hover_text(tip);
    });
    form::row_ui(ui, "Encryption", |ui| {
        let mode = state.address.get("sslmode").unwrap_or(SslMode::default().name()).to_owned();
        ComboBox::from_id_salt("sslmode").width(ui.available_width()).selected_text(mode.as_str()).show_ui(ui, |ui| {
            for choice in SslMode::ALL {
                if ui.selectable_label(choice.name() == mode, choice.name()).clicked() {
                    state.address.set("sslmode", choice.name());
                }
            }
        });
    });
}

fn buttons_ui(ui: &mut egui::Ui, state: &mut ConnectState, commands: &mut Vec<Command>) {
    ui.horizontal(|ui| {
        let is_waiting = matches!(state.phase, Phase::Waiting);
        let button = egui::Button::new("Test and list tables").min_size(vec2(0.0, theme::ROW_HEIGHT));
        if ui.add_enabled(!is_waiting, button).on_hover_text("Connect, and show what is there").clicked() {
            let login = state.login();
            state.address = login.address.clone();
            state.phase = Phase::Waiting;
            (state.table, state.mapping, state.problem) = (None, None, None);
            commands.push(Command::ConnectServer {
                login: Box::new(login),
                keeps_password: state.keeps_password,
                shows: TableToShow::Nothing,
            });
        }
        if is_waiting {
            ui.spinner();
        }
    });
}

fn phase_ui(ui: &mut egui::Ui, state: &mut ConnectState, commands: &mut Vec<Command>) {
    match &state.phase {
        Phase::Typing | Phase::Waiting => {}
        Phase::Failed(refusal) => {
            ui.colored_label(theme::palette(ui).error, refusal.message.as_str());
            if let Some(note) = &refusal.note {
                ui.label(theme::note(ui, note.as_str()));
            }
        }
        Phase::Reached(report) => {
            let report = Arc::clone(report);
            reached_ui(ui, &report, state, commands);
        }
    }
}

fn reached_ui(ui: &mut egui::Ui, report: &ServerReport, state: &mut ConnectState, commands: &mut Vec<Command>) {
    let info = &report.info;
    let postgis = info.postgis.as_ref().map_or("no PostGIS".to_owned(), |(version, _)| format!("PostGIS {version}"));
    let encryption = if info.is_encrypted { "encrypted" } else { "not encrypted" };
    let text = format!("Connected: PostgreSQL {}, {postgis}, {encryption}", info.version);
    ui.label(theme::note(ui, text));
    if let Some(note) = &report.note {
        ui.label(theme::note(ui, note.as_str()));
    }
    if report.password_is_kept {
        ui.horizontal(|ui| {
            ui.label(theme::note(ui, "Its password is in the system's credential store"));
            if ui.link(theme::note(ui, "Forget it")).clicked() {
                commands.push(Command::ForgetPassword(Box::new(report.address.clone())));
            }
        });
    }
    for warning in &info.warnings {
        ui.colored_label(theme::palette(ui).warning, warning.as_str());
    }
    let Some(chosen) = form::row_ui(ui, "Table", |ui| table_ui(ui, &report.tables, state.table.as_deref())) else {
        mapping_ui(ui, report, state, commands);
        return;
    };
    (state.table, state.mapping, state.problem) = (Some(chosen.clone()), None, None);
    commands.push(Command::DescribeTable { address: Box::new(report.address.clone()), table: chosen });
}

fn table_ui(ui: &mut egui::Ui, tables: &[ServerTable], chosen: Option<&str>) -> Option<String> {
    let mut clicked = None;
    if tables.is_empty() {
        ui.label(theme::note(ui, "no table that this role may read"));
        return None;
    }
    ComboBox::from_id_salt("server table")
        .width(ui.available_width())
        .selected_text(chosen.unwrap_or("Choose a table"))
        .show_ui(ui, |ui| {
            for table in tables {
                let rows = table.estimated_rows.map(|rows| format!("  about {rows} rows")).unwrap_or_default();
                let place = if table.geometry.is_some() { "  \u{25CF}" } else { "" };
                let text = format!("{}{rows}{place}", table.name);
                if ui.selectable_label(chosen == Some(table.name.as_str()), text).clicked() {
                    clicked = Some(table.name.clone());
                }
            }
        });
    clicked
}

fn mapping_ui(ui: &mut egui::Ui, report: &ServerReport, state: &mut ConnectState, commands: &mut Vec<Command>) {
    if let Some(problem) = &state.problem {
        ui.colored_label(theme::palette(ui).error, problem.as_str());
    }
    let (Some(mapping), Some(table)) = (&mut state.mapping, &state.table) else { return };
    form::section_ui(ui, "Columns", |_| {});
    for (title, part) in parts(mapping) {
        form::row_ui(ui, title, |ui| column_ui(ui, title, &state.columns, part));
    }
    if mapping.image.is_some() && !state.image_tables.is_empty() {
        form::row_ui(ui, "Images table", |ui| images_ui(ui, &state.image_tables, &mut mapping.images));
    }
    ui.add_space(2.0 * theme::GRID);
    let has_place = mapping.has_place();
    let button = egui::Button::new(RichText::new("Show on the map")).min_size(vec2(0.0, theme::ROW_HEIGHT));
    let response = ui.add_enabled(has_place, button);
    let response = response.on_disabled_hover_text("Choose longitude and latitude, or an image and a pixel in it");
    if response.clicked() {
        let (address, table) = (Box::new(report.address.clone()), table.clone());
        commands.push(Command::LoadTable { address, table, mapping: Some(Box::new(mapping.clone())) });
        state.open = false;
    }
}

fn parts(mapping: &mut Mapping) -> [(&'static str, &mut Option<String>); 10] {
    let Mapping { id, class, name, longitude, latitude, pixel_column, pixel_row, image, date, confidence, images: _ } =
        mapping;
    [
        ("Longitude", longitude),
        ("Latitude", latitude),
        ("Class", class),
        ("Name", name),
        ("Image", image),
        ("Date", date),
        ("Confidence", confidence),
        ("Key", id),
        ("Pixel column", pixel_column),
        ("Pixel row", pixel_row),
    ]
}

/// Which table says which file the number of an image means.
fn images_ui(ui: &mut egui::Ui, choices: &[ImagesChoice], images: &mut Option<ImagesTable>) {
    const NONE: &str = "\u{2013}";
    let words = |images: &ImagesTable| format!("{}: {} \u{2192} {}", images.table, images.key, images.file);
    let shown = images.as_ref().map_or_else(|| NONE.to_owned(), words);
    let response = ComboBox::from_id_salt("images table")
        .width(ui.available_width())
        .truncate()
        .selected_text(&shown)
        .show_ui(ui, |ui| {
            if ui.selectable_label(images.is_none(), NONE).clicked() {
                *images = None;
            }
            for choice in choices {
                if ui.selectable_label(images.as_ref() == Some(&choice.images), words(&choice.images)).clicked() {
                    *images = Some(choice.images.clone());
                }
            }
        })
        .response;
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, format!("Images table: {shown}")));
    response.on_hover_text("Where targets have the numbers of images: the table that says which file each of them is");
}

fn column_ui(ui: &mut egui::Ui, title: &str, columns: &[String], part: &mut Option<String>) {
    const NONE: &str = "\u{2013}";
    ComboBox::from_id_salt(("column", title))
        .width(ui.available_width())
        .selected_text(part.as_deref().unwrap_or(NONE))
        .show_ui(ui, |ui| {
            if ui.selectable_label(part.is_none(), NONE).clicked() {
                *part = None;
            }
            for column in columns {
                if ui.selectable_label(part.as_ref() == Some(column), column.as_str()).clicked() {
                    *part = Some(column.clone());
                }
            }
        });
}
