package io.github.subquad.peers;

import io.github.subquad.tensor.Tensor;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Reads tensors from the first byte to the last and adds up what it finds, each thread an equal
 * part: the memory bandwidth that any computation over them can hope for.
 */
final class PlainRead implements AutoCloseable {
    private static final VectorSpecies<Float> SPECIES = Lanes.species();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /** Bytes of a call of the inner loop: few enough for it to be entered often and so compiled. */
    private static final long BLOCK = 1 << 20;

    private final Team team;
    private final List<MemorySegment> segments;

    PlainRead(int threads, Tensor... tensors) {
        team = new Team(threads);
        segments =
                List.of(tensors).stream()
                        .map(t -> t.segment().asSlice(t.byteOffset(), bytes(t)))
                        .toList();
    }

    private static long bytes(Tensor tensor) {
        return tensor.elements() * tensor.dataType().bytes();
    }

    float run() {
        return team.run(part -> () -> readPart(part));
    }

    private float readPart(int part) {
        float sum = 0;
        for (MemorySegment segment : segments) {
            long blocks = segment.byteSize() / BLOCK;
            long first = blocks * part / team.threads();
            long last = blocks * (part + 1) / team.threads();
            for (long block = first; block < last; block++) {
                sum += readBlock(segment, block * BLOCK);
            }
        }
        return sum;
    }

    /** What a call reads: whole blocks. */
    long bytesRead() {
        return segments.stream().mapToLong(s -> s.byteSize() / BLOCK * BLOCK).sum();
    }

    private static float readBlock(MemorySegment segment, long from) {
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        int step = SPECIES.vectorByteSize();
        long end = from + BLOCK;
        for (long at = from; at < end; at += 4L * step) {
            a = a.add(FloatVector.fromMemorySegment(SPECIES, segment, at, ORDER));
            b = b.add(FloatVector.fromMemorySegment(SPECIES, segment, at + step, ORDER));
            c = c.add(FloatVector.fromMemorySegment(SPECIES, segment, at + 2L * step, ORDER));
            d = d.add(FloatVector.fromMemorySegment(SPECIES, segment, at + 3L * step, ORDER));
        }
        return a.add(b).add(c.add(d)).lane(0);
    }

    @Override
    public void close() {
        team.close();
    }
}
