//! A macro for tables of metrics: their names are seen by operators, as those of fields by clients.

/// Defines a constant for the name of each metric, and the function `describe`, which gives their
/// descriptions to the recorder. A kind is `counter`, `gauge` or `seconds`, a histogram.
#[macro_export]
macro_rules! metrics_table {
    ($($constant:ident $kind:ident $name:literal $description:literal;)*) => {
        $(const $constant: &str = $name;)*

        /// Describes the metrics to the recorder.
        pub fn describe() {
            $($crate::metrics_table!(@describe $kind $constant $description);)*
        }
    };
    (@describe counter $name:ident $description:literal) => {
        ::metrics::describe_counter!($name, $description)
    };
    (@describe gauge $name:ident $description:literal) => {
        ::metrics::describe_gauge!($name, $description)
    };
    (@describe seconds $name:ident $description:literal) => {
        ::metrics::describe_histogram!($name, ::metrics::Unit::Seconds, $description)
    };
}
