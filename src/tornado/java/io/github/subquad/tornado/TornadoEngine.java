package io.github.subquad.tornado;

import io.github.subquad.AttentionEngine;
import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnChunk;
import io.github.subquad.CallTiming;
import io.github.subquad.ChunkPlan;
import io.github.subquad.Device;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Attention on one device through TornadoVM. */
final class TornadoEngine implements AttentionEngine {
    private static final System.Logger LOG = System.getLogger("io.github.subquad");

    private final Device device;
    private final DeviceTraits traits;
    private final AttentionOptions options;
    private final KernelStep step;
    private final DevicePlanner planner;
    private final PlanCache<Capacity, Program> programs;

    /** Smaller layouts in place of those that met a device that was full. */
    private final Map<Layout, Layout> shrunk = new ConcurrentHashMap<>();

    TornadoEngine(Device device, DeviceTraits traits, AttentionOptions options) {
        this.device = device;
        this.traits = traits;
        this.options = options;
        step = KernelStep.of(options, traits);
        planner = new DevicePlanner(traits, options);
        programs = new PlanCache<>(key -> compile(traits, key), planner.cacheBytes());
    }

    /** Task graphs for a capacity; TornadoVM looks at the kernels' code when a task is named. */
    static Program compile(DeviceTraits device, Capacity capacity) {
        return DeviceFailure.guard(
                device,
                "kernel step " + capacity.step().number(),
                () ->
                        switch (capacity.step()) {
                            case PLAIN -> new PlainProgram(device, capacity);
                            case TILED -> new TiledProgram(device, capacity);
                            case FUSED_ROWS, FUSED_TILES -> new FusedProgram(device, capacity);
                        });
    }

    @Override
    public Device device() {
        return device;
    }

    private Layout layout(AttentionShape shape) {
        return planner.layout(shape, step.takes(shape, options), options.merge());
    }

    @Override
    public ChunkPlan plan(AttentionShape shape) {
        return planner.plan(layout(shape));
    }

    @Override
    public void attend(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        Layout layout = layout(inputs.shape());
        boolean timed = options.timing().listens();
        CallTiming time;
        if (layout.merge() == Merge.HOST) {
            var merged = new HostMerge(timed);
            merged.attend(inputs, outputs, plan);
            time = merged.time;
        } else {
            time =
                    run(
                            inputs,
                            layout,
                            timed,
                            call -> {
                                call.attend(outputs);
                                return call.time();
                            });
        }
        Layout taken = shrunk.getOrDefault(layout, layout);
        FirstUse.check(traits, taken, inputs, outputs.output(), outputs.logSumExp(), options);
        if (timed) {
            options.timing().timed(time);
        }
    }

    @Override
    public AttnChunk summarizeChunk(AttentionInputs chunk) {
        return summarize(chunk, false, time -> {});
    }

    /** In the staged form whatever the engine's own: a fused kernel keeps no sums. */
    private AttnChunk summarize(AttentionInputs chunk, boolean timed, Consumer<CallTiming> timing) {
        KernelStep staged = step.kernel() == Kernel.STAGED ? step : KernelStep.TILED;
        return run(
                chunk,
                planner.layout(chunk.shape(), staged, Merge.DEVICE),
                timed,
                call -> {
                    AttnChunk sums = call.summarize();
                    timing.accept(call.time());
                    return sums;
                });
    }

    /** This engine under the orchestrator, which merges what comes back of each chunk. */
    private final class HostMerge implements AttentionEngine {
        private final boolean timed;
        private CallTiming time = CallTiming.ZERO;

        HostMerge(boolean timed) {
            this.timed = timed;
        }

        @Override
        public AttnChunk summarizeChunk(AttentionInputs chunk) {
            return summarize(chunk, timed, part -> time = time.plus(part));
        }

        @Override
        public Device device() {
            return device;
        }

        @Override
        public ChunkPlan plan(AttentionShape shape) {
            return TornadoEngine.this.plan(shape);
        }

        @Override
        public long peakBytes() {
            return programs.peakBytes();
        }

        @Override
        public void close() {}
    }

    /**
     * Runs a call. Where a buffer does not fit, what is at rest on the device goes first; if there
     * is nothing, the call begins again with smaller chunks. Nothing was written by then: a program
     * allocates all it needs before its first result.
     */
    private <T> T run(
            AttentionInputs in, Layout planned, boolean timed, Function<DeviceCall, T> work) {
        Layout layout = shrunk.getOrDefault(planned, planned);
        while (true) {
            try {
                return runOnce(in, layout, timed, work);
            } catch (DeviceFailure.OutOfMemory e) {
                if (programs.clear()) {
                    continue;
                }
                Layout smaller = planner.smaller(layout);
                if (smaller == null) {
                    throw e;
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}; going on with smaller chunks",
                        e.getMessage());
                layout = smaller;
                shrunk.put(planned, smaller);
            }
        }
    }

    private <T> T runOnce(
            AttentionInputs in, Layout layout, boolean timed, Function<DeviceCall, T> work) {
        Capacity capacity = layout.capacity(in.mask() != null);
        Program program = programs.borrow(capacity, capacity.bytes());
        boolean whole = false;
        try {
            program.tasks().profile(timed);
            T result = work.apply(new DeviceCall(in, layout, program));
            whole = true;
            return result;
        } finally {
            if (whole) {
                programs.giveBack(capacity, program);
            } else {
                programs.discard(capacity, program);
            }
        }
    }

    /** Every array of a program lies on the device and on the host. */
    @Override
    public long peakDeviceBytes() {
        return programs.peakBytes() / 2;
    }

    @Override
    public long peakBytes() {
        return programs.peakBytes();
    }

    @Override
    public void close() {
        programs.close();
    }
}
