package io.github.subquad.peers;

import io.github.subquad.Device;
import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's library: whether it loads, its threads, and our tensors as its own. */
final class Torch {
    private Torch() {}

    /**
     * The device of a backend that computes with PyTorch.
     *
     * @param backend name of the backend
     * @param what of PyTorch it uses, or nothing
     * @return a device, usable if PyTorch loads and the environment is fair to it
     */
    static Device device(String backend, String what) {
        String name = "%sPyTorch %s (OpenBLAS)".formatted(what, version());
        return Probe.withOpenBlas(backend, name, () -> Loader.load(torch.class));
    }

    /** Its own version; JavaCPP's follows after a dash. */
    private static String version() {
        String version = torch.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version.replaceFirst("-.*", "");
    }

    /**
     * Sets the number of threads, if it is another: a setting of the process and of the thread that
     * calls.
     */
    static void useThreads(int threads) {
        if (torch.get_num_threads() != threads) {
            torch.set_num_threads(threads);
        }
    }

    /**
     * A tensor of ours as one of PyTorch's, strides and all, not a copy.
     *
     * @param name of the tensor in messages
     * @param tensor outside the Java heap; must outlive the result
     * @return to be closed, by hand or with its scope
     * @throws IllegalArgumentException if the tensor lies in the Java heap
     */
    static org.bytedeco.pytorch.Tensor view(String name, Tensor tensor) {
        long[] strides = new long[tensor.rank()];
        for (int dim = 0; dim < strides.length; dim++) {
            strides[dim] = tensor.stride(dim);
        }
        return torch.from_blob(
                new Pointer(Buffers.from(name, tensor)),
                tensor.shape(),
                strides,
                new TensorOptions(scalarType(tensor.dataType())));
    }

    private static torch.ScalarType scalarType(DataType type) {
        return switch (type) {
            case F32 -> torch.ScalarType.Float;
            case F16 -> torch.ScalarType.Half;
            case BF16 -> torch.ScalarType.BFloat16;
            case BOOL -> torch.ScalarType.Bool;
        };
    }
}
