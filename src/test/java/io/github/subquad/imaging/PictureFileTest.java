package io.github.subquad.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;

import javax.imageio.ImageIO;

class PictureFileTest {
    private static final Picture SMALL = Picture.of(Pictures.constant(3, 3, 3, 1));

    @TempDir private Path folder;

    @ParameterizedTest(name = "{0} bands of {1} bits, seed 6")
    @CsvSource({"1, 8", "2, 8", "3, 8", "4, 8", "1, 16", "2, 16", "3, 16", "4, 16"})
    void aPngIsReadAsItWasWritten(int bands, int bits) throws IOException {
        BufferedImage image = Pictures.random(7, 5, bands, bits, 6);
        Path file = folder.resolve("picture.PNG");

        PictureFile.write(Picture.of(image), file);
        Picture read = PictureFile.read(file);

        assertThat(read.colours()).isEqualTo(bands < 3 ? 1 : 3);
        assertThat(read.maxSample()).isEqualTo((1 << bits) - 1);
        assertThat(samples(read.image())).isEqualTo(samples(image));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    private static int[] samples(BufferedImage image) {
        return image.getRaster().getPixels(0, 0, image.getWidth(), image.getHeight(), (int[]) null);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_BYTE_BINARY,
                BufferedImage.TYPE_BYTE_INDEXED,
                BufferedImage.TYPE_USHORT_565_RGB,
                BufferedImage.TYPE_4BYTE_ABGR_PRE,
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_INT_ARGB
            })
    void imagesOfOtherLayoutsKeepTheirColours(int type) {
        var image = new BufferedImage(2, 1, type);
        image.setRGB(0, 0, 0xFF000000);
        image.setRGB(1, 0, 0xFFFFFFFF);
        if (type != BufferedImage.TYPE_BYTE_BINARY) {
            image.setRGB(0, 0, 0xFFFF0033);
        }

        Picture picture = Picture.of(image);

        assertThat(picture.colours()).isEqualTo(3);
        for (int x = 0; x < 2; x++) {
            for (int colour = 0; colour < 3; colour++) {
                int expected = image.getRGB(x, 0) >> 16 - 8 * colour & 0xFF;
                assertThat(picture.sample(x, 0, colour)).isEqualTo(expected / 255f);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.jpg", "png", "a.png.bak", "a", ""})
    void anotherEndingThanPngIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PictureFile.checkTarget(Path.of(name)))
                .withMessage(name + ": expected a name that ends in .png");
    }

    @Test
    void aDirectoryIsNotReplaced() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("full.png"));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> PictureFile.write(SMALL, directory))
                .withMessage(directory + ": expected a file to write, got a directory");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aDirectoryThatIsNotThereIsNamed() {
        Path file = folder.resolve("none").resolve("a.png");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> PictureFile.write(SMALL, file))
                .withMessage("%s: there is no directory %s", file, file.getParent());
    }

    @Test
    void aPictureIsReplacedByItsSuccessor() throws IOException {
        Path file = Files.writeString(folder.resolve("a.png"), "of old");

        PictureFile.write(SMALL, file);

        assertThat(samples(PictureFile.read(file).image())).containsOnly(1);
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> PictureFile.read(folder.resolve("none.png")))
                .withMessageContaining("none.png");
    }

    @Test
    void aDirectoryIsNoPicture() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> PictureFile.read(folder))
                .withMessage(folder + ": expected a picture, got a directory");
    }

    @Test
    void textIsNoPicture() throws IOException {
        Path file = Files.writeString(folder.resolve("text.png"), "not a picture at all");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> PictureFile.read(file))
                .withMessageEndingWith(
                        "text.png: not a picture of a format that Java reads, such as PNG or JPEG");
    }

    @Test
    void aPngCutShortAnywhereIsABrokenPicture() throws IOException {
        Path whole = folder.resolve("whole.png");
        ImageIO.write(Pictures.random(9, 9, 3, 8, 8), "png", whole.toFile());
        byte[] bytes = Files.readAllBytes(whole);

        for (int length = 8; length < bytes.length - 20; length += 7) {
            Path cut = folder.resolve("cut.png");
            Files.write(cut, Arrays.copyOf(bytes, length));
            assertThatExceptionOfType(IOException.class)
                    .as("%d of %d bytes", length, bytes.length)
                    .isThrownBy(() -> PictureFile.read(cut))
                    .withMessageContaining("cut.png: a broken picture: ");
        }
    }

    @Test
    void aHeaderThatPromisesTooManyPixelsIsRefusedBeforeTheyTakeMemory() throws IOException {
        Path file = folder.resolve("huge.png");
        Files.write(file, pngHeader(1_000_000, 2_000_000));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> PictureFile.read(file))
                .withMessageEndingWith(
                        "huge.png: expected at most 16777216 pixels, got 1000000 by 2000000");
    }

    /** Signature and IHDR of an 8-bit RGB picture, then an empty IDAT. */
    private static byte[] pngHeader(int width, int height) {
        ByteBuffer png = ByteBuffer.allocate(8 + 25 + 12);
        png.putLong(0x89504E470D0A1A0AL);
        ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
        chunk(png, "IHDR", header.put(new byte[] {8, 2, 0, 0, 0}).array());
        chunk(png, "IDAT", new byte[0]);
        return png.array();
    }

    private static void chunk(ByteBuffer png, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var crc = new CRC32();
        crc.update(name);
        crc.update(data);
        png.putInt(data.length).put(name).put(data).putInt((int) crc.getValue());
    }
}
