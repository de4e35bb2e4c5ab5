package io.github.subquad.io;

import io.github.subquad.tensor.DataType;
import io.github.subquad.tensor.Tensor;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A <a href="https://github.com/huggingface/safetensors#format">safetensors</a> file, read in
 * place: its tensors are views of the file mapped into memory, of any size and at any alignment.
 * The header is checked whole when the file is opened.
 *
 * <p>{@code F32}, {@code F16}, {@code BF16} and {@code BOOL} are read as what they are, {@code U8}
 * as {@link DataType#BOOL}, a mask. Tensors of other types may be in the file; only asking for them
 * is an error.
 *
 * <p>Safe for use by many threads. A file that another process shortens while it is open makes the
 * JVM throw {@link InternalError} where a tensor is read.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final MappedFile file;
    private final SafetensorsHeader header;

    private SafetensorsFile(MappedFile file, SafetensorsHeader header) {
        this.file = file;
        this.header = header;
    }

    /**
     * Opens a file and checks its header.
     *
     * @param path the file
     * @return the open file; close it when none of its tensors is needed any more
     * @throws TensorFileException if the file cannot be read or is not as the format wants it
     */
    public static SafetensorsFile open(Path path) throws TensorFileException {
        MappedFile file = MappedFile.open(path);
        try {
            return new SafetensorsFile(file, SafetensorsHeader.read(file));
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    /**
     * The names of all tensors, those of types that cannot be read among them.
     *
     * @return an unmodifiable list, in the order of the header
     */
    public List<String> names() {
        return List.copyOf(header.tensors().keySet());
    }

    /**
     * Whether there is a tensor of this name.
     *
     * @param name name of a tensor
     * @return true if so, of whatever type it is
     */
    public boolean contains(String name) {
        return header.tensors().containsKey(name);
    }

    /**
     * The free text that a file may carry under {@code __metadata__}.
     *
     * @return an unmodifiable map, in the order of the header; empty if the file has none
     */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * A tensor, without a copy. Its elements cannot be written, and reading them after {@link
     * #close} throws {@link IllegalStateException}.
     *
     * @param name name of the tensor
     * @return a contiguous view of the file
     * @throws TensorFileException if there is no such tensor or its type cannot be read
     */
    public Tensor tensor(String name) throws TensorFileException {
        var entry = header.tensors().get(name);
        if (entry == null) {
            throw file.error(
                    -1,
                    "no tensor %s; there are: %s".formatted(HostileText.quote(name), listing()));
        }
        DataType type =
                SafetensorsDtype.named(entry.dtype())
                        .flatMap(SafetensorsDtype::dataType)
                        .orElseThrow(
                                () ->
                                        file.error(
                                                entry.at(),
                                                ("tensor %s is %s; expected F32, F16, BF16, BOOL or"
                                                     + " U8: convert it before it is saved")
                                                        .formatted(
                                                                HostileText.quote(name),
                                                                HostileText.printable(
                                                                        entry.dtype(), 30))));
        MemorySegment data =
                file.bytes()
                        .asSlice(header.dataStart() + entry.begin(), entry.end() - entry.begin());
        return Tensor.wrap(data, type, entry.shape().stream().mapToLong(s -> s).toArray());
    }

    private String listing() {
        int most = 12;
        String some =
                header.tensors().keySet().stream()
                        .limit(most)
                        .map(HostileText::quote)
                        .collect(Collectors.joining(", "));
        int more = header.tensors().size() - most;
        return more > 0 ? some + " and %d more".formatted(more) : some.isEmpty() ? "none" : some;
    }

    /**
     * Unmaps the file; does nothing the second time.
     *
     * @throws IllegalStateException if a thread is just reading one of the tensors
     */
    @Override
    public void close() {
        file.close();
    }
}
