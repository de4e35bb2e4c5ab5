package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionOptions;
import io.github.subquad.AttentionOutputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.AttnGradChunk;
import io.github.subquad.BackwardInputs;
import io.github.subquad.CallTiming;
import io.github.subquad.ChunkPlan;
import io.github.subquad.ChunkPlan.Buffer;
import io.github.subquad.GradientEngine;
import io.github.subquad.GradientOutputs;
import io.github.subquad.KeptWeights;
import io.github.subquad.WeightBudget;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Gradients on one device: {@link GradientProgram}, whatever the step that attends. A forward pass
 * that keeps weights takes step 2, cut as the backward pass will be, and brings them to the host.
 */
final class TornadoGradients implements GradientEngine {
    private final TornadoEngine forward;
    private final DeviceTraits device;
    private final AttentionOptions options;
    private final DevicePlanner planner;
    private final DevicePrograms programs;

    TornadoGradients(
            TornadoEngine forward,
            DeviceTraits device,
            AttentionOptions options,
            DevicePlanner planner,
            DevicePrograms programs) {
        this.forward = forward;
        this.device = device;
        this.options = options;
        this.planner = planner;
        this.programs = programs;
    }

    /**
     * How both passes are cut.
     *
     * @param layout of the backward pass
     * @param keptBytes that weights may take, 0 if all are recomputed
     */
    private record Cut(Layout layout, long keptBytes) {}

    private Cut cut(AttentionShape shape) {
        Layout alone = planner.gradients(shape);
        Layout layout = options.useCheckpoint() ? null : planner.gradientsOfKept(alone);
        if (layout == null) {
            return new Cut(alone, 0);
        }
        ChunkPlan attending = planner.plan(layout.of(Pass.FORWARD));
        long room = WeightBudget.bytes(options, attending, planner.plan(layout));
        long all = KeptPair.bytesOfAll(layout);
        long one = KeptPair.bytesOfOne(layout);
        long bytes = room >= all ? all : room / one * one;
        return bytes == 0 ? new Cut(alone, 0) : new Cut(layout, bytes);
    }

    @Override
    public ChunkPlan planForward(AttentionShape shape) {
        Cut cut = cut(shape);
        return cut.keptBytes == 0
                ? forward.plan(shape)
                : with(planner.plan(cut.layout.of(Pass.FORWARD)), keptWeights(cut));
    }

    /** How the forward pass is cut. */
    private Layout attending(AttentionShape shape, Cut cut) {
        return cut.keptBytes == 0 ? forward.layout(shape) : cut.layout.of(Pass.FORWARD);
    }

    private static Buffer keptWeights(Cut cut) {
        return new Buffer("kept weights", 1, cut.keptBytes);
    }

    /** With the arrays of the forward pass, which rest meanwhile, if there is room for both. */
    @Override
    public ChunkPlan planBackward(AttentionShape shape) {
        Cut cut = cut(shape);
        ChunkPlan plan = planner.plan(cut.layout);
        if (cut.keptBytes > 0) {
            plan = with(plan, keptWeights(cut));
        }
        if (options.memoryBudget() != null && options.precision() != null) {
            return plan; // rounded inputs, which are added later, take the room first
        }
        ChunkPlan both = plan;
        for (Capacity.Array array : attending(shape, cut).capacity(true).arrays()) {
            String purpose = array.purpose() + ", at rest, ";
            both = with(both, new Buffer(purpose + "device", array.count(), array.bytes(), true));
            both = with(both, new Buffer(purpose + "host", array.count(), array.bytes()));
        }
        return ChunkPlan.firstWithin(options, List.of(both, plan));
    }

    private static ChunkPlan with(ChunkPlan plan, Buffer buffer) {
        List<Buffer> buffers = new ArrayList<>(plan.buffers());
        buffers.add(buffer);
        return new ChunkPlan(
                plan.shape(),
                plan.kernel(),
                plan.queryChunkSize(),
                plan.kvChunkSize(),
                plan.kvSplitSize(),
                plan.threads(),
                buffers);
    }

    @Override
    public KeptWeights forward(AttentionInputs inputs, AttentionOutputs outputs, ChunkPlan plan) {
        Cut cut = cut(inputs.shape());
        if (cut.keptBytes == 0) {
            forward.attend(inputs, outputs, plan);
            return KeptWeights.NONE;
        }
        boolean timed = options.timing().listens();
        return programs.run(
                cut.layout.of(Pass.FORWARD),
                inputs.mask() != null,
                timed,
                (layout, program) -> {
                    KeptChunks kept = programs.keep(cut.keptBytes);
                    boolean whole = false;
                    try {
                        var call = new DeviceCall(inputs, layout, (ForwardProgram) program, kept);
                        call.attend(outputs);
                        FirstUse.check(
                                device,
                                layout,
                                inputs,
                                outputs.output(),
                                outputs.logSumExp(),
                                options);
                        if (timed) {
                            options.timing().timed(call.time());
                        }
                        whole = true;
                        return kept;
                    } finally {
                        if (!whole) {
                            kept.close();
                        }
                    }
                });
    }

    @Override
    public void backward(
            BackwardInputs inputs, GradientOutputs gradients, KeptWeights kept, ChunkPlan plan) {
        Layout layout = cut(inputs.shape()).layout;
        @Nullable KeptChunks chunks = null;
        if (kept instanceof KeptChunks some) {
            chunks = some;
        } else {
            layout = layout.of(Pass.BACKWARD);
        }
        differentiate(inputs, layout, chunks, GradientPlaces.of(gradients));
    }

    @Override
    public AttnGradChunk differentiateChunk(BackwardInputs chunk, boolean ofMask) {
        AttnGradChunk sums = AttnGradChunk.zeros(chunk.shape(), ofMask);
        Layout layout = planner.gradients(chunk.shape());
        differentiate(chunk, layout, null, GradientPlaces.of(sums, chunk));
        return sums;
    }

    private void differentiate(
            BackwardInputs in, Layout planned, @Nullable KeptChunks kept, GradientPlaces out) {
        boolean timed = options.timing().listens();
        CallTiming time =
                programs.run(
                        planned,
                        in.call().mask() != null,
                        timed,
                        (layout, program) -> {
                            var gradients = (GradientProgram) program;
                            new GradientCall(in, layout, gradients, kept).differentiate(out);
                            return gradients.takeTime();
                        });
        FirstUse.check(device, programs.taken(planned), in, out, options);
        if (timed) {
            options.timing().timed(time);
        }
    }
}
