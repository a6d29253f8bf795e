//! The command line: arguments parsed once into what the program uses, one file a subcommand.
