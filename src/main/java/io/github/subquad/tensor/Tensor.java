package io.github.subquad.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A strided view of numbers in a {@link MemorySegment}: storage, first byte, shape, strides (in
 * elements) and {@link DataType}. Views share storage and cost nothing; the storage lives as long
 * as the {@link Arena} that made it. Sizes and offsets are 64 bits wide throughout.
 *
 * <p>A tensor is immutable but for its elements, which are as safe under concurrent use as the
 * memory they lie in.
 */
public final class Tensor {
    /**
     * Bytes kept free in front of what {@link #allocate} gives: a device runtime may write its
     * array header there (TornadoVM wants up to 24) and take the memory in place. A cache line, so
     * that the data are aligned to one as well.
     */
    static final int HEADROOM = 64;

    private final MemorySegment segment;
    private final long byteOffset;
    private final DataType dataType;
    private final long[] shape;
    private final long[] strides;

    private Tensor(
            MemorySegment segment,
            long byteOffset,
            DataType dataType,
            long[] shape,
            long[] strides) {
        this.segment = segment;
        this.byteOffset = byteOffset;
        this.dataType = dataType;
        this.shape = shape;
        this.strides = strides;
    }

    /**
     * A contiguous tensor of zeros that lives as long as the arena.
     *
     * @param arena owner of the memory; take a shared or automatic one for more than one thread
     * @param dataType storage type
     * @param shape sizes, outermost first, each ≥ 0
     * @return the tensor, aligned to 64 bytes
     * @throws IllegalArgumentException if a size is negative or the bytes exceed 63 bits
     */
    public static Tensor allocate(Arena arena, DataType dataType, long... shape) {
        long bytes = Shapes.bytes(shape, dataType);
        MemorySegment segment = arena.allocate(bytes + HEADROOM, HEADROOM);
        return new Tensor(segment, HEADROOM, dataType, shape.clone(), Shapes.contiguous(shape));
    }

    /**
     * A contiguous tensor of zeros that lives while it is reachable.
     *
     * @param dataType storage type
     * @param shape sizes, outermost first, each ≥ 0
     * @return the tensor
     * @throws IllegalArgumentException if a size is negative or the bytes exceed 63 bits
     */
    public static Tensor allocate(DataType dataType, long... shape) {
        return allocate(Arena.ofAuto(), dataType, shape);
    }

    /**
     * A float32 copy of an array.
     *
     * @param values elements in row-major order
     * @param shape sizes, outermost first; their product is the array's length
     * @return a contiguous tensor that lives while it is reachable
     * @throws IllegalArgumentException if the shape does not fit the array
     */
    public static Tensor of(float[] values, long... shape) {
        return allocate(DataType.F32, shape)
                .copyFrom(wrap(MemorySegment.ofArray(values), DataType.F32, shape));
    }

    /**
     * The memory of the caller as a contiguous tensor, without a copy: a mapped file, a direct
     * buffer ({@link MemorySegment#ofBuffer}), an array.
     *
     * @param segment storage in the machine's byte order, any alignment
     * @param dataType type of its elements
     * @param shape sizes, outermost first, that take the whole segment
     * @return a view of the segment
     * @throws IllegalArgumentException if the shape does not fit the segment
     */
    public static Tensor wrap(MemorySegment segment, DataType dataType, long... shape) {
        long bytes = Shapes.bytes(shape, dataType);
        if (bytes != segment.byteSize()) {
            throw new IllegalArgumentException(
                    "shape %s of %s takes %d bytes, but the segment has %d"
                            .formatted(
                                    Arrays.toString(shape), dataType, bytes, segment.byteSize()));
        }
        return new Tensor(segment, 0, dataType, shape.clone(), Shapes.contiguous(shape));
    }

    /**
     * The memory of the caller as a strided tensor, without a copy.
     *
     * @param segment storage in the machine's byte order, any alignment
     * @param byteOffset first byte of the first element
     * @param dataType type of its elements
     * @param shape sizes, outermost first
     * @param strides distance between neighbours of each dimension in elements, ≥ 0
     * @return a view of the segment
     * @throws IllegalArgumentException if an element would lie outside the segment
     */
    public static Tensor wrap(
            MemorySegment segment,
            long byteOffset,
            DataType dataType,
            long[] shape,
            long[] strides) {
        Shapes.checkInside(segment.byteSize(), byteOffset, dataType, shape, strides);
        return new Tensor(segment, byteOffset, dataType, shape.clone(), strides.clone());
    }

    /**
     * The storage; other tensors may share it.
     *
     * @return the segment this tensor is a view of
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Where the first element lies.
     *
     * @return offset of its first byte in {@link #segment()}
     */
    public long byteOffset() {
        return byteOffset;
    }

    /**
     * Where an element lies; not checked against the shape, for kernels.
     *
     * @param index one number a dimension
     * @return offset of its first byte in {@link #segment()}
     */
    public long byteOffset(long... index) {
        long offset = 0;
        for (int i = 0; i < index.length; i++) {
            offset += index[i] * strides[i];
        }
        return byteOffset + offset * dataType.bytes();
    }

    /**
     * The storage type.
     *
     * @return the type of every element
     */
    public DataType dataType() {
        return dataType;
    }

    /**
     * The number of dimensions.
     *
     * @return 0 for a single number
     */
    public int rank() {
        return shape.length;
    }

    /**
     * All sizes.
     *
     * @return a copy, outermost first
     */
    public long[] shape() {
        return shape.clone();
    }

    /**
     * One size.
     *
     * @param dim dimension from 0, or from −1 for the last
     * @return elements along it
     * @throws IllegalArgumentException if there is no such dimension
     */
    public long size(int dim) {
        return shape[Shapes.dim(dim, rank())];
    }

    /**
     * One stride.
     *
     * @param dim dimension from 0, or from −1 for the last
     * @return elements of storage between neighbours along it; 0 where it is expanded
     * @throws IllegalArgumentException if there is no such dimension
     */
    public long stride(int dim) {
        return strides[Shapes.dim(dim, rank())];
    }

    /**
     * The number of elements.
     *
     * @return product of all sizes
     */
    public long elements() {
        return Shapes.elements(shape);
    }

    /**
     * Whether the elements lie in row-major order without gaps.
     *
     * @return true if so
     */
    public boolean isContiguous() {
        return Shapes.isContiguous(shape, strides);
    }

    /**
     * Whether elements of another tensor lie where elements of this one do. Exact for views of one
     * tensor that step alike, such as the parts of a packed Q, K and V; of others, whether a byte
     * lies between the ends of both.
     *
     * @param other the other tensor
     * @return true if they share memory, or may
     */
    public boolean overlaps(Tensor other) {
        return elements() > 0
                && other.elements() > 0
                && span().asOverlappingSlice(other.span()).isPresent()
                && !interleaves(other);
    }

    /** Whether both step alike and never on the same element. */
    private boolean interleaves(Tensor other) {
        if (dataType != other.dataType || !Interleaving.stepAlike(this, other)) {
            return false;
        }
        long bytes = other.segment.address() + other.byteOffset - segment.address() - byteOffset;
        return bytes % dataType.bytes() == 0
                && !Interleaving.meet(this, other, bytes / dataType.bytes());
    }

    private MemorySegment span() {
        long[] last = Arrays.stream(shape).map(size -> size - 1).toArray();
        return segment.asSlice(byteOffset, byteOffset(last) - byteOffset + dataType.bytes());
    }

    /**
     * A part of one dimension.
     *
     * @param dim dimension from 0, or from −1 for the last
     * @param start first index kept
     * @param length number of indices kept
     * @return a view
     * @throws IllegalArgumentException if the part is not inside the dimension
     */
    public Tensor narrow(int dim, long start, long length) {
        int d = Shapes.dim(dim, rank());
        if (start < 0 || length < 0 || start > shape[d] - length) {
            throw new IllegalArgumentException(
                    "narrow: [%d, %d + %d) is outside dimension %d of size %d"
                            .formatted(start, start, length, dim, shape[d]));
        }
        long[] narrowed = shape.clone();
        narrowed[d] = length;
        boolean empty = Shapes.elements(narrowed) == 0;
        long moved = empty ? 0 : start * strides[d] * dataType.bytes();
        return new Tensor(segment, byteOffset + moved, dataType, narrowed, strides);
    }

    /**
     * The same elements with dimensions in another order: {@code permute(0, 2, 1, 3)} makes {@code
     * [batch, heads, tokens, channels]} of {@code [batch, tokens, heads, channels]}.
     *
     * @param order each dimension once
     * @return a view
     * @throws IllegalArgumentException if the order is no permutation of the dimensions
     */
    public Tensor permute(int... order) {
        if (!Arrays.equals(
                Arrays.stream(order).sorted().toArray(), IntStream.range(0, rank()).toArray())) {
            throw new IllegalArgumentException(
                    "permute: expected each of the %d dimensions once, got %s"
                            .formatted(rank(), Arrays.toString(order)));
        }
        long[] s = Arrays.stream(order).mapToLong(d -> shape[d]).toArray();
        long[] t = Arrays.stream(order).mapToLong(d -> strides[d]).toArray();
        return new Tensor(segment, byteOffset, dataType, s, t);
    }

    /**
     * One dimension as two: {@code [batch*heads, …]} becomes {@code [batch, heads, …]}, or the
     * channels of a packed projection {@code [heads, channels]}.
     *
     * @param dim dimension from 0, or from −1 for the last
     * @param outer size of the outer of the two; divides the dimension's size
     * @return a view of one more dimension
     * @throws IllegalArgumentException if the size is not a multiple of {@code outer}
     */
    public Tensor splitDim(int dim, long outer) {
        int d = Shapes.dim(dim, rank());
        if (outer < 1 || shape[d] % outer != 0) {
            throw new IllegalArgumentException(
                    "splitDim: dimension %d of size %d is no multiple of %d"
                            .formatted(dim, shape[d], outer));
        }
        long inner = shape[d] / outer;
        long[] split = Shapes.replace(shape, d, outer, inner);
        Shapes.bytes(split, dataType);
        return new Tensor(
                segment,
                byteOffset,
                dataType,
                split,
                Shapes.replace(strides, d, inner * strides[d], strides[d]));
    }

    /**
     * A dimension of size 1 repeated, without copies.
     *
     * @param dim dimension from 0, or from −1 for the last; its size is 1
     * @param size how often
     * @return a view with stride 0 along it
     * @throws IllegalArgumentException if the dimension's size is neither 1 nor {@code size}, or if
     *     a copy of the view would exceed 63 bits of bytes
     */
    public Tensor expand(int dim, long size) {
        int d = Shapes.dim(dim, rank());
        if (shape[d] == size) {
            return this;
        }
        if (shape[d] != 1 || size < 0) {
            throw new IllegalArgumentException(
                    "expand: dimension %d of size %d cannot become %d"
                            .formatted(dim, shape[d], size));
        }
        long[] s = shape.clone();
        long[] t = strides.clone();
        s[d] = size;
        t[d] = 0;
        Shapes.bytes(s, dataType);
        return new Tensor(segment, byteOffset, dataType, s, t);
    }

    /**
     * One element.
     *
     * @param index one number a dimension
     * @return its value; 0 or 1 for {@link DataType#BOOL}
     * @throws IndexOutOfBoundsException if the index is outside the shape
     */
    public float get(long... index) {
        return dataType.read(segment, byteOffset(Shapes.checkIndex(index, shape)));
    }

    /**
     * Sets one element, rounded to the storage type.
     *
     * @param value the value
     * @param index one number a dimension
     * @throws IndexOutOfBoundsException if the index is outside the shape
     */
    public void set(float value, long... index) {
        dataType.write(segment, byteOffset(Shapes.checkIndex(index, shape)), value);
    }

    /**
     * Takes over all elements of another tensor of the same shape, converting where types differ.
     *
     * @param source the other tensor; shares no element with this one
     * @return this tensor
     * @throws IllegalArgumentException if the shapes differ
     */
    public Tensor copyFrom(Tensor source) {
        checkSameShape("copyFrom", source);
        StridedCopy.copy(source, this, shape);
        return this;
    }

    /**
     * Adds all elements of another tensor of the same shape. Where a dimension of this tensor is
     * expanded, its one element takes the sum over it, in row-major order.
     *
     * @param source the other tensor; shares no element with this one
     * @return this tensor
     * @throws IllegalArgumentException if the shapes differ
     */
    public Tensor addFrom(Tensor source) {
        checkSameShape("addFrom", source);
        StridedCopy.add(source, this, shape);
        return this;
    }

    /**
     * Sets all elements.
     *
     * @param value rounded to the storage type
     * @return this tensor
     */
    public Tensor fill(float value) {
        StridedCopy.fill(value, this, shape);
        return this;
    }

    private void checkSameShape(String method, Tensor source) {
        if (!Arrays.equals(shape, source.shape)) {
            throw new IllegalArgumentException(
                    "%s: expected shape %s, got %s"
                            .formatted(
                                    method, Arrays.toString(shape), Arrays.toString(source.shape)));
        }
    }

    /**
     * A contiguous copy in a storage type.
     *
     * @param type the storage type wanted
     * @return a new tensor that lives while it is reachable
     */
    public Tensor to(DataType type) {
        return allocate(type, shape).copyFrom(this);
    }

    /**
     * All elements on the heap.
     *
     * @return a new array in row-major order
     * @throws IllegalArgumentException if there are more elements than an array holds
     */
    public float[] toFloatArray() {
        if (elements() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(this + " has more elements than an array holds");
        }
        float[] values = new float[(int) elements()];
        wrap(MemorySegment.ofArray(values), DataType.F32, shape).copyFrom(this);
        return values;
    }

    /** Type and shape, such as {@code F32 [8, 1024, 64]}. */
    @Override
    public String toString() {
        return dataType + " " + Arrays.toString(shape);
    }
}
