package io.github.subquad.bench;

import java.io.IOException;
import java.nio.file.Path;

/** A file of results or workloads that cannot be read, or is something else. */
public final class ResultFileException extends IOException {
    private static final long serialVersionUID = 1;

    ResultFileException(Path file, String reason) {
        super(file + ": " + reason);
    }
}
