package io.github.subquad.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file in memory, read only, as long as it is open. Of any size: nothing is read before it is
 * used.
 */
final class MappedFile implements AutoCloseable {
    private final Path path;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment bytes;

    private MappedFile(Path path) throws TensorFileException {
        this.path = path;
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (IOException e) {
            arena.close();
            throw TensorFileException.of(path, e);
        }
    }

    static MappedFile open(Path path) throws TensorFileException {
        FormatLimits.requireLittleEndian(path);
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new TensorFileException(path, -1, "expected a regular file to map into memory");
        }
        return new MappedFile(path);
    }

    Path path() {
        return path;
    }

    MemorySegment bytes() {
        return bytes;
    }

    long size() {
        return bytes.byteSize();
    }

    TensorFileException error(long offset, String reason) {
        return new TensorFileException(path, offset, reason);
    }

    /** Unmaps the file; does nothing the second time. */
    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
