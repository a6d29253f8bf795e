//! The frame: state, commands, and applying commands and events.
