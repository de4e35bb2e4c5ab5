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
import io.github.subquad.GradientEngine;
import io.github.subquad.Kernel;
import io.github.subquad.Merge;

import java.util.function.Consumer;
import java.util.function.Function;

/** Attention on one device through TornadoVM. */
final class TornadoEngine implements AttentionEngine {
    private final Device device;
    private final DeviceTraits traits;
    private final AttentionOptions options;
    private final KernelStep step;
    private final DevicePlanner planner;
    private final DevicePrograms programs;
    private final TornadoGradients gradients;

    TornadoEngine(Device device, DeviceTraits traits, AttentionOptions options) {
        this.device = device;
        this.traits = traits;
        this.options = options;
        step = KernelStep.of(options, traits);
        planner = new DevicePlanner(traits, options);
        programs = new DevicePrograms(traits, planner);
        gradients = new TornadoGradients(this, traits, options, planner, programs);
    }

    @Override
    public Device device() {
        return device;
    }

    /** How a call is cut that keeps nothing. */
    Layout layout(AttentionShape shape) {
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
        Layout taken = programs.taken(layout);
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

    private <T> T run(
            AttentionInputs in, Layout planned, boolean timed, Function<DeviceCall, T> work) {
        return programs.run(
                planned,
                in.mask() != null,
                timed,
                (layout, program) ->
                        work.apply(new DeviceCall(in, layout, (ForwardProgram) program)));
    }

    @Override
    public GradientEngine gradients() {
        return gradients;
    }

    @Override
    public long peakDeviceBytes() {
        return programs.peakDeviceBytes();
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
