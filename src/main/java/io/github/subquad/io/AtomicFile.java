package io.github.subquad.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes a file whole or not at all: beside its target first, then moved into place. */
final class AtomicFile {
    /** Writes what the file is to hold; if it throws, there will be no file. */
    @FunctionalInterface
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    private AtomicFile() {}

    static void write(Path target, Content content) throws TensorFileException {
        try {
            Path place = place(target);
            Path temporary = place.resolveSibling(".subquad-" + UUID.randomUUID() + ".tmp");
            try {
                fill(target, temporary, content);
                Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw TensorFileException.of(target, e);
        }
    }

    /** Where the target is, behind links, once it is known to be a place for a file. */
    private static Path place(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            throw new TensorFileException(target, -1, "expected a file to write, got a directory");
        }
        boolean exists = Files.exists(target);
        if (exists && !Files.isRegularFile(target)) {
            throw new TensorFileException(target, -1, "expected a regular file to write");
        }
        if (exists && !Files.isWritable(target)) {
            throw new TensorFileException(target, -1, "the file is there and is write-protected");
        }
        return exists ? target.toRealPath() : target.toAbsolutePath();
    }

    private static void fill(Path target, Path temporary, Content content) throws IOException {
        try (var channel = create(target, temporary)) {
            content.writeTo(channel);
            channel.force(false);
        }
    }

    private static FileChannel create(Path target, Path temporary) throws TensorFileException {
        try {
            return FileChannel.open(
                    temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            Path directory = temporary.resolveSibling("");
            String reason =
                    Files.isDirectory(directory)
                            ? "cannot write in directory %s: %s"
                                    .formatted(directory, TensorFileException.explain(e))
                            : "there is no directory %s".formatted(directory);
            throw new TensorFileException(target, -1, reason, e);
        }
    }
}
