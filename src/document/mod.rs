//! What a user would save, and what the window shows: layers, styles, filters, selection, pins.
