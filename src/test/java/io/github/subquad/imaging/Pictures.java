package io.github.subquad.imaging;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.util.Random;

/** Pictures of every kind for tests. */
final class Pictures {
    private Pictures() {}

    /** An image of nothing, of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) bands. */
    static BufferedImage blank(int width, int height, int bands, int bits) {
        boolean alpha = bands % 2 == 0;
        var model =
                new ComponentColorModel(
                        ColorSpace.getInstance(bands < 3 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB),
                        alpha,
                        false,
                        alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
                        bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT);
        WritableRaster raster = model.createCompatibleWritableRaster(width, height);
        return new BufferedImage(model, raster, false, null);
    }

    /** Any number in any sample, alpha included. */
    static BufferedImage random(int width, int height, int bands, int bits, long seed) {
        var random = new Random(seed);
        return filled(blank(width, height, bands, bits), (_, _, _) -> random.nextInt(1 << bits));
    }

    /** One number in all samples. */
    static BufferedImage constant(int width, int height, int bands, int sample) {
        return filled(blank(width, height, bands, 8), (_, _, _) -> sample);
    }

    /** What a picture is made of. */
    interface Samples {
        int at(int x, int y, int band);
    }

    static BufferedImage filled(BufferedImage image, Samples samples) {
        WritableRaster raster = image.getRaster();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                for (int band = 0; band < raster.getNumBands(); band++) {
                    raster.setSample(x, y, band, samples.at(x, y, band));
                }
            }
        }
        return image;
    }

    /** Peak signal to noise ratio in dB, over all colours. */
    static double psnr(Picture picture, Picture truth) {
        double sum = 0;
        for (int y = 0; y < truth.height(); y++) {
            for (int x = 0; x < truth.width(); x++) {
                for (int c = 0; c < truth.colours(); c++) {
                    double error = picture.sample(x, y, c) - (double) truth.sample(x, y, c);
                    sum += error * error;
                }
            }
        }
        return -10 * Math.log10(sum / (truth.pixels() * truth.colours()));
    }
}
