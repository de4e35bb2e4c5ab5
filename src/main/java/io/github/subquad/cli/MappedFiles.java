package io.github.subquad.cli;

import io.github.subquad.io.NpyFile;
import io.github.subquad.io.SafetensorsFile;
import io.github.subquad.io.TensorFileException;
import io.github.subquad.tensor.Tensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files mapped into memory, to be closed together. */
final class MappedFiles implements AutoCloseable {
    private final List<Runnable> closings = new ArrayList<>();

    SafetensorsFile safetensors(Path path) throws TensorFileException {
        SafetensorsFile file = SafetensorsFile.open(path);
        closings.add(file::close);
        return file;
    }

    Tensor npy(Path path) throws TensorFileException {
        NpyFile file = NpyFile.open(path);
        closings.add(file::close);
        return file.tensor();
    }

    @Override
    public void close() {
        closings.forEach(Runnable::run);
    }
}
