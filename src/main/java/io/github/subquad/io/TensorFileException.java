package io.github.subquad.io;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A tensor file that cannot be read or written. The message is one line: the file, the byte where
 * the trouble lies if there is one, and the reason with its remedy.
 */
public final class TensorFileException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient Path file;

    /** Where in the file, in bytes, or −1. */
    private final long offset;

    /** What is wrong there. */
    private final String reason;

    TensorFileException(Path file, long offset, String reason, @Nullable Throwable cause) {
        super(file + ": " + (offset < 0 ? "" : "at byte " + offset + ": ") + reason, cause);
        this.file = file;
        this.offset = offset;
        this.reason = reason;
    }

    TensorFileException(Path file, long offset, String reason) {
        this(file, offset, reason, null);
    }

    /** Trouble with the whole file, as the file system tells it, put in words. */
    static TensorFileException of(Path file, IOException trouble) {
        if (trouble instanceof TensorFileException known) {
            return known;
        }
        return new TensorFileException(file, -1, explain(trouble), trouble);
    }

    static String explain(IOException trouble) {
        return switch (trouble) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            case ClosedByInterruptException _ -> "interrupted";
            case FileSystemException e when e.getReason() != null -> e.getReason();
            default -> String.valueOf(trouble.getMessage());
        };
    }

    /**
     * The file.
     *
     * @return its path as the caller gave it
     */
    public Path file() {
        return file;
    }

    /**
     * Where in the file the trouble lies.
     *
     * @return offset in bytes from the file's start, or −1 if the trouble is no single place
     */
    public long offset() {
        return offset;
    }

    /**
     * What is wrong and, where there is one, the remedy.
     *
     * @return one line without the file's name
     */
    public String reason() {
        return reason;
    }
}
