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

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Attention on one device through TornadoVM. */
final class TornadoEngine implements AttentionEngine {
    private static final System.Logger LOG = System.getLogger("io.github.subquad");

    private final Device device;
    private final DeviceTraits traits;
    private final AttentionOptions options;
    private final KernelStep step;
    private final DevicePlanner planner;
    private final PlanCache programs;
    private final AtomicLong peakBytes = new AtomicLong();

    TornadoEngine(Device device, DeviceTraits traits, AttentionOptions options) {
        this.device = device;
        this.traits = traits;
        this.options = options;
        step = KernelStep.of(options, traits);
        planner = new DevicePlanner(traits, options);
        programs = new PlanCache(key -> compile(traits, key.layout(), key.masked()));
    }

    static Program compile(DeviceTraits device, Layout layout, boolean masked) {
        return switch (layout.step()) {
            case PLAIN -> new PlainProgram(device, layout, masked);
            case TILED -> new TiledProgram(device, layout, masked);
            case FUSED_ROWS, FUSED_TILES -> new FusedProgram(device, layout, masked);
        };
    }

    @Override
    public Device device() {
        return device;
    }

    private boolean mergesOnHost() {
        return step.kernel() == Kernel.STAGED && options.merge() == Merge.HOST;
    }

    @Override
    public ChunkPlan plan(AttentionShape shape) {
        return planner.plan(planner.layout(shape, step));
    }

    @Override
    public void attend(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        if (mergesOnHost()) {
            AttentionEngine.super.attend(inputs, outputs, plan);
            return;
        }
        boolean timed = options.timing().listens();
        CallTiming time =
                run(
                        inputs,
                        planner.layout(inputs.shape(), step),
                        timed,
                        call -> {
                            call.attend(outputs);
                            FirstUse.check(
                                    traits,
                                    call.layout(),
                                    inputs,
                                    outputs.output(),
                                    outputs.logSumExp(),
                                    options);
                            return call.time();
                        });
        if (timed) {
            options.timing().timed(time);
        }
    }

    @Override
    public AttnChunk summarizeChunk(AttentionInputs chunk) {
        KernelStep staged = step.kernel() == Kernel.STAGED ? step : KernelStep.TILED;
        return run(chunk, planner.layout(chunk.shape(), staged), false, DeviceCall::summarize);
    }

    /** Runs a call; where a buffer does not fit, again with smaller chunks. */
    private <T> T run(
            AttentionInputs in, Layout first, boolean timed, Function<DeviceCall, T> work) {
        Layout layout = first;
        while (true) {
            var key = new PlanCache.Key(layout, in.mask() != null);
            Program program = null;
            try {
                program = programs.borrow(key);
                peakBytes.accumulateAndGet(layout.heldBytes(key.masked()), Math::max);
                program.tasks().profile(timed);
                var call = new DeviceCall(in, layout, program);
                T result = work.apply(call);
                programs.giveBack(key, program);
                return result;
            } catch (DeviceFailure.OutOfMemory e) {
                if (program != null) {
                    programs.discard(key, program);
                }
                programs.clear();
                Layout smaller = layout.smaller(1);
                if (smaller == null) {
                    throw e;
                }
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}; going on with smaller chunks",
                        e.getMessage());
                layout = smaller;
            } catch (RuntimeException | Error e) {
                if (program != null) {
                    programs.discard(key, program);
                }
                throw e;
            }
        }
    }

    @Override
    public long peakBytes() {
        return peakBytes.get();
    }

    @Override
    public void close() {
        programs.close();
    }
}
