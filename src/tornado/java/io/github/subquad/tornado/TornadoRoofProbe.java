package io.github.subquad.tornado;

import io.github.subquad.Device;
import io.github.subquad.RoofProbe;

import org.jspecify.annotations.Nullable;

import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

import java.util.concurrent.Callable;

/** What one device can do at most through TornadoVM; each part is compiled when first asked for. */
final class TornadoRoofProbe implements RoofProbe {
    private static final long BYTES_OF_PROCESSORS = 256L << 20;
    private static final long BYTES_OF_GPUS = 512L << 20;

    private final Device device;
    private final DeviceTraits traits;
    private final long arrayBytes;
    private @Nullable RoofChains chains;
    private @Nullable RoofMemory memory;
    private @Nullable TaskPlan trip;

    TornadoRoofProbe(Device device, DeviceTraits traits) {
        this(device, traits, traits.isProcessor() ? BYTES_OF_PROCESSORS : BYTES_OF_GPUS);
    }

    /** With arrays of at most so many bytes, two of them. */
    TornadoRoofProbe(Device device, DeviceTraits traits, long arrayBytes) {
        this.device = device;
        this.traits = traits;
        this.arrayBytes = arrayBytes;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public Work multiplyAdd() {
        if (chains == null) {
            chains = guard("chains", () -> new RoofChains(traits));
        }
        return chains.run();
    }

    @Override
    public Work copy() {
        return memory().copy();
    }

    @Override
    public Work read() {
        return memory().read();
    }

    private RoofMemory memory() {
        if (memory == null) {
            memory = guard("copy", () -> new RoofMemory(traits, arrayBytes));
        }
        return memory;
    }

    /** A number goes to the device, is made one greater, and comes back. */
    @Override
    public Work roundTrip() {
        if (trip == null) {
            trip = guard("trip", this::buildTrip);
            trip.run("trip"); // compiles
        }
        long start = System.nanoTime();
        trip.run("trip");
        return new Work(1, Math.max(1, System.nanoTime() - start));
    }

    private TaskPlan buildTrip() {
        var number = new FloatArray(1);
        var builder = new TaskPlan.Builder(traits);
        builder.graph("trip")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, number)
                .task("addOne", RoofKernels::addOne, number)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, number);
        return builder.grid("addOne", 1, 1, 1, 1).build();
    }

    private <T> T guard(String work, Callable<T> action) {
        return DeviceFailure.guard(traits, work, action);
    }

    @Override
    public void close() {
        if (chains != null) {
            chains.close();
            chains = null;
        }
        if (memory != null) {
            memory.close();
            memory = null;
        }
        if (trip != null) {
            trip.close();
            trip = null;
        }
    }
}
