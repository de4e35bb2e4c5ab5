package io.github.subquad;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** Checks the tensors of a backward pass and brings them to the form that engines take. */
final class Gradients {
    private Gradients() {}

    static BackwardInputs checked(
            AttentionInputs inputs, Tensor output, Tensor logSumExp, Tensor gradOutput) {
        Tensor out = Inputs.rank4(output);
        return new BackwardInputs(
                inputs,
                out,
                output.rank() == 4 ? logSumExp : logSumExp.splitDim(0, 1),
                Outputs.shaped("gradOutput", gradOutput, output.rank(), out.shape()));
    }

    static GradientOutputs checked(
            AttentionCall call,
            BackwardInputs in,
            Tensor gradOutput,
            AttentionGradients into,
            ProgressListener progress) {
        int rank = call.query().rank();
        AttentionInputs inputs = in.call();
        Tensor query = Outputs.shaped("query gradient", into.query(), rank, inputs.query().shape());
        Tensor key = Outputs.shaped("key gradient", into.key(), rank, inputs.key().shape());
        Tensor value = Outputs.shaped("value gradient", into.value(), rank, inputs.value().shape());
        if (query.dataType() != DataType.F32) {
            throw new IllegalArgumentException("query gradient: expected F32, got " + into.query());
        }
        Tensor mask = into.mask() == null ? null : mask(into.mask(), call.mask(), inputs);
        String[] names = {"query gradient", "key gradient", "value gradient", "mask gradient"};
        Tensor[] all = {into.query(), into.key(), into.value(), into.mask()};
        for (int i = 0; i < all.length; i++) {
            if (all[i] == null) {
                continue;
            }
            Outputs.checkApart(
                    names[i], all[i], call.query(), call.key(), call.value(), call.mask());
            if (all[i].overlaps(in.output())
                    || all[i].overlaps(in.logSumExp())
                    || all[i].overlaps(gradOutput)) {
                throw new IllegalArgumentException(
                        names[i] + ": must not overlap output, logSumExp or gradOutput");
            }
            for (int j = 0; j < i; j++) {
                if (all[i].overlaps(all[j])) {
                    throw new IllegalArgumentException(
                            "%s: must not overlap the %s".formatted(names[i], names[j]));
                }
            }
        }
        long keys = inputs.shape().keyHeads() * inputs.keyTokens();
        return new GradientOutputs(query, key, value, mask, new ProgressMeter(keys, progress));
    }

    /** A gradient shaped as the mask, repeated where the mask is: there it is a sum. */
    private static Tensor mask(Tensor gradient, @Nullable Tensor mask, AttentionInputs inputs) {
        if (mask == null || gradient.dataType() != DataType.F32) {
            throw new IllegalArgumentException(
                    "mask gradient: expected F32 shaped as the mask, got %s for mask %s"
                            .formatted(gradient, mask));
        }
        if (!Arrays.equals(gradient.shape(), mask.shape())) {
            throw new IllegalArgumentException(
                    "mask gradient: expected shape %s, got %s"
                            .formatted(Arrays.toString(mask.shape()), gradient));
        }
        return Inputs.expanded(gradient, inputs.query(), inputs.keyTokens());
    }

    /** A mask whose gradient is wanted must hold numbers. */
    static void checkMask(AttentionOptions options, @Nullable Tensor mask) {
        if (options.maskGradient() && mask != null && !mask.dataType().isFloat()) {
            throw new IllegalArgumentException(
                    "maskGradient: expected a mask of numbers, got " + mask);
        }
    }
}
