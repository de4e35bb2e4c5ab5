package io.github.subquad.peers;

import io.github.subquad.KeptWeights;

import org.bytedeco.pytorch.Tensor;

import java.util.concurrent.atomic.AtomicBoolean;

/** The ends of autograd's graph of a call, held until it is closed. */
final class TorchGraph implements KeptWeights {
    private final Tensor query;
    private final Tensor key;
    private final Tensor value;
    private final Tensor output;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Holds tensors beyond the scope that they were made in.
     *
     * @param query a leaf
     * @param key a leaf
     * @param value a leaf
     * @param output what was computed of them
     */
    TorchGraph(Tensor query, Tensor key, Tensor value, Tensor output) {
        this.query = query.retainReference();
        this.key = key.retainReference();
        this.value = value.retainReference();
        this.output = output.retainReference();
    }

    Tensor query() {
        return query;
    }

    Tensor key() {
        return key;
    }

    Tensor value() {
        return value;
    }

    Tensor output() {
        return output;
    }

    /** Not known, as no memory of PyTorch's is. */
    @Override
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            output.releaseReference();
            value.releaseReference();
            key.releaseReference();
            query.releaseReference();
        }
    }
}
