/** The command line: one class a command, which parses, calls the library and prints. */
@NullMarked
package io.github.subquad.cli;

import org.jspecify.annotations.NullMarked;
