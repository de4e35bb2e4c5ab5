package io.github.subquad.imaging;

import io.github.subquad.io.AtomicFile;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Pictures from files of any format that Java reads, and to PNG files. */
public final class PictureFile {
    /** 4096 × 4096: comparing all its pixels with each other takes days as it is. */
    static final long MAX_PIXELS = 1 << 24;

    private PictureFile() {}

    /**
     * Reads a picture; of an animation the first.
     *
     * @param file PNG, JPEG, GIF, BMP, TIFF, …
     * @return the picture
     * @throws IOException if there is no such file, it is no picture or has more than 2²⁴ pixels
     */
    public static Picture read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": expected a picture, got a directory");
        }
        try (var bytes = Files.newInputStream(file);
                var stream = new MemoryCacheImageInputStream(bytes)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw new IOException(
                        file + ": not a picture of a format that Java reads, such as PNG or JPEG");
            }
            ImageReader reader = readers.next();
            try {
                return Picture.of(decode(file, reader, stream));
            } finally {
                reader.dispose();
            }
        }
    }

    private static BufferedImage decode(Path file, ImageReader reader, ImageInputStream stream)
            throws IOException {
        int width;
        int height;
        try {
            reader.setInput(stream, true, true);
            width = reader.getWidth(0);
            height = reader.getHeight(0);
            if ((long) width * height <= MAX_PIXELS) {
                return reader.read(0);
            }
        } catch (IOException | RuntimeException e) { // of hostile files, readers throw anything
            throw new IOException("%s: a broken picture: %s".formatted(file, e.getMessage()), e);
        }
        throw new IOException(
                "%s: expected at most %d pixels, got %d by %d"
                        .formatted(file, MAX_PIXELS, width, height));
    }

    /**
     * Finds out before the work what would be in the way of {@link #write}.
     *
     * @param file where a picture is to go
     * @throws IllegalArgumentException if its name does not end in {@code .png}, in any case
     * @throws IOException if it is a directory, or in a directory that is not there
     */
    public static void checkTarget(Path file) throws IOException {
        String name = file.toString();
        if (!name.regionMatches(true, name.length() - 4, ".png", 0, 4)) {
            throw new IllegalArgumentException(
                    "%s: expected a name that ends in .png".formatted(file));
        }
        AtomicFile.check(file);
    }

    /**
     * Writes a picture as PNG, whole or not at all: beside its target first, then moved into place.
     *
     * @param picture what to write
     * @param file replaced if it is there
     * @throws IllegalArgumentException as for {@link #checkTarget}
     * @throws IOException if the file cannot be written
     */
    public static void write(Picture picture, Path file) throws IOException {
        checkTarget(file);
        AtomicFile.write(file, to -> encode(picture, file, Channels.newOutputStream(to)));
    }

    private static void encode(Picture picture, Path file, OutputStream stream) throws IOException {
        ImageIO.setUseCache(false);
        if (!ImageIO.write(picture.image(), "png", stream)) {
            throw new IOException(file + ": Java's PNG writer does not take this kind of picture");
        }
    }
}
