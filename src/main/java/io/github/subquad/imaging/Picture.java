package io.github.subquad.imaging;

import io.github.subquad.tensor.Tensor;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;

/**
 * A grey or red-green-blue picture of 8 or 16 bits a sample, with or without alpha. Samples are
 * read as they are stored: a filter of noise has no use for another colour space.
 */
public final class Picture {
    private final BufferedImage image;
    private final int colours;
    private final int maxSample;
    private final float[] samples; // [height, width, colours], 0 to 1

    private Picture(BufferedImage image) {
        this.image = image;
        this.colours = image.getColorModel().getNumColorComponents();
        this.maxSample = (1 << image.getColorModel().getComponentSize(0)) - 1;
        this.samples = new float[pixels() * colours];
        int at = 0;
        for (int y = 0; y < height(); y++) {
            for (int x = 0; x < width(); x++) {
                for (int colour = 0; colour < colours; colour++) {
                    int sample = image.getRaster().getSample(x, y, colour);
                    samples[at++] = (float) sample / maxSample;
                }
            }
        }
    }

    /**
     * The picture in an image; palettes, packed samples and other colour spaces become 8-bit RGB.
     *
     * @param image any image
     * @return the picture, which later changes of the image may not reach
     */
    public static Picture of(BufferedImage image) {
        return new Picture(isPlain(image.getColorModel()) ? image : converted(image));
    }

    /** One number a sample, all of one size, in the order of the colours. */
    private static boolean isPlain(ColorModel model) {
        int bits = model.getComponentSize(0);
        for (int size : model.getComponentSize()) {
            if (size != bits) {
                return false;
            }
        }
        int type = model.getColorSpace().getType();
        return !(model instanceof IndexColorModel)
                && !model.isAlphaPremultiplied()
                && (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB)
                && (bits == 8 || bits == 16 && model.getTransferType() == DataBuffer.TYPE_USHORT);
    }

    private static BufferedImage converted(BufferedImage image) {
        boolean alpha = image.getColorModel().hasAlpha();
        int type = alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
        var converted = new BufferedImage(image.getWidth(), image.getHeight(), type);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                converted.setRGB(x, y, image.getRGB(x, y));
            }
        }
        return converted;
    }

    /**
     * The picture as Java knows it.
     *
     * @return an image, not to be written to
     */
    public BufferedImage image() {
        return image;
    }

    /**
     * Pixels of a row.
     *
     * @return at least 1
     */
    public int width() {
        return image.getWidth();
    }

    /**
     * Rows.
     *
     * @return at least 1
     */
    public int height() {
        return image.getHeight();
    }

    /**
     * All pixels; pixel (x, y) has the number y·width + x.
     *
     * @return width × height
     */
    public int pixels() {
        return width() * height();
    }

    /**
     * Samples of a pixel, alpha not counted.
     *
     * @return 1 for grey, 3 for red, green, blue
     */
    public int colours() {
        return colours;
    }

    /**
     * The greatest value that a sample can be stored as.
     *
     * @return 255 or 65535
     */
    public int maxSample() {
        return maxSample;
    }

    /**
     * One sample.
     *
     * @param x column, from 0 at the left
     * @param y row, from 0 at the top
     * @param colour 0 to colours − 1
     * @return 0 to 1
     */
    public float sample(int x, int y, int colour) {
        return samples[(y * width() + x) * colours + colour];
    }

    /**
     * This picture in other colours; alpha stays as it is.
     *
     * @param values {@code [1, pixels, colours]}, rounded to the samples' depth and cut to 0 … 1
     * @return a new picture
     */
    Picture withColours(Tensor values) {
        WritableRaster raster = image.getRaster().createCompatibleWritableRaster();
        raster.setRect(image.getRaster()); // brings the alpha
        float[] all = values.toFloatArray();
        for (int i = 0; i < all.length; i++) {
            int pixel = i / colours;
            int sample = Math.round(Math.clamp(all[i], 0, 1) * maxSample);
            raster.setSample(pixel % width(), pixel / width(), i % colours, sample);
        }
        return new Picture(new BufferedImage(image.getColorModel(), raster, false, null));
    }
}
