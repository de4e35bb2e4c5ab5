package io.github.subquad.bench;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.random.RandomGenerator.SplittableGenerator;
import java.util.stream.IntStream;

/**
 * Numbers of mean 0 and variance 1. Each block of a tensor has a random source of its own, split
 * off in order, so that all processors fill it and the numbers depend on the seed alone.
 */
public final class Gaussians {
    private static final int BLOCK = 1 << 16;

    private Gaussians() {}

    /**
     * Fills a tensor.
     *
     * @param tensor contiguous, of a number type, in memory that all threads may write
     * @param seed of the numbers
     */
    public static void fill(Tensor tensor, long seed) {
        int blocks = Math.toIntExact(Math.ceilDiv(tensor.elements(), (long) BLOCK));
        List<SplittableGenerator> sources = new SplittableRandom(seed).splits(blocks).toList();
        IntStream.range(0, blocks)
                .parallel()
                .forEach(block -> fill(tensor, block, sources.get(block)));
    }

    private static void fill(Tensor tensor, int block, RandomGenerator source) {
        long start = (long) block * BLOCK;
        var numbers = new float[(int) Math.min(BLOCK, tensor.elements() - start)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) source.nextGaussian();
        }
        DataType type = tensor.dataType();
        MemorySegment segment = tensor.segment();
        long at = tensor.byteOffset() + start * type.bytes();
        if (type == DataType.F32) {
            MemorySegment.copy(
                    numbers, 0, segment, ValueLayout.JAVA_FLOAT_UNALIGNED, at, numbers.length);
            return;
        }
        for (int i = 0; i < numbers.length; i++) {
            type.write(segment, at + (long) i * type.bytes(), numbers[i]);
        }
    }
}
