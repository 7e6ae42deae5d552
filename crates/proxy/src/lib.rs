//! Small models that are trained in the process, without downloads, to measure what a data set teaches.
