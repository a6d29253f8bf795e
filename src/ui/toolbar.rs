//! The toolbar: open, recent, serve, go to, commands, theme.

use super::{Command, HelpPage, ImportWish, go_to, icons, keys, recent, serve, theme};
use crate::document::{Document, ThemeChoice};
use egui::{Align, Layout};

/// Draws the toolbar.
pub fn toolbar_ui(
    ui: &mut egui::Ui,
    document: &Document,
    (go_to, serve): (&mut go_to::GoToState, &mut serve::ServeState),
    commands: &mut Vec<Command>,
) {
    ui.horizontal(|ui| {
        let open = icons::toolbar_words(ui, "Open");
        let response = icons::labelled_button(ui, icons::OPEN_FOLDER, open, ("Open a folder", "Ctrl+O"));
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Open"));
        if response.clicked() {
            commands.push(Command::AskForFolder);
        }
        let shows_words = !icons::toolbar_words(ui, "Recent").is_empty();
        recent::recent_ui(ui, document, shows_words, commands);
        project_ui(ui, document, commands);
        if icons::icon_button(ui, icons::SERVER, "Connect to PostgreSQL", "").clicked() {
            commands.push(Command::OpenConnect);
        }
        if icons::icon_button(ui, icons::IMPORT, "Import targets", "").clicked() {
            commands.push(Command::Import(Box::new(ImportWish::Open)));
        }
        serve::serve_ui(ui, document, serve, commands);
        ui.add_space(theme::GRID);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            help_ui(ui, commands);
            theme_ui(ui, document, commands);
            if icons::icon_button(ui, icons::COMMANDS, "Commands", "Ctrl+K").clicked() {
                commands.push(Command::TogglePalette);
            }
            if icons::icon_button(ui, icons::FIT, "Show everything that is open", "F").clicked() {
                commands.push(Command::FitAll);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                go_to::go_to_ui(ui, document, go_to, commands);
            });
        });
    });
}

/// What the project is called, whether it is saved, and what can be done with it.
fn project_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let name = &document.name;
    let words = name.title().unwrap_or_else(|| "Project".to_owned());
    let words = if name.is_unsaved { format!("{words} *") } else { words };
    let title = (icons::PROJECT.rich_text().size(16.0), icons::toolbar_words(ui, &words));
    let (response, _) = egui::containers::menu::MenuButton::new(title).ui(ui, |ui| {
        let choices = [
            ("New", Command::NewProject),
            ("Open\u{2026}", Command::AskForProject),
            ("Save", Command::SaveProject),
            ("Save as\u{2026}", Command::AskToSaveProject),
        ];
        for (words, command) in choices {
            if ui.add(egui::Button::new(words).shortcut_text(keys::text_of(&command))).clicked() {
                commands.push(command);
            }
        }
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, &words));
    response.on_hover_ui(|ui| match &name.path {
        Some(path) => {
            ui.label(path.display().to_string());
            if name.is_unsaved {
                ui.label(theme::note(ui, "With changes that are not saved"));
            }
        }
        None => {
            ui.label("No project: what is open comes back with the next start all the same");
        }
    });
}

fn help_ui(ui: &mut egui::Ui, commands: &mut Vec<Command>) {
    let icon = icons::HELP.rich_text().size(theme::ICON_SIZE);
    let button = egui::Button::new(icon).frame_when_inactive(false);
    let (response, _) = egui::containers::menu::MenuButton::from_button(button).ui(ui, |ui| {
        let choices = [
            ("Manual", Command::ToggleHelp),
            ("Keyboard and mouse", Command::ShowHelp(HelpPage::Keys)),
            ("About cogscope", Command::ShowHelp(HelpPage::About)),
        ];
        for (words, command) in choices {
            if ui.add(egui::Button::new(words).shortcut_text(keys::text_of(&command))).clicked() {
                commands.push(command);
            }
        }
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Help"));
    response.on_hover_text("Manual, keys, about");
}

fn theme_ui(ui: &mut egui::Ui, document: &Document, commands: &mut Vec<Command>) {
    let icon = icons::THEME.rich_text().size(theme::ICON_SIZE);
    let (response, _) = egui::containers::menu::MenuButton::from_button(
        egui::Button::new(icon).frame_when_inactive(false),
    )
    .ui(ui, |ui| {
        let choices =
            [(ThemeChoice::System, "As the system"), (ThemeChoice::Dark, "Dark"), (ThemeChoice::Light, "Light")];
        for (choice, name) in choices {
            if ui.radio(document.settings.theme == choice, name).clicked() {
                commands.push(Command::SetTheme(choice));
            }
        }
    });
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, "Theme"));
}
