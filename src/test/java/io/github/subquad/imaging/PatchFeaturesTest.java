package io.github.subquad.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatchFeaturesTest {
    @ParameterizedTest(name = "index {0} of {1} pixels is pixel {2}")
    @CsvSource({
        "0, 5, 0",
        "4, 5, 4",
        "-1, 5, 1",
        "-4, 5, 4",
        "-5, 5, 3",
        "5, 5, 3",
        "8, 5, 0",
        "9, 5, 1",
        "-1, 1, 0",
        "7, 1, 0",
        "-1, 2, 1",
        "2, 2, 0",
        "10, 3, 2"
    })
    void theBorderIsAMirrorThatStandsOnTheLastPixel(int index, int size, int pixel) {
        assertThat(PatchFeatures.mirrored(index, size)).isEqualTo(pixel);
    }

    @Test
    @DisplayName("patches at the border are those of the picture grown by its mirror image, seed 4")
    void patchesAtTheBorderAreThoseOfThePictureGrownByItsMirrorImage() {
        var picture = Picture.of(Pictures.random(6, 7, 3, 8, 4));
        var raster = picture.image().getRaster();
        var grown =
                Picture.of(
                        Pictures.filled(
                                Pictures.blank(6 + 4, 7 + 4, 3, 8),
                                (x, y, c) ->
                                        raster.getSample(
                                                reflected(x - 2, 6), reflected(y - 2, 7), c)));

        for (int y = 0; y < 7; y++) {
            for (int x = 0; x < 6; x++) {
                assertThat(distance(picture, x, y, 3, 3))
                        .as("pixel (%d, %d)", x, y)
                        .isCloseTo(distance(grown, x + 2, y + 2, 5, 5), within(1e-6));
            }
        }
    }

    private static int reflected(int i, int size) {
        return i < 0 ? -i : i >= size ? 2 * size - 2 - i : i;
    }

    @ParameterizedTest(name = "{0} bands")
    @ValueSource(ints = {1, 3})
    void patchesThatDifferByOneNumberEverywhereAreItsSquareApart(int bands) {
        var halves =
                Picture.of(
                        Pictures.filled(
                                Pictures.blank(20, 10, bands, 8), (x, _, _) -> x < 10 ? 51 : 204));

        assertThat(distance(halves, 4, 5, 15, 5)).isCloseTo(0.6 * 0.6, within(1e-6));
    }

    private static double distance(Picture picture, int x1, int y1, int x2, int y2) {
        float[] a = features(picture, x1, y1);
        float[] b = features(picture, x2, y2);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        return sum;
    }

    private static float[] features(Picture picture, int x, int y) {
        var features = new PatchFeatures(picture, 5);
        float[] row = new float[features.channels()];
        features.of(x, y, row, 0);
        return row;
    }
}
