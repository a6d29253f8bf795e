//! Every thread, queue, priority and cancellation.
