package io.github.subquad.tornado;

import io.github.subquad.AttentionInputs;
import io.github.subquad.BackwardInputs;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * Some heads of a call: whole batches, or a part of one.
 *
 * @param batch first batch
 * @param batches how many
 * @param keyHead first key head of each
 * @param keyHeads how many
 * @param group query heads that share a key head
 */
record Slab(long batch, long batches, long keyHead, long keyHeads, long group) {
    /**
     * Cuts the heads of a call.
     *
     * @param most key heads of a slab, over its batches
     * @return slabs that cover all heads
     */
    static List<Slab> of(AttentionInputs in, long most) {
        long batches = in.key().size(0);
        long heads = in.key().size(1);
        long group = in.shape().groupSize();
        long batchesEach = Math.max(1, most / heads);
        long headsEach = Math.min(most, heads);
        List<Slab> slabs = new ArrayList<>();
        for (long b = 0; b < batches; b += batchesEach) {
            for (long h = 0; h < heads; h += headsEach) {
                slabs.add(
                        new Slab(
                                b,
                                Math.min(batchesEach, batches - b),
                                h,
                                Math.min(headsEach, heads - h),
                                group));
            }
        }
        return slabs;
    }

    AttentionInputs of(AttentionInputs in) {
        Tensor mask = in.mask();
        return new AttentionInputs(
                queryHeads(in.query()),
                narrow(in.key(), keyHead, keyHeads),
                narrow(in.value(), keyHead, keyHeads),
                mask == null ? null : queryHeads(mask),
                in.scale(),
                in.diagonal());
    }

    BackwardInputs of(BackwardInputs in) {
        return new BackwardInputs(
                of(in.call()),
                queryHeads(in.output()),
                queryHeads(in.logSumExp()),
                queryHeads(in.gradOutput()));
    }

    GradientPlaces of(GradientPlaces out) {
        return new GradientPlaces(
                queryHeads(out.query()),
                narrow(out.key(), keyHead, keyHeads),
                narrow(out.value(), keyHead, keyHeads),
                queryHeadsOrNull(out.mask()),
                out.progress());
    }

    /** The slab's part of what has query heads: query, mask, output, log-sum-exp. */
    Tensor queryHeads(Tensor tensor) {
        return narrow(tensor, keyHead * group, keyHeads * group);
    }

    @Nullable Tensor queryHeadsOrNull(@Nullable Tensor tensor) {
        return tensor == null ? null : queryHeads(tensor);
    }

    private Tensor narrow(Tensor tensor, long head, long heads) {
        return tensor.narrow(0, batch, batches).narrow(1, head, heads);
    }
}
