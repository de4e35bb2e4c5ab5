package io.github.subquad.cli;

import io.github.subquad.Attention;
import io.github.subquad.AttentionOptions;
import io.github.subquad.ChunkPlan;
import io.github.subquad.MemoryBudget;
import io.github.subquad.imaging.Denoising;
import io.github.subquad.imaging.NonLocalMeans;
import io.github.subquad.imaging.Picture;
import io.github.subquad.imaging.PictureFile;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/** A picture in, the picture without its noise out. */
@Command(
        name = "denoise",
        header = "Remove noise from a picture: non-local means over all its pixels.",
        description = {
            "Every pixel becomes the mean of all pixels, weighted by how alike their surroundings"
                + " are: self-attention with a token for each pixel, computed exactly. Time grows"
                + " with the square of the number of pixels.",
            "The noise is estimated from the picture. The result is a PNG file of the same size and"
                    + " depth, with the same alpha; it appears only when it is whole.",
        },
        footer = {
            "  subquad denoise noisy.png clean.png",
            "  subquad denoise photo.jpg photo.png --strength 0.7 --threads 1",
        })
final class DenoiseCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "PICTURE", description = "PNG, JPEG, GIF, BMP or TIFF.")
    @SuppressWarnings("NullAway.Init") // set by picocli, which insists on it
    private Path input;

    @Parameters(index = "1", paramLabel = "RESULT.png", description = "Where the result goes.")
    @SuppressWarnings("NullAway.Init") // set by picocli, which insists on it
    private Path output;

    @Option(
            names = "--strength",
            paramLabel = "FACTOR",
            description = "More than 1 smooths more, less keeps more (default: 1).")
    private double strength = NonLocalMeans.DEFAULTS.strength();

    @Option(
            names = "--patch",
            paramLabel = "PIXELS",
            description = "Side of the square that is compared, odd (default: 5).")
    private int patch = NonLocalMeans.DEFAULTS.patch();

    @Mixin private final DeviceOptions deviceOptions = new DeviceOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        NonLocalMeans means = means();
        checkOutput();
        Picture noisy = PictureFile.read(input);
        Denoising denoising = means.of(noisy);
        try (var progress = new TerminalProgress("denoise");
                var attention =
                        deviceOptions.open(
                                denoising
                                        .options(
                                                AttentionOptions.builder()
                                                        .progress(progress)
                                                        .build())
                                        .toBuilder())) {
            PrintWriter out = spec.commandLine().getOut();
            print(noisy, denoising, attention, out);
            long start = System.nanoTime();
            Picture denoised = denoising.denoise(attention);
            double seconds = 1e-9 * (System.nanoTime() - start);
            PictureFile.write(denoised, output);
            out.printf(Locale.ROOT, "%-13s %.2f s%n", "time", seconds);
            out.printf("%-13s %s%n", "written", output);
        }
        return 0;
    }

    private NonLocalMeans means() {
        try {
            return new NonLocalMeans(patch, strength);
        } catch (IllegalArgumentException e) {
            throw new UsageException(e);
        }
    }

    private void checkOutput() throws IOException {
        try {
            PictureFile.checkTarget(output);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    /** What is about to be done, before it takes its time. */
    private void print(Picture noisy, Denoising denoising, Attention attention, PrintWriter out) {
        ChunkPlan plan = EngineOptions.plan(attention::plan, denoising.shape());
        String text = "%-13s %s%n";
        out.printf(
                "%-13s %s: %d x %d, %s%n",
                "picture",
                input,
                noisy.width(),
                noisy.height(),
                noisy.colours() == 1 ? "grey" : "red, green, blue");
        out.printf(
                Locale.ROOT,
                "%-13s sigma %.1f of %d, estimated; h %.1f%n",
                "noise",
                denoising.sigma() * noisy.maxSample(),
                noisy.maxSample(),
                denoising.h() * noisy.maxSample());
        out.printf(
                "%-13s %d, each of %d channels: %d x %d pixels of %d colours, and their norm%n",
                "tokens",
                noisy.pixels(),
                denoising.shape().channels(),
                patch,
                patch,
                noisy.colours());
        out.printf(text, "device", attention.device().address());
        out.printf(text, "tensors", MemoryBudget.format(denoising.tensorBytes()));
        out.printf(
                "%-13s %s, where the score matrix would take %s%n",
                "extra memory",
                MemoryBudget.format(plan.extraBytes()),
                MemoryBudget.format(denoising.shape().scoreMatrixBytes()));
        out.flush();
    }
}
