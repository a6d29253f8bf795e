//! The window without a graphics card: opened with given options, looked into, drawn until something holds.

use std::time::{Duration, Instant};

use cogscope::app::{CogscopeApp, FailureSlot, WindowOptions, set_up};
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

/// A window; the app is there once it has been drawn.
pub type Window = Harness<'static, Option<CogscopeApp>>;

/// A window of `size` points.
pub fn window(options: WindowOptions, size: [f32; 2]) -> Window {
    Harness::builder().with_size(size).with_step_dt(1.0 / 60.0).with_context_setup(set_up).build_ui_state(
        move |ui, app: &mut Option<CogscopeApp>| {
            let app = app.get_or_insert_with(|| CogscopeApp::new(ui.ctx(), &options, FailureSlot::default()));
            app.tick(ui.ctx());
            app.show(ui);
        },
        None,
    )
}

/// What the window shows.
pub fn app(window: &Window) -> &CogscopeApp {
    window.state().as_ref().expect("the window has been drawn")
}

/// Draws frames until something of the window holds; files are read meanwhile by threads of their own.
pub fn until_window(window: &mut Window, what: &str, holds: impl Fn(&Window) -> bool) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while !holds(window) {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        window.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    window.run_steps(2);
}

/// The same of what the window shows.
pub fn until(window: &mut Window, what: &str, holds: impl Fn(&CogscopeApp) -> bool) {
    until_window(window, what, |window| window.state().as_ref().is_some_and(&holds));
}

/// Clicks a widget by what a screen reader would say of it.
pub fn click(window: &mut Window, role: Role, label: &str) {
    window.get_by_role_and_label(role, label).click();
    window.run_steps(3);
}
