//! The domain of detections: classes, filters, selection, matching a target to its image.
