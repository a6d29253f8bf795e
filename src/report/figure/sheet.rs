//! A contact sheet: many small pictures side by side, each with a line below it.

use std::sync::Arc;

use super::shapes::{Anchor, Figure, Frame, Ink, Label, Shape};
use super::text::fitted;
use super::theme::FigureTheme;
use crate::render::RgbaImage;

/// One of the pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetPicture {
    /// The picture; a sentence where there is none.
    pub picture: Result<Arc<RgbaImage>, String>,
    /// Below it.
    pub caption: String,
    /// Of the mark before the caption.
    pub color: [u8; 3],
}

const GAP: f32 = 8.0;
const CAPTION: f32 = 20.0;
const SMALL: f32 = 11.0;
/// A sheet of more pixels would take more memory than it is worth.
const MOST_PIXELS: f32 = 64e6;

/// How many pictures of this side fit on one sheet.
pub fn sheet_capacity(side: u32) -> usize {
    let area = (side as f32 + GAP) * (side as f32 + GAP + CAPTION);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands")]
    let count = (MOST_PIXELS / area) as usize;
    count.max(1)
}

/// The pictures row by row, about as many rows as columns, under a title. Those that don't fit are left out.
pub fn contact_sheet(title: &str, pictures: &[SheetPicture], side: u32, theme: FigureTheme) -> Figure {
    let shown = pictures.get(..sheet_capacity(side)).unwrap_or(pictures);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a square root of some thousands")]
    let columns = (shown.len() as f32).sqrt().ceil().max(1.0) as usize;
    let rows = shown.len().div_ceil(columns);
    let (across, down) = (side as f32 + GAP, side as f32 + GAP + CAPTION);
    let top = 32.0;
    let mut shapes = vec![Shape::Label(Label {
        text: title.to_owned(),
        x: GAP,
        y: 21.0,
        size: 15.0,
        anchor: Anchor::Start,
        is_bold: true,
        turned_deg: 0.0,
        ink: theme.text(),
    })];
    for (at, picture) in shown.iter().enumerate() {
        let x = GAP + (at % columns) as f32 * across;
        let y = top + (at / columns) as f32 * down;
        let frame = Frame { x, y, width: side as f32, height: side as f32 };
        let label = |text: &str, x: f32, y: f32, room: f32| {
            Shape::Label(Label {
                text: fitted(text, SMALL, room),
                x,
                y,
                size: SMALL,
                anchor: Anchor::Start,
                is_bold: false,
                turned_deg: 0.0,
                ink: theme.muted(),
            })
        };
        match &picture.picture {
            Ok(image) => shapes.push(Shape::Picture(Arc::clone(image), frame)),
            Err(reason) => {
                shapes.push(Shape::Rectangle(frame, theme.hairline()));
                shapes.push(label(reason, x + 4.0, y + side as f32 / 2.0, side as f32 - 8.0));
            }
        }
        let line = y + side as f32 + 14.0;
        shapes.push(Shape::Circle((x + 4.0, line - 4.0), 3.5, Ink::opaque(picture.color)));
        shapes.push(label(&picture.caption, x + 12.0, line, side as f32 - 12.0));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousand pixels")]
    let size = |length: f32| length.ceil() as u32;
    Figure {
        width: size(GAP + columns as f32 * across).max(240),
        height: size(top + rows as f32 * down),
        title: title.to_owned(),
        paper: theme.paper(),
        layers: vec![(None, shapes)],
    }
}

#[cfg(test)]
mod tests {
    use super::super::figure_picture;
    use super::*;

    #[test]
    fn each_picture_stands_in_its_place() {
        let red = RgbaImage::new(2, 2, [255, 0, 0, 255].repeat(4)).unwrap();
        let picture = |result| SheetPicture { picture: result, caption: "dam".into(), color: [1, 2, 3] };
        let none = || picture(Err("no data".to_owned()));
        let sheet = contact_sheet("Chips", &[none(), picture(Ok(Arc::new(red))), none()], 64, FigureTheme::Light);
        let page = figure_picture(&sheet, 1.0).unwrap();
        assert_eq!(page.pixel(8 + 72 + 32, 32 + 32), Some([255, 0, 0, 255]), "the second of the first row");
        assert_ne!(page.pixel(8 + 32, 32 + 32), Some([255, 0, 0, 255]));
        assert_eq!(page.height, 32 + 2 * 92, "two rows");
    }

    #[test]
    fn more_than_fit_are_left_out() {
        let picture = SheetPicture { picture: Err(String::new()), caption: String::new(), color: [0; 3] };
        let many = vec![picture; sheet_capacity(256) + 10];
        let sheet = contact_sheet("Chips", &many, 256, FigureTheme::Dark);
        assert!(f64::from(sheet.width) * f64::from(sheet.height) < 80e6);
    }
}
