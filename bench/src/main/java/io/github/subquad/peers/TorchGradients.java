package io.github.subquad.peers;

import io.github.subquad.AttentionInputs;
import io.github.subquad.AttentionShape;
import io.github.subquad.BackwardInputs;
import io.github.subquad.ChunkPlan;
import io.github.subquad.GradientOutputs;
import io.github.subquad.tensor.Tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Gradients by PyTorch's own autograd, whose graph is kept between the passes. */
final class TorchGradients extends PeerGradients<TorchGraph> {
    private final TorchEngine engine;

    TorchGradients(TorchEngine engine) {
        super(engine, TorchGraph.class);
        this.engine = engine;
    }

    @Override
    public ChunkPlan planForward(AttentionShape shape) {
        return engine.planGradients(shape);
    }

    @Override
    public ChunkPlan planBackward(AttentionShape shape) {
        return engine.planGradients(shape);
    }

    @Override
    TorchGraph attend(AttentionInputs in, Tensor output, ChunkPlan plan) {
        engine.check(in);
        try (var _ = new PointerScope()) {
            Torch.useThreads(plan.threads());
            var query = engine.view("query", in.query()).set_requires_grad(true);
            var key = engine.view("key", in.key()).set_requires_grad(true);
            var value = engine.view("value", in.value()).set_requires_grad(true);
            var target = Torch.view("output", output);
            long start = System.nanoTime();
            var result = engine.attend(in, plan, query, key, value);
            long computed = System.nanoTime();
            target.copy_(result.detach().view(output.shape()));
            engine.report(computed - start, System.nanoTime() - computed);
            return new TorchGraph(query, key, value, result);
        }
    }

    /** Nothing is summed up in the inputs, so there is nothing to set to zero between calls. */
    @Override
    void differentiate(
            BackwardInputs inputs, GradientOutputs gradients, TorchGraph graph, ChunkPlan plan) {
        Tensor given = inputs.gradOutput();
        if (given.dataType() != inputs.output().dataType()) {
            throw engine.refusals()
                    .wrong("gradOutput", "the output's " + inputs.output().dataType(), given);
        }
        try (var _ = new PointerScope()) {
            Torch.useThreads(plan.threads());
            var outputs = new TensorVector(graph.output());
            var leaves = new TensorVector(graph.query(), graph.key(), graph.value());
            var gradOutput = new TensorVector(engine.view("gradOutput", given));
            long start = System.nanoTime();
            TensorVector results =
                    torch.grad(outputs, leaves, gradOutput, new BoolOptional(true), false, false);
            long computed = System.nanoTime();
            copy(results.get(0), "query gradient", gradients.query());
            copy(results.get(1), "key gradient", gradients.key());
            copy(results.get(2), "value gradient", gradients.value());
            engine.report(computed - start, System.nanoTime() - computed);
        }
    }

    private static void copy(org.bytedeco.pytorch.Tensor from, String name, Tensor to) {
        Torch.view(name, to).copy_(from.reshape(to.shape()));
    }
}
