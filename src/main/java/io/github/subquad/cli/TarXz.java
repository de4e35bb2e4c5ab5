package io.github.subquad.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.List;

/** Writes archives that {@code tar xf} unpacks. */
final class TarXz {
    /** The one folder that an archive unpacks to. */
    private static final String FOLDER = "subquad-bundle/";

    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;

    private TarXz() {}

    /** Writes all files, readable by everybody and owned by whoever unpacks them. */
    @SuppressWarnings("resource") // the channel stays open for its owner
    static void write(List<PackedFile> files, FileChannel channel) throws IOException {
        var buffer = new BufferedOutputStream(Channels.newOutputStream(channel));
        var xz = new XZOutputStream(buffer, new LZMA2Options());
        var tar = new TarArchiveOutputStream(xz, UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        for (PackedFile packed : files) {
            var entry = new TarArchiveEntry(FOLDER + packed.name());
            entry.setSize(Files.size(packed.file()));
            entry.setMode(Files.isExecutable(packed.file()) ? EXECUTABLE : READABLE);
            tar.putArchiveEntry(entry);
            Files.copy(packed.file(), tar);
            tar.closeArchiveEntry();
        }
        tar.finish();
        tar.flush();
        xz.finish();
        buffer.flush();
    }
}
