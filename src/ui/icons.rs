//! The icons of the window by what they mean here, all from one set, and the buttons that carry them. Every icon button
//! has a name for screen readers and a tooltip that names its shortcut.

pub use egui_material_icons::MaterialIcon;
use egui_material_icons::icons as material;

use super::theme;

pub const OPEN_FOLDER: MaterialIcon = material::ICON_FOLDER_OPEN;
pub const PROJECT: MaterialIcon = material::ICON_MAP;
pub const SERVER: MaterialIcon = material::ICON_DATABASE;
pub const RECENT: MaterialIcon = material::ICON_HISTORY;
pub const SEARCH: MaterialIcon = material::ICON_SEARCH;
pub const COMMANDS: MaterialIcon = material::ICON_KEYBOARD_COMMAND_KEY;
pub const THEME: MaterialIcon = material::ICON_CONTRAST;
pub const LIBRARY: MaterialIcon = material::ICON_PHOTO_LIBRARY;
pub const TARGETS: MaterialIcon = material::ICON_LOCATION_ON;
pub const STYLE: MaterialIcon = material::ICON_TUNE;
pub const INSPECTOR: MaterialIcon = material::ICON_COLORIZE;
pub const TABLE: MaterialIcon = material::ICON_TABLE;
pub const ZOOM_IN: MaterialIcon = material::ICON_ADD;
pub const ZOOM_OUT: MaterialIcon = material::ICON_REMOVE;
pub const FIT: MaterialIcon = material::ICON_FIT_SCREEN;
pub const SHOWN: MaterialIcon = material::ICON_VISIBILITY;
pub const HIDDEN: MaterialIcon = material::ICON_VISIBILITY_OFF;
pub const ZOOM_TO: MaterialIcon = material::ICON_CENTER_FOCUS_WEAK;
pub const COPY: MaterialIcon = material::ICON_CONTENT_COPY;
pub const CLOSE: MaterialIcon = material::ICON_CLOSE;
pub const WARNING: MaterialIcon = material::ICON_WARNING;
pub const ERROR: MaterialIcon = material::ICON_ERROR;
pub const INFO: MaterialIcon = material::ICON_INFO;
pub const EXPANDED: MaterialIcon = material::ICON_EXPAND_MORE;
pub const COLLAPSED: MaterialIcon = material::ICON_CHEVRON_RIGHT;
pub const SORT: MaterialIcon = material::ICON_SORT;
pub const IMAGE: MaterialIcon = material::ICON_IMAGE;
pub const PIN: MaterialIcon = material::ICON_PUSH_PIN;
pub const NOTICES: MaterialIcon = material::ICON_NOTIFICATIONS;
pub const DELETE: MaterialIcon = material::ICON_DELETE;
pub const RESET: MaterialIcon = material::ICON_RESTART_ALT;
pub const PASTE: MaterialIcon = material::ICON_CONTENT_PASTE;
pub const APPLY_TO_ALL: MaterialIcon = material::ICON_DONE_ALL;
pub const REVERSE: MaterialIcon = material::ICON_SWAP_HORIZ;
pub const COLUMNS: MaterialIcon = material::ICON_VIEW_COLUMN;
pub const JSON: MaterialIcon = material::ICON_DATA_OBJECT;
pub const REPORT: MaterialIcon = material::ICON_ARTICLE;
pub const SAVE: MaterialIcon = material::ICON_SAVE;
pub const AGAIN: MaterialIcon = material::ICON_REFRESH;
pub const ASCENDING: MaterialIcon = material::ICON_ARROW_UPWARD;
pub const SCATTER: MaterialIcon = material::ICON_SCATTER_PLOT;
pub const BARS: MaterialIcon = material::ICON_BAR_CHART;
pub const HISTOGRAM: MaterialIcon = material::ICON_EQUALIZER;
pub const TIMELINE: MaterialIcon = material::ICON_TIMELINE;
pub const HEATMAP: MaterialIcon = material::ICON_GRID_ON;
pub const SELECT_BOX: MaterialIcon = material::ICON_HIGHLIGHT_ALT;
pub const LASSO: MaterialIcon = material::ICON_LASSO_SELECT;
pub const MOVE: MaterialIcon = material::ICON_PAN_TOOL;
pub const EXPORT: MaterialIcon = material::ICON_DOWNLOAD;
pub const IMPORT: MaterialIcon = material::ICON_UPLOAD_FILE;
pub const ADD: MaterialIcon = material::ICON_ADD;
pub const FILTER: MaterialIcon = material::ICON_FILTER_ALT;
pub const ADD_COLUMN: MaterialIcon = material::ICON_ADD_COLUMN_RIGHT;
pub const CHIPS: MaterialIcon = material::ICON_GRID_VIEW;
pub const AUDIT: MaterialIcon = material::ICON_FACT_CHECK;
pub const REVIEW: MaterialIcon = material::ICON_RATE_REVIEW;
pub const ACCEPT: MaterialIcon = material::ICON_CHECK;
pub const REJECT: MaterialIcon = material::ICON_BLOCK;
pub const RELABEL: MaterialIcon = material::ICON_LABEL;
pub const SERVE: MaterialIcon = material::ICON_WIFI_TETHERING;
pub const HELP: MaterialIcon = material::ICON_HELP;
pub const DESCENDING: MaterialIcon = material::ICON_ARROW_DOWNWARD;

/// A frameless icon button, `label` for screen readers and as the tooltip with the `shortcut` where it has one.
pub fn icon_button(ui: &mut egui::Ui, icon: MaterialIcon, label: &str, shortcut: &str) -> egui::Response {
    let text = icon.rich_text().size(theme::ICON_SIZE);
    let size = egui::Vec2::splat(theme::ROW_HEIGHT + theme::GRID);
    let button = egui::Button::new(text).frame_when_inactive(false).min_size(size);
    let response = ui.add(button);
    named(response, label, shortcut)
}

/// In a window of fewer points across, buttons of the toolbar have no words.
const NARROW: f32 = 800.0;

/// The words of a button of the toolbar; none where there is no room for them.
pub fn toolbar_words<'a>(ui: &egui::Ui, words: &'a str) -> &'a str {
    if ui.ctx().content_rect().width() < NARROW { "" } else { words }
}

/// A button with an icon and words.
pub fn labelled_button(ui: &mut egui::Ui, icon: MaterialIcon, words: &str, tip: (&str, &str)) -> egui::Response {
    let button = egui::Button::new((icon.rich_text().size(16.0), egui::RichText::new(words)))
        .min_size(egui::vec2(0.0, theme::ROW_HEIGHT + theme::GRID));
    let response = ui.add(button);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, words));
    tooltip(response, tip.0, tip.1)
}

fn named(response: egui::Response, label: &str, shortcut: &str) -> egui::Response {
    let enabled = response.enabled();
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, enabled, label));
    tooltip(response, label, shortcut)
}

fn tooltip(response: egui::Response, label: &str, shortcut: &str) -> egui::Response {
    response.on_hover_ui(|ui| {
        ui.horizontal(|ui| {
            ui.label(label);
            if !shortcut.is_empty() {
                ui.label(theme::note(ui, shortcut));
            }
        });
    })
}
