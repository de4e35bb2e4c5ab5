package io.github.subquad.io;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;

/** Writes a file whole or not at all: beside its target first, then moved into place. */
public final class AtomicFile {
    /** Writes what a file is to hold. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes everything.
         *
         * @param channel an empty file
         * @throws IOException if that fails; there will be no file then
         */
        void writeTo(FileChannel channel) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Finds out, before the work, what would be in the way of {@link #write}.
     *
     * @param target where a file is to go
     * @throws TensorFileException if it is no place for a file
     */
    public static void check(Path target) throws TensorFileException {
        try {
            Path directory = place(target).resolveSibling("");
            if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
                throw new TensorFileException(target, -1, trouble(directory));
            }
        } catch (IOException e) {
            throw TensorFileException.of(target, e);
        }
    }

    /**
     * Writes a file, replacing it if it is there.
     *
     * @param target where it goes; behind a link, the link stays
     * @param content what it is to hold
     * @throws TensorFileException if it cannot be written; nothing is left behind then
     */
    public static void write(Path target, Content content) throws TensorFileException {
        write(Map.of(target, content));
    }

    /**
     * Writes files that belong together, replacing those that are there: none appears before all
     * are whole.
     *
     * @param contents what each is to hold, by where it goes; no two in one place
     * @throws TensorFileException if one cannot be written; nothing is left behind then, unless it
     *     could be written and yet not be moved into place
     */
    public static void write(Map<Path, Content> contents) throws TensorFileException {
        write(contents.entrySet().iterator());
    }

    private static void write(Iterator<Map.Entry<Path, Content>> rest) throws TensorFileException {
        if (!rest.hasNext()) {
            return;
        }
        Map.Entry<Path, Content> first = rest.next();
        Path target = first.getKey();
        try {
            Path place = place(target);
            Path temporary = place.resolveSibling(".subquad-" + UUID.randomUUID() + ".tmp");
            try {
                fill(target, temporary, first.getValue());
                write(rest);
                Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw TensorFileException.of(target, e);
        }
    }

    /**
     * Writes a file of text in UTF-8, replacing it if it is there.
     *
     * @param target where it goes; behind a link, the link stays
     * @param text what it is to hold
     * @throws TensorFileException if it cannot be written; nothing is left behind then
     */
    public static void write(Path target, String text) throws TensorFileException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        write(target, channel -> Channels.newOutputStream(channel).write(bytes));
    }

    /** Where the target is, behind links, once it is known to be a place for a file. */
    private static Path place(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            throw new TensorFileException(target, -1, "expected a file to write, got a directory");
        }
        boolean exists = Files.exists(target);
        if (exists && !Files.isRegularFile(target) || isSystems(target)) {
            throw new TensorFileException(target, -1, "expected a regular file to write");
        }
        if (exists && !Files.isWritable(target)) {
            throw new TensorFileException(target, -1, "the file is there and is write-protected");
        }
        Path place = exists ? target.toRealPath() : target.toAbsolutePath();
        return Files.isSymbolicLink(place)
                ? place.resolveSibling(Files.readSymbolicLink(place)) // to nothing yet
                : place;
    }

    /** {@code /dev/stdout} may be a link to a regular file that others write to. */
    private static boolean isSystems(Path target) {
        Path path = target.toAbsolutePath().normalize();
        boolean device = path.startsWith("/dev") && !path.startsWith("/dev/shm");
        return device || path.startsWith("/proc");
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
            String why = Files.isDirectory(directory) ? ": " + TensorFileException.explain(e) : "";
            throw new TensorFileException(target, -1, trouble(directory) + why, e);
        }
    }

    private static String trouble(Path directory) {
        return Files.isDirectory(directory)
                ? "cannot write in directory " + directory
                : "there is no directory " + directory;
    }
}
