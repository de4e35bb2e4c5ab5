package io.github.subquad.peers;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * PyTorch's {@code scaled_dot_product_attention}, through JavaCPP, with OpenBLAS. Rank 4, because
 * the flash kernel takes no other. PyTorch allocates its result itself; the one before is freed
 * first, so that its memory can be used again.
 *
 * <p>PyTorch's own threads share out the heads and rows and each calls OpenBLAS, which must not
 * start threads as well: that costs a factor of three. Its number of threads is read from the
 * environment when it is loaded, so it cannot be set here, only checked.
 */
final class PyTorchPeer implements Peer {
    private final Problem problem;
    private final org.bytedeco.pytorch.Tensor query;
    private final org.bytedeco.pytorch.Tensor key;
    private final org.bytedeco.pytorch.Tensor value;
    private org.bytedeco.pytorch.@Nullable Tensor output;

    PyTorchPeer(Problem problem, int threads) {
        requireFairSettings();
        this.problem = problem;
        torch.set_num_threads(threads);
        query = wrap(problem.query());
        key = wrap(problem.key());
        value = wrap(problem.value());
    }

    private static void requireFairSettings() {
        if (!"1".equals(System.getenv("OPENBLAS_NUM_THREADS"))) {
            throw new IllegalStateException(
                    "PyTorch needs OPENBLAS_NUM_THREADS=1 in the environment; start by bench/run");
        }
        for (String name : new String[] {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}) {
            if (System.getenv(name) != null) {
                throw new IllegalStateException(
                        name + " would slow OpenBLAS down: unset it; start by bench/run");
            }
        }
    }

    private static org.bytedeco.pytorch.Tensor wrap(Tensor tensor) {
        Pointer data = new Pointer(Buffers.of(tensor));
        return torch.from_blob(data, 1, tensor.size(0), tensor.size(1), tensor.size(2));
    }

    static String title() {
        return "PyTorch " + torch.class.getPackage().getImplementationVersion();
    }

    @Override
    public void run() {
        if (output != null) {
            output.close();
        }
        output = torch.scaled_dot_product_attention(query, key, value);
    }

    @Override
    public Tensor output() {
        if (output == null) {
            throw new IllegalStateException("nothing was computed yet");
        }
        FloatPointer data = output.data_ptr_float().capacity(output.numel());
        MemorySegment segment =
                MemorySegment.ofBuffer(data.asByteBuffer().order(ByteOrder.nativeOrder()));
        return Tensor.wrap(
                segment,
                DataType.F32,
                problem.query().size(0),
                problem.query().size(1),
                problem.value().size(2));
    }

    @Override
    public void close() {
        if (output != null) {
            output.close();
        }
        value.close();
        key.close();
        query.close();
    }
}
